"""Brings a database's tables to this version: Alembic without its files and its command line.

A new revision is drafted by `python -m service.migrations.drafting TITLE`.
"""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from ledgers.database import Database
from ledgers.tables import metadata
from service.errors import NewerDatabase, OldDatabase
from service.locks import no_daemon

FOLDER = Path(__file__).resolve().parent
_HEAD = "head"


def upgrade(database: Database) -> bool:
    """Bring the tables to this version, all or nothing; answer whether anything had to be done.

    Raises:
        DaemonRuns: a daemon works on the database.
        NewerDatabase: its tables belong to a newer version of this program.
    """
    with no_daemon(database), database.writing() as connection:
        found = _revision(connection)
        _refuse_newer(database, found)
        if found == newest():
            return False
        _run(connection)
    return True


def is_current(database: Database) -> bool:
    """Say whether the tables are those of this version."""
    with database.reading() as connection:
        return _revision(connection) == newest()


def require_current(database: Database) -> None:
    """Refuse to work on tables of another version.

    Raises:
        OldDatabase: they are older, or there are none.
        NewerDatabase: they belong to a newer version of this program.
    """
    with database.reading() as connection:
        found = _revision(connection)
    if found == newest():
        return
    _refuse_newer(database, found)
    raise OldDatabase(database.name)


def differences(connection: Connection) -> list[object]:
    """Answer what tells the tables from those the code speaks of; empty when nothing does."""
    context = MigrationContext.configure(connection, opts=COMPARING)
    return list(compare_metadata(context, metadata))


def _other_default(*compared: object) -> bool | None:
    """Alembic cannot tell an empty text's spellings on SQLite; None leaves all else to it."""
    found, _, written = compared[3:]
    return False if found == "('')" and written == "" else None


COMPARING = {"compare_server_default": _other_default}
"""How the tables in a database are compared with those of the code."""


def _run(connection: Connection) -> None:
    scripts = _scripts()
    environment = EnvironmentContext(
        Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs(_HEAD, revision)
    )
    with environment:
        # Batch mode: SQLite alters a table by copying it.
        environment.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        environment.run_migrations()


def _refuse_newer(database: Database, found: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabase(database.name)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))
