"""Alembic, run on a connection: what it does to tables, and what it finds different in them."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from ledgers.dialects import tell_dialects
from ledgers.tables import metadata
from service.migrations import FOLDER


def migrate(connection: Connection) -> None:
    """Run every revision that is missing, in the caller's transaction."""
    scripts = ScriptDirectory(str(FOLDER))
    environment = EnvironmentContext(
        Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs("head", revision)
    )
    with environment:
        # Batch mode: SQLite alters a table by copying it.
        environment.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        environment.run_migrations()


def differences(connection: Connection) -> list[object]:
    """Answer what tells the tables from those the code speaks of; empty when nothing does."""
    context = MigrationContext.configure(connection, opts=COMPARING)
    return list(compare_metadata(context, tell_dialects(metadata)))


def _other_default(*compared: object) -> bool | None:
    """Alembic cannot tell an empty text's spellings on SQLite; None leaves all else to it."""
    found, _, written = compared[3:]
    return False if found == "('')" and written == "" else None


COMPARING = {"compare_server_default": _other_default}
"""How the tables in a database are compared with those of the code."""
