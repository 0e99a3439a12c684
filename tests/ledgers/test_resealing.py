"""The data key changes without a value being lost, however often it is broken off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select, update

from ledgers.database import Database
from ledgers.keyrings import UNUSED_FOR, begin_rotation, kept_keys, ring_kept, ring_of
from ledgers.persons import PersonDetails, add_persons, find_person, load_persons
from ledgers.resealing import Rotated, finish, reseal, rotate, sealed_columns, values_by_key
from ledgers.sealing import Keyring, Spot, Vault
from ledgers.tables import metadata, persons
from ledgers.wrapping import MasterKey
from tests.ledgers.samples import NOW

MASTER = MasterKey.create()
LI = PersonDetails("李示例", phone="15400000001")
WANG = PersonDetails("王示例")


def ring(database: Database) -> Keyring:
    """Read the keys as they are kept now."""
    with database.reading() as connection:
        return ring_of(connection, MASTER)


def vault_of(database: Database) -> Vault:
    """Open the database as a process does that starts now."""
    return Vault(ring(database))


@pytest.fixture
def ids(database: Database) -> list[str]:
    """Write two persons, three values."""
    with database.writing() as connection:
        vault = Vault(ring_kept(connection, MASTER, now=NOW))
        return add_persons(connection, vault, [LI, WANG], now=NOW)


def at(instant: datetime) -> Callable[[], datetime]:
    """Answer a clock that stands still."""
    return lambda: instant


def turn(database: Database) -> Rotated:
    """Rotate, all in one."""
    return rotate(database, metadata, MASTER, clock=at(NOW))


def names(database: Database, ids: list[str], vault: Vault) -> list[str]:
    """Answer what the persons are called."""
    with database.reading() as connection:
        people = load_persons(connection, vault, ids)
    return [people[id_].name for id_ in ids]


def test_everything_opens_with_the_new_key_alone(database: Database, ids: list[str]) -> None:
    """Three values are sealed anew; look-ups still find."""
    old = vault_of(database)
    done = turn(database)
    new = vault_of(database)
    assert (done.resealed, done.left, done.unreadable, done.dropped) == (3, 0, [], [])
    assert (new.current, new.current == old.current) == (done.current, False)
    assert names(database, ids, new) == ["李示例", "王示例"]
    with database.reading() as connection:
        assert values_by_key(connection, metadata) == {new.current: 3}
        assert find_person(connection, new, "15400000001") == ids[:1]


def test_what_was_broken_off_is_gone_on_with(database: Database, ids: list[str]) -> None:
    """No third key is made, and what is sealed anew already stays."""
    with database.writing() as connection:
        begun = begin_rotation(connection, MASTER, now=NOW)
    assert reseal(database, metadata, Vault(begun)).resealed == 3
    assert (turn(database).resealed, vault_of(database).current) == (0, begun.current)
    assert names(database, ids, vault_of(database)) == ["李示例", "王示例"]


def test_who_worked_on_meanwhile_loses_nothing(database: Database, ids: list[str]) -> None:
    """A worker with the old key is read by all, learns the new one when it meets it, and seals so."""
    worker = Vault(ring(database), lambda: ring(database))
    turn(database)
    with database.writing() as connection:
        late = add_persons(connection, worker, [PersonDetails("赵示例")], now=NOW)
    assert names(database, late, vault_of(database)) == ["赵示例"]
    assert worker.current != vault_of(database).current
    assert names(database, ids, worker) == ["李示例", "王示例"]
    assert worker.current == vault_of(database).current


def test_an_old_key_waits_for_whoever_still_seals_with_it(
    database: Database, ids: list[str]
) -> None:
    """A straggler's value is sealed anew by night; the key goes a day after the last one."""
    old = vault_of(database)
    turn(database)
    with database.writing() as connection:
        late = add_persons(connection, old, [PersonDetails("赵示例")], now=NOW)
    night, next_night = NOW + UNUSED_FOR, NOW + 2 * UNUSED_FOR
    first = finish(database, metadata, vault_of(database), clock=at(night))
    assert (first.resealed, first.dropped) == (1, [])
    second = finish(database, metadata, vault_of(database), clock=at(next_night))
    assert (second.resealed, second.dropped) == (0, [old.current])
    assert names(database, [*ids, *late], vault_of(database)) == ["李示例", "王示例", "赵示例"]


def test_a_value_that_does_not_open_stops_nothing_but_keeps_its_key(
    database: Database, ids: list[str]
) -> None:
    """It is named by its place; all others are sealed anew."""
    with database.writing() as connection:
        query = select(persons.c.id, persons.c.sealed_phone).where(persons.c.id == ids[0])
        id_, sealed = connection.execute(query).one()
        moved = update(persons).where(persons.c.id == id_).values(sealed_email=sealed)
        connection.execute(moved)
    done = turn(database)
    assert (done.resealed, done.left) == (3, 1)
    assert done.unreadable == [f"persons.sealed_email {ids[0]}"]
    later = NOW + timedelta(days=400)
    assert rotate(database, metadata, MASTER, clock=at(later)).dropped == []
    with database.reading() as connection:
        assert len(kept_keys(connection)) == 2


@pytest.mark.postgres
def test_what_is_written_at_the_same_moment_is_not_lost(database: Database, ids: list[str]) -> None:
    """A row that somebody holds is passed over, and sealed anew as they left it."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    old, passed = vault_of(database), Event()
    phone = old.seal("15400000009", Spot("persons", "sealed_phone", ids[0]))

    def go_on(_done: int, _all: int) -> None:
        passed.set()

    def rotated() -> Rotated:
        return rotate(database, metadata, MASTER, clock=at(NOW), progress=go_on)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as connection:
            held = update(persons).where(persons.c.id == ids[0])
            connection.execute(held.values(sealed_phone=phone))
            rotation = pool.submit(rotated)
            assert passed.wait(timeout=20)
        assert (rotation.result().left, rotation.result().unreadable) == (0, [])
    with database.reading() as connection:
        people = load_persons(connection, vault_of(database), ids)
    assert people[ids[0]].phone == "15400000009"


def test_progress_counts_rows(database: Database, ids: list[str]) -> None:
    """The last call says that all are done."""
    calls: list[tuple[int, int]] = []
    turn(database)
    rotate(
        database,
        metadata,
        MASTER,
        clock=at(NOW),
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (2, 2)


def test_every_table_with_sealed_values_can_be_gone_through() -> None:
    """Its rows have the text ids by which they are taken in order, and to which values are bound."""
    tables = [table for table in metadata.sorted_tables if sealed_columns(table)]
    assert {table.name for table in tables} >= {"entries", "persons", "attempts", "channel_state"}
    assert all(table.primary_key.columns.keys() == ["id"] for table in tables)
