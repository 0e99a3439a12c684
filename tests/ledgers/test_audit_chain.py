"""Acts are written down one after the other, under a key that the database has not got."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ledgers.audit_chain import Event, append, bind, head, key_of
from ledgers.audit_guard import taken_off
from ledgers.audit_tables import audit_events
from ledgers.database import Database
from ledgers.errors import PurposeRefused
from ledgers.sealing import Keyring, Vault
from tests.ledgers.samples import NOW, VAULT

LOOK = Event("file.read", "os:wang", subject="e1")


@pytest.fixture
def signed(database: Database) -> Database:
    """Answer a database that has the chain's key."""
    bind(database, VAULT)
    return database


def test_each_event_names_the_one_before(signed: Database) -> None:
    """Numbers have no gaps, and every event carries the hash of its predecessor."""
    with signed.writing() as connection:
        hashes = [append(connection, LOOK, at=NOW) for _ in range(3)]
        rows = connection.execute(select(audit_events).order_by(audit_events.c.number)).all()
        assert head(connection) == (3, hashes[-1])
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == ["", *hashes[:2]]


def test_a_purpose_is_kept_sealed_and_outlives_a_new_data_key(signed: Database) -> None:
    """The database shows no word of it; a ring with another data key still reads it."""
    old = Keyring.create()
    bind(signed, Vault(old))
    with signed.writing() as connection:
        append(connection, Event("export.roster", "os:wang", purpose="交接名单"), at=NOW)
    fresh = Keyring.create()
    bind(signed, Vault(Keyring(fresh.current, fresh.data_keys, old.lookup_key)))
    with signed.reading() as connection:
        row = connection.execute(select(audit_events)).one()
        assert "交接".encode() not in row.purpose
        assert key_of(connection).open(row.purpose, 1) == "交接名单"


def test_two_writers_at_once_make_one_chain(signed: Database) -> None:
    """Whoever comes second waits: no number twice, none left out, no fork."""

    def look(_turn: int) -> None:
        with signed.writing() as connection:
            append(connection, LOOK, at=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(20)))
    with signed.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.number)).all()
    assert [row.number for row in rows] == list(range(1, 21))
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]


@pytest.mark.parametrize(
    "change",
    [
        update(audit_events).values(actor="os:li"),
        delete(audit_events),
        text("DELETE FROM audit_events WHERE number = 1"),
    ],
)
def test_the_database_refuses_to_change_what_is_written(signed: Database, change: object) -> None:
    """Not an update, not a deletion, whoever sends the statement."""
    with signed.writing() as connection:
        append(connection, LOOK, at=NOW)
    with pytest.raises(DBAPIError, match="append-only"), signed.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]


def test_the_database_refuses_to_replace_or_empty(signed: Database) -> None:
    """REPLACE and TRUNCATE delete without asking what refuses a deletion."""
    with signed.writing() as connection:
        append(connection, LOOK, at=NOW)
    row = {
        "number": 1,
        "at": "",
        "kind": "",
        "actor": "",
        "details": "",
        "previous": "",
        "hash": "",
    }
    trick = insert(audit_events).prefix_with("OR REPLACE").values(**row)
    sneaky = trick if signed.is_sqlite else text("TRUNCATE audit_events")
    with pytest.raises(DBAPIError, match="append-only"), signed.writing() as connection:
        connection.execute(sneaky)


def test_a_restore_may_take_the_guard_off_and_it_is_on_again(signed: Database) -> None:
    """Within one unit of work; afterwards the database refuses as before."""
    with signed.writing() as connection:
        append(connection, LOOK, at=NOW)
        with taken_off(connection):
            connection.execute(delete(audit_events))
        append(connection, LOOK, at=NOW + timedelta(days=1))
    with pytest.raises(DBAPIError, match="append-only"), signed.writing() as connection:
        connection.execute(delete(audit_events))


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "Export"},
        {"actor": "wang@example.invalid"},
        {"actor": "root"},
        {"subject": "张 三"},
        {"subject": "15400000001"},
        {"details": {"count": "99010119900101001X"}},
        {"details": {"who": "wang@example.invalid"}},
        {"details": {"Name": "x"}},
    ],
)
def test_an_event_takes_ids_counts_and_codes_only(said: dict[str, object]) -> None:
    """What looks like a name with spaces, a phone, an ID number or a mail address is refused."""
    with pytest.raises(ValueError, match="not for the audit chain"):
        Event(**{"kind": "file.read", "actor": "os:wang", **said})  # type: ignore[arg-type]


@pytest.mark.parametrize("purpose", ["", "  ", "x" * 201, "致电 15400000001", "154 0000 0001"])
def test_a_purpose_names_nobody_by_a_number(purpose: str) -> None:
    """It says something, in a few words, without a phone or an ID number."""
    with pytest.raises(PurposeRefused, match="200"):
        Event("export.roster", "os:wang", purpose=purpose)


def test_a_unit_that_keeps_nothing_audits_nothing(signed: Database) -> None:
    """What would be rolled back is refused, and so is an event without a key."""
    with signed.reading() as connection, pytest.raises(RuntimeError, match="only reads"):
        append(connection, LOOK, at=NOW)
    unsigned = Database(signed.engine.execution_options(shouwang_audit_key=None))
    with unsigned.writing() as connection, pytest.raises(RuntimeError, match="bind"):
        append(connection, LOOK, at=NOW)
