"""Inserts of very many new rows: COPY on PostgreSQL, the driver's own executemany on SQLite.

Core would work out each value of each row by itself, which costs more than writing the rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Dialect, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    import sqlite3

Values = tuple[Any, ...]
_TOGETHER = 32
"""Rows of one statement on SQLite; the last few go one by one."""

Converter = Callable[[Any], Any]


def insert_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Values]
) -> None:
    """Insert rows of ready values in the caller's transaction, a value for each of `names`.

    Values are what the driver takes: text, numbers, bytes, None, or converted by `converters`.
    Columns left out take their server's default. Rows that are made while they are read are never
    there all at once, which spares the garbage collector as well as memory.

    Raises:
        IntegrityError: a key is taken.
    """
    write = _execute_many if connection.dialect.name == "sqlite" else _copy
    write(connection, table, names, rows)


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values]
) -> None:
    """Insert as `insert_many` does, with values as Core takes them: dates, instants, truth values."""
    found = converters(table, names, connection.dialect)
    needed = [(at, convert) for at, convert in enumerate(found) if convert is not None]
    insert_many(connection, table, names, [_converted(row, needed) for row in rows])


def converters(table: Table, names: Sequence[str], dialect: Dialect) -> list[Converter | None]:
    """Answer what makes a column's value one that the driver takes; None: it takes it as it is."""
    types = [table.c[name].type for name in names]
    return [
        None
        if isinstance(type_, LargeBinary)
        else type_.dialect_impl(dialect).bind_processor(dialect)
        for type_ in types
    ]


def _converted(row: Values, needed: Sequence[tuple[int, Converter]]) -> Values:
    if not needed:
        return row
    values = list(row)
    for at, convert in needed:
        if values[at] is not None:
            values[at] = convert(values[at])
    return tuple(values)


def _execute_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Values]
) -> None:
    """Insert some rows at a time: for each statement SQLite lets other threads have their turn.

    One by one, a thread beside a busy event loop would spend half its time waiting for it.
    """
    quote = connection.dialect.identifier_preparer.quote
    head = f"INSERT INTO {table.name} ({', '.join(map(quote, names))}) VALUES "  # noqa: S608  # ours
    marks = f"({', '.join('?' * len(names))})"
    many = head + ", ".join([marks] * _TOGETHER)
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    with raising_as_core(connection, head), closing(driver.cursor()) as cursor:
        left = iter(rows)
        while len(batch := list(islice(left, _TOGETHER))) == _TOGETHER:
            cursor.execute(many, list(chain.from_iterable(batch)))
        cursor.executemany(head + marks, batch)


def _copy(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Values]
) -> None:
    quoted = map(connection.dialect.identifier_preparer.quote, names)
    statement = f"COPY {table.name} ({', '.join(quoted)}) FROM STDIN"
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with (
        raising_as_core(connection, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def raising_as_core(connection: Connection, statement: str) -> Iterator[None]:
    """Raise what the driver raises as Core would: whoever waits for it need not know the way."""
    driver = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(
            statement, None, error, driver.Error, dialect=connection.dialect
        ) from error
