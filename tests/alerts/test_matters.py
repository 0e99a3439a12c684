"""Matters open once, stay until mended, and are told once a day."""

from datetime import UTC, date, datetime

from alerts.matters import (
    Matter,
    MatterKind,
    close_matters,
    mark_told,
    open_matters,
    still_open,
)
from ledgers.database import Database

NOW = datetime(2027, 6, 7, 1, tzinfo=UTC)
TODAY, TOMORROW = date(2027, 6, 7), date(2027, 6, 8)
ROWS = Matter(MatterKind.QUARANTINE, "import-1", detail={"count": 3})


def test_an_open_matter_is_not_opened_again(database: Database) -> None:
    """The first word stands until it is closed."""
    with database.writing() as connection:
        open_matters(connection, [ROWS], now=NOW)
        open_matters(connection, [Matter(ROWS.kind, ROWS.subject, detail={"count": 9})], now=NOW)
        (found,) = still_open(connection)
    assert found.matter == ROWS


def test_a_closed_matter_may_open_anew(database: Database) -> None:
    """What comes back is a new matter."""
    with database.writing() as connection:
        open_matters(connection, [ROWS], now=NOW)
        assert close_matters(connection, ROWS.kind, [ROWS.subject], now=NOW) == 1
        assert still_open(connection) == []
        open_matters(connection, [ROWS], now=NOW)
        assert len(still_open(connection)) == 1


def test_a_told_matter_is_quiet_until_tomorrow(database: Database) -> None:
    """Once a day at most."""
    with database.writing() as connection:
        open_matters(connection, [ROWS], now=NOW)
        mark_told(connection, [found.id for found in still_open(connection)], TODAY)
        assert still_open(connection, untold_on=TODAY) == []
        assert len(still_open(connection, untold_on=TOMORROW)) == 1


def test_matters_are_found_by_role_and_kind(database: Database) -> None:
    """Each reader sees their own."""
    gap = Matter(MatterKind.NO_RECIPIENT, "director:990101001", "supervisor", "990101001")
    with database.writing() as connection:
        open_matters(connection, [ROWS, gap], now=NOW)
        assert [found.matter for found in still_open(connection, role="supervisor")] == [gap]
        assert [found.matter for found in still_open(connection, kind=ROWS.kind)] == [ROWS]
