"""Inserts of very many new rows that have much in common: what they share is converted once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Dialect, Table

from ledgers.bulk import Values, converters, insert_many

__all__ = ["Shared", "Values", "insert_alike"]

Shared = Mapping[str, object]


def insert_alike(
    connection: Connection, table: Table, own: Sequence[str], rows: Sequence[tuple[Values, Shared]]
) -> None:
    """Insert rows in the caller's transaction: values of the columns `own`, and what rows share.

    Own values are text and numbers. What is shared names the same columns in every row; one object
    that many rows share is converted once. Columns left out take their server's default.

    Raises:
        IntegrityError: a key is taken (on PostgreSQL as psycopg raises it).
    """
    if not rows:
        return
    names = list(rows[0][1])
    alike = {id(shared): shared for _, shared in rows}
    converted = _converted(table, names, alike, connection.dialect)
    complete = [values + converted[id(shared)] for values, shared in rows]
    insert_many(connection, table, [*own, *names], complete)


def _converted(
    table: Table, names: Sequence[str], alike: Mapping[int, Shared], dialect: Dialect
) -> dict[int, Values]:
    found = list(zip(names, converters(table, names, dialect), strict=True))
    return {
        key: tuple(convert(shared[name]) if convert else shared[name] for name, convert in found)
        for key, shared in alike.items()
    }
