"""What tests/conftest.py promises to every test."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, inspect, select

from config.language import current_language, set_language
from ledgers.database import Database
from ledgers.tables import metadata, regions
from tests.databases import delete_rows


def test_databases_are_of_both_kinds(database_url: str) -> None:
    """SQLite and PostgreSQL come in turn."""
    assert database_url.startswith(("sqlite:///", "postgresql+psycopg://"))


def test_rows_of_one_test_stay_in_it(database: Database) -> None:
    """A database starts empty, whatever the test before wrote."""
    _insert_region(database)
    assert _count_regions(database) == 1


def test_rows_of_another_test_are_gone(database: Database) -> None:
    """The row of the test above is not seen here."""
    assert _count_regions(database) == 0


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.integers(min_value=1, max_value=3))
def test_examples_can_start_empty(database: Database, times: int) -> None:
    """A property test empties the database it shares between its examples."""
    delete_rows(database, metadata)
    _insert_region(database)
    assert _count_regions(database) == 1


def test_a_bare_database_has_no_tables(bare_database_url: str) -> None:
    """Migrations start from nothing."""
    opened = Database.open(bare_database_url)
    assert inspect(opened.engine).get_table_names() == []
    opened.close()


def test_the_environment_says_nothing_of_ours() -> None:
    """A developer's own settings reach no test."""
    assert not [name for name in os.environ if name.startswith("SHOUWANG_")]


def test_a_language_is_set_here() -> None:
    """A test may set the language."""
    set_language("en")
    assert current_language() == "en"


def test_a_language_set_elsewhere_is_gone() -> None:
    """The test above changed nothing for others."""
    assert current_language() == "zh_CN"


@given(st.booleans())
def test_properties_need_no_exemption(value: bool) -> None:
    """The fixtures that every test gets do not upset hypothesis."""
    assert value in {True, False}


def _insert_region(database: Database) -> None:
    with database.writing() as connection:
        row = {"code": "990101001000", "name": "青山镇", "local": False}
        connection.execute(insert(regions).values(row))


def _count_regions(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(regions)).scalar_one()
