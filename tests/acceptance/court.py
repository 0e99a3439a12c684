"""Everything that an office makes, kept to be searched for what must not be there."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select, text

from ledgers.resealing import sealed_columns
from ledgers.sealing import Spot
from ledgers.tables import metadata
from service.cli import World, run
from tests.acceptance.markers import markers_in, unpacked
from tests.acceptance.office import Office


@dataclass
class Court:
    """Everything that was made, to be searched: by what it is, its bytes."""

    office: Office
    log: StringIO
    said: dict[str, bytes] = field(default_factory=dict)

    def ask(self, *words: str) -> int:
        """Run a command; keep what it said."""
        out, err = StringIO(), StringIO()
        config = ["--config", str(self.office.folder / "本县设置.yaml")]
        code = run([*config, *words], World(out, err, {}, self.office.clock))
        log_to(self.log)
        self.said[f"shouwang {' '.join(words[:2])} {len(self.said)}"] = (
            out.getvalue() + err.getvalue()
        ).encode()
        return code

    def found(self, *, besides: tuple[str, ...] = ()) -> set[tuple[str, str]]:
        """Answer where a marker stands: (where, which)."""
        return {
            (where, marker)
            for where, content in self.everything()
            if not where.startswith(besides)
            for marker in markers_in(content)
        }

    def opened(self) -> set[str]:
        """Answer the markers that lie in the database, sealed."""
        vault, found = self.office.site.vault, set[str]()
        with self.office.site.database.reading() as connection:
            for table in metadata.sorted_tables:
                for column in sealed_columns(table):
                    query = select(table.c.id, column).where(column.is_not(None))
                    for id_, value in connection.execute(query):
                        spot = Spot(table.name, column.name, id_)
                        found |= markers_in(vault.open_bytes(value, spot))
        return found

    def server_files(self) -> Iterator[tuple[str, bytes]]:
        """Yield what PostgreSQL wrote to its disk for this office: tables, log of changes, its own log.

        SQLite's files lie in the office's folder. A server elsewhere cannot be looked into.
        """
        database = self.office.site.database
        if database.is_sqlite:
            return
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
            one.execute(text("CHECKPOINT"))
            folder = Path(one.execute(text("SHOW data_directory")).scalar_one())
            number = "SELECT oid FROM pg_database WHERE datname = current_database()"
            mine = folder / "base" / str(one.execute(text(number)).scalar_one())
        if not os.access(folder, os.R_OK):
            pytest.skip("the server's files are not on this machine, or not to be read")
        since = self.office.folder.stat().st_ctime
        beside = [path for path in folder.glob("*") if path.is_file()]
        for path in (*mine.rglob("*"), *(folder / "pg_wal").glob("*"), *beside):
            if path.is_file() and (mine in path.parents or path.stat().st_mtime >= since):
                yield f"postgres {path.relative_to(folder)}", path.read_bytes()

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Yield what was said, logged, stored and written to files."""
        yield "log", self.log.getvalue().encode()
        yield from self.said.items()
        with self.office.site.database.reading() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(select(table)):
                    yield f"table {table.name}", b"\0".join(_bytes(value) for value in row)
        for path in sorted(self.office.folder.rglob("*")):
            if path.is_file():
                yield from unpacked(path.relative_to(self.office.folder), path.read_bytes())


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def log_to(stream: StringIO) -> None:
    """Log everything, libraries included, without what `service.logs` keeps out."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.DEBUG, stream=stream, force=True)
