"""Inserts of very many new rows: COPY on PostgreSQL, the driver's own executemany on SQLite.

Core would work out each value of each row by itself, which costs more than writing the rows; here
a value that stands in a thousand rows is converted once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Dialect, Table, insert

_Converter = Callable[[Any], Any]


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns, in the caller's transaction.

    Columns left out take their server's default.

    Raises:
        IntegrityError: a key is taken (on PostgreSQL as psycopg raises it).
    """
    if not rows:
        return
    dialect, names = connection.dialect, list(rows[0])
    if dialect.name != "sqlite":
        _copy(connection, table, names, _tuples(table, names, rows, dialect))
        return
    statement = insert(table).compile(dialect=dialect, column_keys=names)
    ordered = _tuples(table, statement.positiontup or names, rows, dialect)
    connection.exec_driver_sql(str(statement), list(ordered))


def _tuples(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, object]], dialect: Dialect
) -> Iterator[tuple[Any, ...]]:
    return zip(*_columns(table, names, rows, dialect), strict=True)


def _columns(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, object]], dialect: Dialect
) -> Iterator[list[Any]]:
    for name in names:
        values = [row[name] for row in rows]
        convert = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        yield values if convert is None else _converted(values, convert)


def _converted(values: Sequence[Any], convert: _Converter) -> list[Any]:
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
