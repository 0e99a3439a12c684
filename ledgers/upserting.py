"""Inserts that say what is done about a key that is taken: by the database's own dialect."""

from typing import TYPE_CHECKING

from sqlalchemy import Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def upserting(table: Table, dialect: str) -> "sqlite.Insert | postgresql.Insert":
    """Answer an insert that can say what is done about a key that is taken."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        return insert_sqlite(table)
    from sqlalchemy.dialects.postgresql import insert as insert_postgresql

    return insert_postgresql(table)
