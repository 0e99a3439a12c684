"""Inserts that meet what is there already: by the database's own dialect, the only one imported."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Insert, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def upserting(table: Table, dialect: str) -> "sqlite.Insert | postgresql.Insert":
    """Answer an insert that can say what is done about a key that is taken."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        return insert_sqlite(table)
    from sqlalchemy.dialects.postgresql import insert as insert_postgresql

    return insert_postgresql(table)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose unique keys are not taken yet; the others change nothing."""
    if rows:
        connection.execute(_new_only(table, connection.dialect.name), rows)


@cache
def _new_only(table: Table, dialect: str) -> Insert:
    return upserting(table, dialect).on_conflict_do_nothing()
