"""Levels keep their history."""

from datetime import date

from sqlalchemy import select

from ledgers.database import Database
from ledgers.levels import LevelChange, level_history, note_levels
from ledgers.tables import entries
from tests.ledgers.samples import NOW, TODAY, bare_entry


def test_each_change_is_kept_and_the_last_is_in_force(database: Database) -> None:
    """An entry knows since when its level holds, and what it was before."""
    first = LevelChange("e1", None, "green", date(2026, 6, 1))
    second = LevelChange("e1", "green", "red", TODAY)
    with database.writing() as connection:
        bare_entry(connection)
        note_levels(connection, [first], now=NOW)
        note_levels(connection, [second], now=NOW)
        note_levels(connection, [], now=NOW)
        assert level_history(connection, ["e1", "e2"]) == {"e1": [first, second]}
        assert connection.scalar(select(entries.c.level_since)) == TODAY
