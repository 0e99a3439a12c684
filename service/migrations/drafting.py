"""Drafts a revision from what the code's tables have and the last revision has not.

    python -m service.migrations.drafting r0003_what_changes

Read the file it writes before committing it: a renamed column is drafted as one dropped and one
added. There are no downgrades; the way back is the backup made before.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic.autogenerate import produce_migrations
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op_text
from alembic.operations.ops import CreateIndexOp, CreateTableOp, MigrateOperation, ModifyTableOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from ledgers.columns import Instant
from ledgers.database import Database
from ledgers.dialects import tell_dialects
from ledgers.tables import metadata
from service.migrations import FOLDER, newest, upgrade
from service.migrations.running import COMPARING

_HEAD = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before}
'''


def draft(connection: Connection, *, revision: str, before: str | None) -> str:
    """Write the revision that makes the tables of `connection` those of the code.

    Each new table is a function of its own, so that none gets too long to read.
    """
    context = MigrationContext.configure(connection, opts=_WRITING)
    changes = produce_migrations(context, tell_dialects(metadata)).upgrade_ops
    if changes is None or changes.is_empty():
        return ""
    writer = AutogenContext(context, metadata, autogenerate=False)
    functions, calls = _grouped(writer, changes.ops)
    quoted = None if before is None else f'"{before}"'
    title = revision.split("_", 1)[-1].replace("_", " ").capitalize()
    head = _HEAD.format(title=title, revision=revision, before=quoted)
    body = "\n".join(f"    {line}" for line in calls)
    return f"{head}\n\ndef upgrade() -> None:\n{body}\n{''.join(functions)}"


def _grouped(
    writer: AutogenContext, operations: Sequence[MigrateOperation]
) -> tuple[list[str], list[str]]:
    """Answer a function for each new table, and the lines of `upgrade` in order."""
    tables: dict[str, list[str]] = {}
    calls: list[str] = []
    for one in _flat(operations):
        lines = render_op_text(writer, one)
        if isinstance(one, CreateTableOp):
            tables[one.table_name] = [lines]
            calls.append(f"_make_{one.table_name}()")
        elif isinstance(one, CreateIndexOp) and one.table_name in tables:
            tables[one.table_name].append(lines)
        else:
            calls.append(lines)
    functions = [
        f"\n\ndef _make_{name}() -> None:\n" + "\n".join(f"    {line}" for line in lines) + "\n"
        for name, lines in tables.items()
    ]
    return functions, calls


def _flat(operations: Sequence[MigrateOperation]) -> Iterator[MigrateOperation]:
    for one in operations:
        if isinstance(one, ModifyTableOps):
            yield from one.ops
        else:
            yield one


def _plain_type(kind: str, thing: object, _context: AutogenContext) -> str | bool:
    """Name our own column type by what it is in the database: revisions outlive our code."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    return False


_WRITING: dict[str, object] = {
    "render_item": _plain_type,
    **COMPARING,
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
}


def main(revision: str) -> None:
    """Write the draft beside the other revisions."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'draft.sqlite'}")
        upgrade(database)
        with database.reading() as connection:
            text = draft(connection, revision=revision, before=newest())
        database.close()
    if text:
        (FOLDER / "versions" / f"{revision}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
