"""Migrated tables are the tables the code speaks of, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from ledgers.database import Database
from ledgers.tables import metadata
from service.errors import DaemonRuns, NewerDatabase, OldDatabase
from service.locks import one_daemon
from service.migrations import FOLDER, is_current, newest, require_current, upgrade
from service.migrations.drafting import draft
from service.migrations.running import differences


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Database]:
    """Answer a database without tables, of each kind in turn."""
    opened = Database.open(bare_database_url)
    yield opened
    opened.close()


def test_migrating_equals_the_tables_of_the_code(bare: Database) -> None:
    """Tables, columns, indexes and keys are the same, whichever way they were made."""
    upgrade(bare)
    with bare.reading() as connection:
        assert differences(connection) == []


def conditions(database: Database) -> dict[str, str]:
    """Answer the conditions of the partial indexes that a database has."""
    found = inspect(database.engine)
    return {
        str(index["name"]): str(where)
        for table in found.get_table_names()
        for index in found.get_indexes(table)
        for word, where in index.get("dialect_options", {}).items()
        if word.endswith("_where")
    }


def test_partial_indexes_have_the_same_conditions_either_way(bare: Database) -> None:
    """Whether the tables were migrated or made at once."""
    bare.create_all(metadata)
    made = conditions(bare)
    assert made["uq_records_fingerprint"].strip("()") == "voided_at IS NULL"
    with bare.writing() as connection:
        metadata.drop_all(connection)
    upgrade(bare)
    assert conditions(bare) == made


def test_file_names_tell_the_newest_revision() -> None:
    """What is read off the files is what Alembic makes of them."""
    assert ScriptDirectory(str(FOLDER)).get_current_head() == newest()


def test_migrating_twice_does_nothing(bare: Database) -> None:
    """The second time there is nothing to do."""
    assert [upgrade(bare), upgrade(bare)] == [True, False]


def test_a_bare_database_is_told_from_a_prepared_one(bare: Database) -> None:
    """Work is refused in words before `db upgrade`, and accepted after it."""
    assert not is_current(bare)
    with pytest.raises(OldDatabase, match="db upgrade"):
        require_current(bare)
    upgrade(bare)
    assert is_current(bare)
    require_current(bare)


def test_a_newer_database_is_refused(bare: Database) -> None:
    """An older program keeps its hands off tables it does not know."""
    upgrade(bare)
    with bare.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999_later'"))
    for refused in (upgrade, require_current):
        with pytest.raises(NewerDatabase):
            refused(bare)


def test_nothing_is_migrated_under_a_running_daemon(bare: Database) -> None:
    """`db upgrade` asks for the daemon to be stopped."""
    with one_daemon(bare, "a"), pytest.raises(DaemonRuns):
        upgrade(bare)
    assert not is_current(bare)


def test_a_draft_makes_the_tables_and_then_nothing_is_left_to_draft(tmp_path: Path) -> None:
    """The tool that writes revisions names every table once."""
    bare = Database.open(f"sqlite:///{tmp_path / 'draft.sqlite'}")
    with bare.reading() as connection:
        first = draft(connection, revision="r0001_all", before=None)
    assert first.count("def _make_entries()") == first.count("    _make_entries()") == 1
    assert "Instant" not in first
    assert first.count("sqlite_where=") == first.count("postgresql_where=") == 13
    assert first.count("sqlite_autoincrement=True") == 1
    upgrade(bare)
    with bare.reading() as connection:
        assert draft(connection, revision="r0003_none", before="r0002_alerts") == ""
    bare.close()
