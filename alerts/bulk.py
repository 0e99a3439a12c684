"""Inserts of very many new rows that have much in common: what they share is written out once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat

from sqlalchemy import Connection, Table

from ledgers.bulk import Values, converters, insert_many, raising_as_core

Shared = Mapping[str, object]
Own = Sequence[Sequence[object]]
Alike = tuple[Shared, Own]
"""What some rows share, and of each column of their own its values, row by row."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_alike(
    connection: Connection, table: Table, own: Sequence[str], alike: Sequence[Alike]
) -> None:
    """Insert rows in the caller's transaction: values of the columns `own`, and what rows share.

    Own values are ids and numbers. What is shared names the same columns everywhere. Columns left
    out take their server's default.

    Raises:
        IntegrityError: a key is taken.
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
    complete = zip(tails, (of for _, of in alike), strict=True)
    if dialect.name == "sqlite":
        # Each row is made when the driver asks for it: no list, and not one tuple that lives on.
        rows = chain.from_iterable(
            zip(*of, *map(repeat, tail), strict=False) for tail, of in complete
        )
        insert_many(connection, table, [*own, *names], rows)
    else:
        _copy(connection, table, [*own, *names], complete)


def _copy(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    complete: Iterable[tuple[Values, Own]],
) -> None:
    """Write the lines that COPY reads, as text: cheaper than letting the driver see each value."""
    preparer = connection.dialect.identifier_preparer
    statement = f"COPY {table.name} ({', '.join(map(preparer.quote, names))}) FROM STDIN"
    lines: list[str] = []
    for tail, of in complete:
        form = "%s\t" * len(of)
        shared = "\t".join(map(_text, tail)) + "\n"
        lines += [form % values + shared for values in zip(*of, strict=True)]
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with (
        raising_as_core(connection, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write("".join(lines))


def _text(value: object) -> str:
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(_ESCAPES)
        case _:
            return str(value)
