"""A process that dies between two units of work."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ledgers.database import Database
from ledgers.site_facts import put_fact
from ledgers.tables import site_state
from service.simulation.mortal import Crash, Fate, MortalDatabase

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)


@pytest.fixture
def mortal(database: Database) -> MortalDatabase:
    """Answer a database as one process sees it."""
    return MortalDatabase(database.engine)


def write(database: Database, name: str) -> None:
    """Write one fact in one unit."""
    with database.writing() as connection:
        put_fact(connection, name, "x", now=NOON)


@pytest.mark.parametrize(("kept", "left"), [(True, ["first", "second"]), (False, ["first"])])
def test_it_dies_before_or_after_a_change_is_kept(
    mortal: MortalDatabase, database: Database, kept: bool, left: list[str]
) -> None:
    """What others find afterwards is whole units."""
    mortal.fate = Fate(2, kept=kept)
    write(mortal, "first")
    with pytest.raises(Crash):
        write(mortal, "second")
    with database.reading() as connection:
        assert sorted(connection.scalars(select(site_state.c.name))) == left


def test_the_dead_do_nothing_more(mortal: MortalDatabase) -> None:
    """Neither read nor write."""
    mortal.fate = Fate(1, kept=True)
    with pytest.raises(Crash):
        write(mortal, "first")
    with pytest.raises(Crash), mortal.reading():
        pass
    with pytest.raises(Crash):
        write(mortal, "second")
