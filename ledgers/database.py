"""One synchronous door to SQLite and PostgreSQL: units of work that read or write."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from ledgers.dialects import tell_dialects

BUSY_TIMEOUT_MS = 10_000
_WRITES = "shouwang_writes"


class Database:
    """An engine and the two kinds of unit of work. Safe to share between threads.

    Work done in an event loop goes through `asyncio.to_thread` (docs/decisions/0001).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._turn = Lock()
        self._has_written = False

    @classmethod
    def open(cls, url: str) -> "Database":
        """Connect lazily to `sqlite:///FILE` or `postgresql+psycopg://…`."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite_engine(url))
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return cls(_postgres_engine(parsed))

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one daemon, one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The database's address without its password, for people to read."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a unit that sees one state and changes nothing."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a unit whose changes are kept together, or not at all if the block raises.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a deferred transaction that
        reads and then writes fails under a second writer. Keep it under a second (DESIGN.md 7).
        """
        self._has_written = True
        with self._turns(), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def _turns(self) -> Iterator[None]:
        """Let SQLite's writers of this process queue: it would make them sleep and try again."""
        # After the time-out SQLite itself says that it is busy.
        taken = self.is_sqlite and self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            yield
        finally:
            if taken:
                self._turn.release()

    @staticmethod
    def keeps(connection: Connection) -> bool:
        """Say whether a unit keeps what is written in it: `writing` made it."""
        return bool(connection.get_execution_options().get(_WRITES, False))

    def glance(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        """Answer the rows of one reading statement, as the driver takes it and gives them.

        Below SQLAlchemy and without a transaction around it: for the one thing that is asked so
        often, and finds so little, that all else would cost more than the database's answer.
        """
        pooled = self.engine.raw_connection()
        driver: Any = pooled.driver_connection
        try:
            if not self.is_sqlite:
                driver.autocommit = True
            rows: list[tuple[Any, ...]] = driver.execute(statement, values).fetchall()
            if not self.is_sqlite:
                driver.autocommit = False
        except self.engine.dialect.loaded_dbapi.Error:
            pooled.invalidate()
            raise
        pooled.close()
        return rows

    def data_version(self, connection: Connection) -> int:
        """Answer SQLite's change counter as seen by one kept connection (3 µs); 0 elsewhere."""
        if not self.is_sqlite:
            return 0
        # Below SQLAlchemy, which would begin a transaction each time.
        cursor = connection.connection.cursor()
        try:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()

    def rest(self) -> bool:
        """Let go of what connections not in use keep for writing on: up to 16 MB each on SQLite.

        Answers whether anything was written since the last rest; if not, nothing is done.
        """
        written, self._has_written = self._has_written, False
        if written and self.is_sqlite:
            self.engine.dispose()
        return written

    def create_all(self, metadata: MetaData) -> None:
        """Make every table without migrations: for tests and memory copies."""
        with self.writing() as connection:
            tell_dialects(metadata).create_all(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _postgres_engine(url: URL) -> Engine:
    from psycopg.types.array import ListBinaryDumper  # only where PostgreSQL is used

    engine = create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # As text, each id of a list would be searched for what must be quoted.
        connection.adapters.register_dumper(list, ListBinaryDumper)

    return engine


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            # Bulk writes touch many indexes at random: 2 MB of cache and a checkpoint every 4 MB,
            # which is what SQLite does by itself, cost a third of the time.
            "cache_size=-16000",
            "wal_autocheckpoint=8000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        if writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Below SQLAlchemy: it takes no lock and cannot fail, and most units only read.
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")

    return engine
