"""Inserts of very many new rows: COPY on PostgreSQL, which is three times an executemany there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, insert


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns, in the caller's transaction.

    Columns left out take their server's default.

    Raises:
        IntegrityError: a key is taken (on PostgreSQL as psycopg raises it).
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    from psycopg import sql  # a daemon on SQLite does without it

    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # a connection in use has one
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
