"""Whatever is changed in the chain of audit events is found, and where."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, text, update

from ledgers.audit_chain import Event, append, bind
from ledgers.audit_guard import taken_off
from ledgers.audit_tables import audit_events
from ledgers.audit_verify import Fault, KnownHead, Verified, verify
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from tests.databases import copy_of
from tests.ledgers.samples import NOW, VAULT

LENGTH = 6
COLUMNS = tuple(column.name for column in audit_events.c)


def add_events(database: Database, count: int = LENGTH) -> list[str]:
    """Append events of all shapes and answer their hashes."""
    bind(database, VAULT)
    with database.writing() as connection:
        return [append(connection, _event(turn), at=NOW) for turn in range(count)]


def _event(turn: int) -> Event:
    subject, purpose = ("e1", None) if turn % 2 else (None, "交接")
    return Event("export.roster", "os:wang", subject, purpose, {"rows": str(turn)})


def tampered(database: Database, *statements: object) -> Verified:
    """Answer what is found after somebody who owns the tables did this."""
    with database.writing() as connection, taken_off(connection):
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
    return looked_at(database)


def looked_at(database: Database, known: Sequence[KnownHead] = ()) -> Verified:
    """Answer what is found."""
    with database.reading() as connection:
        return verify(connection, known)


def faults(found: Verified) -> list[tuple[Fault, int, int]]:
    """Answer what is wrong from where to where."""
    return [(one.fault, one.number, one.last) for one in found.findings]


def test_a_whole_chain_has_nothing_wrong(database: Database) -> None:
    """All are counted, and the head is the newest event's hash."""
    hashes = add_events(database)
    found = looked_at(database, [KnownHead(hashes[2], 3), KnownHead(hashes[4][:16])])
    assert found == Verified(LENGTH, hashes[-1], ())


def test_no_events_are_a_whole_chain(database: Database) -> None:
    """Before the first act there is nothing to look at."""
    add_events(database, 0)
    assert looked_at(database) == Verified(0, "", ())


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "number"])
def test_an_edit_is_found_at_its_number(database: Database, column: str) -> None:
    """Each column is signed."""
    add_events(database)
    value = b"\0" * 40 if column == "purpose" else "other"
    change = update(audit_events).where(audit_events.c.number == 3).values({column: value})
    assert faults(tampered(database, change)) == [(Fault.EDITED, 3, 3)]


def test_a_deletion_is_found_with_its_reach(database: Database) -> None:
    """Two events between others are gone; at the beginning one."""
    add_events(database)
    gone = delete(audit_events).where(audit_events.c.number.in_([1, 4, 5]))
    assert faults(tampered(database, gone)) == [(Fault.MISSING, 1, 1), (Fault.MISSING, 4, 5)]


def test_two_events_that_changed_places_are_told_from_edits(database: Database) -> None:
    """It is said where each belongs."""
    add_events(database)
    moves = [(2, 99), (5, 2), (99, 5)]
    swaps = [text(f"UPDATE audit_events SET number = {to} WHERE number = {of}") for of, to in moves]  # noqa: S608
    found = tampered(database, *swaps)
    assert [(one.fault, one.number, one.belongs_at) for one in found.findings] == [
        (Fault.OUT_OF_ORDER, 2, 5),
        (Fault.OUT_OF_ORDER, 5, 2),
    ]


def test_an_event_of_another_chain_does_not_fit(database: Database) -> None:
    """Somebody put back an older branch: true events that do not follow those before them."""
    add_events(database, 3)
    with database.reading() as connection:
        branch = connection.execute(audit_events.select().where(audit_events.c.number == 3)).one()
    with database.writing() as connection, taken_off(connection):
        connection.execute(delete(audit_events).where(audit_events.c.number > 1))
    with database.writing() as connection:
        append(connection, _event(7), at=NOW)
    put_back = audit_events.insert().values(**branch._mapping)
    assert faults(tampered(database, put_back)) == [(Fault.OUT_OF_ORDER, 3, 3)]


def test_a_tail_that_was_cut_off_is_found_by_a_known_head(database: Database) -> None:
    """The chain by itself looks whole; a head seen before says what is gone."""
    hashes = add_events(database)
    cut = delete(audit_events).where(audit_events.c.number > 3)
    assert faults(tampered(database, cut)) == []
    assert faults(looked_at(database, [KnownHead(hashes[5], 6)])) == [(Fault.CUT_OFF, 4, 6)]
    assert faults(looked_at(database, [KnownHead(hashes[5])])) == [(Fault.CUT_OFF, 4, 4)]


def test_a_chain_under_another_key_is_all_edited(database: Database) -> None:
    """Whoever has not got the key cannot make a chain of his own, however well it fits together."""
    add_events(database, 2)
    bind(database, Vault(Keyring.create()))
    assert faults(looked_at(database)) == [(Fault.EDITED, 1, 1), (Fault.EDITED, 2, 2)]


@given(
    number=st.integers(1, LENGTH),
    column=st.sampled_from(COLUMNS),
    at=st.integers(0, 10_000),
    flip=st.integers(1, 255),
)
def test_any_single_flipped_byte_is_found(
    chain: Database, number: int, column: str, at: int, flip: int
) -> None:
    """In any column of any event, also where the bytes are no text any more."""
    with chain.reading() as connection:  # what is done here is undone
        _flip_byte(connection, (number, column), at, flip)
        assert verify(connection).findings


def _flip_byte(connection: Connection, place: tuple[int, str], at: int, flip: int) -> None:
    """Change one byte of a value and leave its type; where there is none, add one."""
    number, column = place
    for name in ("no_update", "no_delete", "in_order"):
        connection.exec_driver_sql(f"DROP TRIGGER audit_events_{name}")
    where = f"WHERE number = {number}"
    query = f"SELECT typeof({column}), CAST({column} AS BLOB) FROM audit_events {where}"  # noqa: S608
    kind, held = connection.exec_driver_sql(query).one()
    content = bytearray(held or b"\0")
    content[at % len(content)] ^= flip
    value = f"x'{content.hex()}'"
    if column == "number":
        value = str(number ^ ((flip | 8) << 8 * (at % 7)))  # | 8: no number that is there
    elif kind != "blob":
        value = f"CAST({value} AS TEXT)"
    connection.exec_driver_sql(f"UPDATE audit_events SET {column} = {value} {where}")  # noqa: S608


@pytest.fixture(scope="module")
def chain(sqlite_template: Path) -> Iterator[Database]:
    """Answer an SQLite database with a chain in it, that every example leaves as it is."""
    with copy_of(sqlite_template) as database:
        add_events(database)
        yield database
