"""Brings a database's tables to this version: Alembic without its files and its command line.

A new revision is drafted by `python -m service.migrations.drafting TITLE`.
"""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from ledgers.database import Database
from service.errors import NewerDatabase, OldDatabase
from service.locks import no_daemon

FOLDER = Path(__file__).resolve().parent
_version = table("alembic_version", column("version_num"))


def upgrade(database: Database) -> bool:
    """Bring the tables to this version, all or nothing; answer whether anything had to be done.

    Raises:
        DaemonRuns: a daemon works on the database.
        NewerDatabase: its tables belong to a newer version of this program.
    """
    with no_daemon(database), database.writing() as connection:
        found = revision_of(connection)
        _refuse_newer(database, found)
        if found == newest():
            return False
        # Ten megabytes of memory that a running daemon has no use for.
        from service.migrations.running import migrate

        migrate(connection)
    return True


def is_current(database: Database) -> bool:
    """Say whether the tables are those of this version."""
    with database.reading() as connection:
        return revision_of(connection) == newest()


def require_current(database: Database) -> None:
    """Refuse to work on tables of another version.

    Raises:
        OldDatabase: they are older, or there are none.
        NewerDatabase: they belong to a newer version of this program.
    """
    with database.reading() as connection:
        found = revision_of(connection)
    if found == newest():
        return
    _refuse_newer(database, found)
    raise OldDatabase(database.name)


def newest() -> str | None:
    """Answer the last revision this version knows: files are numbered in order."""
    return max(revisions(), default=None)


def revisions() -> set[str]:
    """Answer all revisions this version knows."""
    return {path.stem for path in (FOLDER / "versions").glob("r*.py")}


def revision_of(connection: Connection) -> str | None:
    """Answer the revision of a database's tables; None: it has none of ours."""
    if not inspect(connection).has_table(_version.name):
        return None
    found: str | None = connection.execute(select(_version.c.version_num)).scalar_one_or_none()
    return found


def _refuse_newer(database: Database, found: str | None) -> None:
    if found is not None and found not in revisions():
        raise NewerDatabase(database.name)
