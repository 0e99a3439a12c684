"""A daemon in this process, and the hands that move its surroundings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, event, select

from alerts.matters import still_open
from alerts.tables import tellings
from channels.memory import MemoryChannel
from ledgers.database import Database
from service.daemon import Daemon, Parts
from service.locks import one_daemon
from service.wiring import Site
from tests.service.sites import MONDAY

PATIENCE = 30.0
_AT_THE_LATEST = 0.5
"""Seconds after which a condition is looked at though nothing was written: a sign is no row."""


@dataclass
class Clocks:
    """A wall clock and a stopwatch that are set by hand."""

    wall: datetime = MONDAY
    elapsed: float = 0.0

    def read(self) -> datetime:
        return self.wall

    def stopwatch(self) -> float:
        return self.elapsed


@dataclass
class World:
    """A daemon at work, and the hands that move its surroundings."""

    site: Site
    daemon: Daemon
    clocks: Clocks
    channel: MemoryChannel
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition: it is looked at whenever something was written."""
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(condition):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), _AT_THE_LATEST)
                self.news.clear()

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Take every kept unit of work, in whichever thread, for news."""
        loop, engine = asyncio.get_running_loop(), self.site.database.engine

        def tell(_connection: Connection) -> None:
            loop.call_soon_threadsafe(self.news.set)

        event.listen(engine, "commit", tell)
        try:
            yield
        finally:
            event.remove(engine, "commit", tell)

    def matters(self) -> set[str]:
        with self.site.database.reading() as connection:
            return {one.matter.kind for one in still_open(connection)}


@asynccontextmanager
async def watching(
    site: Site, clocks: Clocks, channel: MemoryChannel | None = None
) -> AsyncIterator[World]:
    """Run a daemon for the length of the block, then stop it and wait for its end."""
    sent = channel or MemoryChannel()
    with one_daemon(site.database) as place:
        daemon = Daemon(site, place, Parts(channels={"mail": sent}, stopwatch=clocks.stopwatch))
        world = World(site, daemon, clocks, sent)
        with world.hearing():
            running = asyncio.create_task(daemon.run())
            try:
                await world.until(lambda: daemon.signs.last_pass_at is not None)
                yield world
            finally:
                daemon.stop()
                await asyncio.wait_for(running, PATIENCE)


def states(database: Database) -> list[str]:
    """Answer the states of all tellings."""
    with database.reading() as connection:
        return sorted(connection.scalars(select(tellings.c.state)))
