"""Inserts that leave alone what is there already."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, Insert, Table

from ledgers.upserting import upserting


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose unique keys are not taken yet; the others change nothing."""
    if rows:
        connection.execute(_new_only(table, connection.dialect.name), rows)


@cache
def _new_only(table: Table, dialect: str) -> Insert:
    return upserting(table, dialect).on_conflict_do_nothing()
