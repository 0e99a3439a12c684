"""A list of ids as the database takes it best."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from ledgers.among import among, among_named
from ledgers.database import Database
from ledgers.tables import site_state

NOW = datetime(2027, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize("wanted", [[], ["a"], ["a", "c", "x"]])
def test_only_members_are_found(database: Database, wanted: list[str]) -> None:
    """Lists of any length, also an empty one."""
    with database.writing() as connection:
        rows = [{"name": name, "value": "", "at": NOW} for name in ("a", "b", "c")]
        connection.execute(insert(site_state), rows)
        found = connection.execute(
            select(site_state.c.name).where(among(connection, site_state.c.name, wanted))
        ).scalars()
        assert set(found) == set(wanted) & {"a", "b", "c"}


@pytest.mark.parametrize("wanted", [[], ["a"], ["a", "c", "x"]])
def test_a_kept_statement_takes_a_list(database: Database, wanted: list[str]) -> None:
    """Put together once for a database, run with lists of any length."""
    with database.writing() as connection:
        rows = [{"name": name, "value": "", "at": NOW} for name in ("a", "b", "c")]
        connection.execute(insert(site_state), rows)
        members = among_named(connection.dialect.name, site_state.c.name, "names")
        kept = select(site_state.c.name).where(members)
        found = connection.execute(kept, {"names": wanted}).scalars()
        assert set(found) == set(wanted) & {"a", "b", "c"}
