"""How a daemon hears at once that somebody else wrote something."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import func, select

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
    with database.engine.connect() as connection:
        seen = database.data_version(connection)
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = database.data_version(connection)
            if now != seen:
                seen = now
                wake()


async def _listen(database: Database, wake: Wake) -> None:
    import psycopg  # several megabytes that a daemon on SQLite has no use for

    url = database.engine.url.set(drivername="postgresql")
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url.render_as_string(hide_password=False), autocommit=True
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                wake()
                async for _ in connection.notifies():
                    wake()
        except psycopg.OperationalError as error:
            _log.warning("wakeup.connection_lost", error=type(error).__name__)
        await asyncio.sleep(_CONNECT_AGAIN_AFTER)
