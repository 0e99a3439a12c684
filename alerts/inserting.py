"""Inserts that leave alone what is there already: how a second pass becomes a no-op."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose unique keys are not taken yet; the others change nothing."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert_sqlite(table).on_conflict_do_nothing(), rows)
    else:
        connection.execute(insert_postgresql(table).on_conflict_do_nothing(), rows)
