"""Inserts of very many new rows that have much in common: what they share is written out once."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table

from ledgers.bulk import Values, converters, insert_many

Shared = Mapping[str, object]
Alike = tuple[Shared, Iterable[Values]]
"""What some rows share, and the values that each has of its own.

Best made while they are read: many small values at once keep the garbage collector busy.
"""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_alike(
    connection: Connection, table: Table, own: Sequence[str], alike: Sequence[Alike]
) -> None:
    """Insert rows in the caller's transaction: values of the columns `own`, and what rows share.

    Own values are ids and numbers. What is shared names the same columns everywhere. Columns left
    out take their server's default.

    Raises:
        IntegrityError: a key is taken (on PostgreSQL as psycopg raises it).
    """
    if not alike:
        return
    dialect = connection.dialect
    names = list(alike[0][0])
    found = list(zip(names, converters(table, names, dialect), strict=True))
    tails = (
        tuple(convert(shared[name]) if convert else shared[name] for name, convert in found)
        for shared, _ in alike
    )
    complete = zip(tails, (rows for _, rows in alike), strict=True)
    if dialect.name == "sqlite":
        every = [values + tail for tail, rows in complete for values in rows]
        insert_many(connection, table, [*own, *names], every)
    else:
        _copy(connection, table, [*own, *names], complete)


def _copy(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    complete: Iterable[tuple[Values, Iterable[Values]]],
) -> None:
    """Write the lines that COPY reads, as text: cheaper than letting the driver see each value."""
    preparer = connection.dialect.identifier_preparer
    statement = f"COPY {table.name} ({', '.join(map(preparer.quote, names))}) FROM STDIN"
    lines: list[str] = []
    for tail, rows in complete:
        form = "%s\t" * (len(names) - len(tail))
        shared = "\t".join(map(_text, tail)) + "\n"
        lines += [form % values + shared for values in rows]
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def _text(value: object) -> str:
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(_ESCAPES)
        case _:
            return str(value)
