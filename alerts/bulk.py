"""Inserts of very many new rows: COPY on PostgreSQL, the driver's own executemany on SQLite.

Core would work out each value of each row by itself, which costs more than writing the rows; here
what thousands of rows have in common is converted once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table

Values = tuple[Any, ...]
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
    insert = _execute_many if connection.dialect.name == "sqlite" else _copy
    insert(connection, table, [*own, *names], complete)


def _converted(
    table: Table, names: Sequence[str], alike: Mapping[int, Shared], dialect: Dialect
) -> dict[int, Values]:
    types = (table.c[name].type.dialect_impl(dialect) for name in names)
    converters = [
        (name, type_.bind_processor(dialect)) for name, type_ in zip(names, types, strict=True)
    ]
    return {
        key: tuple(
            convert(shared[name]) if convert else shared[name] for name, convert in converters
        )
        for key, shared in alike.items()
    }


def _execute_many(
    connection: Connection, table: Table, names: Sequence[str], rows: list[Values]
) -> None:
    columns = ", ".join(map(connection.dialect.identifier_preparer.quote, names))
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608  # our names
    connection.exec_driver_sql(statement, rows)


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Values]
) -> None:
    quoted = map(connection.dialect.identifier_preparer.quote, names)
    statement = f"COPY {table.name} ({', '.join(quoted)}) FROM STDIN"
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
