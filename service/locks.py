"""Who is running: lock files beside an SQLite database, advisory locks on PostgreSQL.

All go with the process that holds them, however it ends, so no stale lock can keep a daemon out.
"""

import fcntl
import os
import platform
import secrets
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import OperationalError

from ledgers.database import Database
from service.errors import AnotherDaemon, DaemonRuns

_FAMILY = 0x53484F55
"""The first of PostgreSQL's two lock numbers: ours, so that no other program meets them."""

_ANY_DAEMON = 0


class Place:
    """A worker's place, held until the block that gave it ends."""

    def __init__(
        self, worker: str, connection: Connection | None = None, shared: int | None = None
    ) -> None:
        self.worker = worker
        self._connection = connection
        self._shared = shared

    def take(self) -> None:
        """Take the locks that say that this worker lives."""
        if self._connection is None:
            return
        if self._shared is not None:
            self._connection.execute(select(func.pg_advisory_lock_shared(_FAMILY, self._shared)))
        self._connection.execute(select(func.pg_advisory_lock(_FAMILY, _number(self.worker))))
        self._connection.commit()

    def keep(self) -> None:
        """See that the locks are still held, and take them again after a lost connection.

        Raises:
            OperationalError: the server is away; try again later.
        """
        if self._connection is None:
            return
        try:
            self._connection.execute(select(1))
            self._connection.rollback()
        except OperationalError:
            self._connection.rollback()
            self.take()


def worker_name() -> str:
    """Answer a name no other daemon has had, to stand in claims."""
    return f"{platform.node()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@contextmanager
def one_daemon(database: Database, worker: str | None = None) -> Iterator[Place]:
    """Hold this process's place as a daemon, under a name of its own.

    On SQLite it is the only one. On PostgreSQL any number may run; each holds a shared lock, so
    that an upgrade sees them.

    Raises:
        AnotherDaemon: the SQLite file is taken.
    """
    if database.is_sqlite:
        with (
            _file_lock(_lock_path(database), AnotherDaemon(database.name)),
            at_work(database, worker) as place,
        ):
            yield place
        return
    with at_work(database, worker, shared=_ANY_DAEMON) as place:
        yield place


@contextmanager
def at_work(
    database: Database, worker: str | None = None, *, shared: int | None = None
) -> Iterator[Place]:
    """Let others see that a worker lives, for as long as it delivers: a daemon, or one `tick`."""
    name = worker or worker_name()
    if database.is_sqlite:
        path = _worker_path(database.engine, name)
        with _file_lock(path, AnotherDaemon(database.name)):
            yield Place(name)
        path.unlink(missing_ok=True)
        return
    with database.engine.connect() as connection:
        place = Place(name, connection, shared)
        place.take()
        with _gone_at_the_end(connection):
            yield place


@contextmanager
def no_daemon(database: Database) -> Iterator[None]:
    """Hold all daemons out while the tables change.

    Raises:
        DaemonRuns: at least one is running.
    """
    if database.is_sqlite:
        with _file_lock(_lock_path(database), DaemonRuns(database.name)):
            yield
        return
    with database.engine.connect() as connection:
        taken = connection.execute(
            select(func.pg_try_advisory_lock(_FAMILY, _ANY_DAEMON))
        ).scalar_one()
        connection.commit()
        if not taken:
            raise DaemonRuns(database.name)
        with _gone_at_the_end(connection):
            yield


@contextmanager
def _gone_at_the_end(connection: Connection) -> Iterator[None]:
    """Close the real connection afterwards, so that no lock goes back to the pool with it."""
    try:
        yield
    finally:
        connection.invalidate()


def dead_workers(connection: Connection, names: Sequence[str], *, myself: str) -> list[str]:
    """Answer which of the workers named in claims are certainly not running any more.

    A worker is dead when its own lock can be had.
    """
    others = [name for name in names if name != myself]
    if connection.dialect.name == "sqlite":
        return [name for name in others if _is_free(_worker_path(connection.engine, name))]
    return [name for name in others if _can_lock(connection, name)]


def _is_free(path: Path) -> bool:
    """Say whether nobody holds a worker's file; one that was left behind is taken away."""
    if not path.exists():
        return True
    try:
        with _file_lock(path, BlockingIOError()):
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    return True


def _can_lock(connection: Connection, worker: str) -> bool:
    lock = select(func.pg_try_advisory_xact_lock(_FAMILY, _number(worker)))
    return bool(connection.execute(lock).scalar_one())


def _number(worker: str) -> int:
    return zlib.crc32(worker.encode()) % (2**31 - 2) + 1


def _worker_path(engine: Engine, worker: str) -> Path:
    return Path(f"{engine.url.database}.worker-{_number(worker):08x}")


def _lock_path(database: Database) -> Path:
    return Path(f"{database.engine.url.database}.lock")


@contextmanager
def _file_lock(path: Path, refusal: Exception) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refusal from error
        yield
    finally:
        os.close(handle)
