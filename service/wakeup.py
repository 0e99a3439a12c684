"""How a daemon hears at once that somebody else wrote something."""

import asyncio
import threading
from collections.abc import Callable

import structlog
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError

from ledgers.database import Database

CHANNEL = "shouwang"
_LOOK_EVERY = 0.25
_CONNECT_AGAIN_AFTER = 5.0

_log = structlog.get_logger(__name__)

Wake = Callable[[], None]


def announce(database: Database) -> None:
    """Tell daemons that something was written. Every command that writes calls it at its end.

    On SQLite they see it by themselves; on PostgreSQL one that misses it looks within 30 seconds.
    """
    if database.is_sqlite:
        return
    with database.writing() as connection:
        connection.execute(select(func.pg_notify(CHANNEL, "")))


async def watch(database: Database, wake: Wake) -> None:
    """Call `wake` whenever somebody wrote, until cancelled."""
    if database.is_sqlite:
        await _watch_sqlite(database, wake)
    else:
        await _listen(database, wake)


async def _watch_sqlite(database: Database, wake: Wake) -> None:
    """Look from a thread: it hardly costs anything there, and wakes the loop only for a change."""
    loop, enough = asyncio.get_running_loop(), threading.Event()
    try:
        await asyncio.to_thread(
            _look_until, enough, database, lambda: loop.call_soon_threadsafe(wake)
        )
    finally:
        enough.set()


def _look_until(enough: threading.Event, database: Database, changed: Callable[[], object]) -> None:
    with database.engine.connect() as connection:
        seen = database.data_version(connection)
        while not enough.wait(_LOOK_EVERY):
            now = database.data_version(connection)
            if now != seen:
                seen = now
                changed()


async def _listen(database: Database, wake: Wake) -> None:
    while True:
        try:
            await _listen_once(database, wake)
        except OperationalError as error:
            _log.warning("wakeup.connection_lost", error=type(error).__name__)
        await asyncio.sleep(_CONNECT_AGAIN_AFTER)


async def _listen_once(database: Database, wake: Wake) -> None:
    """Listen on a connection of its own until that is lost; nothing runs while nothing comes."""
    connection = await asyncio.to_thread(_listening, database)
    loop, lost = asyncio.get_running_loop(), asyncio.Event()
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # it is connected
    # psycopg's own generator of notifications looks ten times a second.
    wire = driver.pgconn

    def readable() -> None:
        try:
            wire.consume_input()
        except driver.OperationalError:
            lost.set()
        while wire.notifies() is not None:
            wake()

    loop.add_reader(wire.socket, readable)
    try:
        wake()  # what came before anybody listened
        await lost.wait()
    finally:
        loop.remove_reader(wire.socket)
        await asyncio.to_thread(_drop, connection)


def _listening(database: Database) -> Connection:
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.execute(text(f"LISTEN {CHANNEL}"))
    return connection


def _drop(connection: Connection) -> None:
    connection.invalidate()  # so that nobody else gets it from the pool, still listening
    connection.close()
