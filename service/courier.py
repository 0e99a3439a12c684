"""Keeps delivery going: one loop for each lane, so that a slow channel delays no other."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from alerts.deliver import Lane
from alerts.states import NoticeState
from alerts.tables import notices
from service.guarding import guarded
from service.passes import is_held
from service.wiring import Site

LOOK_EVERY = 30.0
"""Seconds after which a lane looks for work even if nobody woke it."""

_LOOK_AGAIN = 2.0
"""Seconds until it looks again for what is due but must wait: for a breaker, or another worker."""

_SHORTEST_REST = 0.05
"""Seconds, so that answers still under way are not asked for again and again."""

_log = structlog.get_logger(__name__)


class Courier:
    """Runs lanes until told to drain."""

    def __init__(self, site: Site, lanes: Sequence[Lane]) -> None:
        self._database = site.database
        self._clock = site.clock
        self._lanes = lanes
        self._awake = {lane.name: asyncio.Event() for lane in lanes}
        self._drained = asyncio.Event()

    async def run(self) -> None:
        """Deliver until drained: what is under way then is finished first."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._carry(lane), name=f"lane:{lane.name}")
            await self._drained.wait()

    def wake(self) -> None:
        """Look for work now."""
        for event in self._awake.values():
            event.set()

    def drain(self) -> None:
        """Begin nothing new, and let `run` return when what is under way has its answer."""
        self._drained.set()
        for lane in self._lanes:
            lane.drain()
        self.wake()

    async def _carry(self, lane: Lane) -> None:
        awake = self._awake[lane.name]
        while not self._drained.is_set():
            awake.clear()
            work = await guarded(self._round(lane), f"round:{lane.name}")
            if (error := work.exception()) is None:
                await _until(awake, work.result())
                continue
            away = isinstance(error, DBAPIError)
            _log.error("lane.failed", channel=lane.name, exc_info=error)
            await _until(awake, _LOOK_AGAIN if away else LOOK_EVERY)

    async def _round(self, lane: Lane) -> float:
        """Run one round; answer how many seconds may pass till the next.

        While delivery is held only the operator's own notices go out: nothing else is waited for.
        """
        if (await lane.run_once()).claimed:
            return 0.0
        if await asyncio.to_thread(is_held, self._database):
            return LOOK_EVERY
        full_until = lane.rest_until
        due = None if full_until else await asyncio.to_thread(self._next_due, lane.name)
        return pause(self._clock(), full_until=full_until, due=due)

    def _next_due(self, channel: str) -> datetime | None:
        query = select(func.min(notices.c.next_attempt_at)).where(
            notices.c.ended_at.is_(None),
            notices.c.channel == channel,
            notices.c.state != NoticeState.HELD.value,
        )
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found


def pause(now: datetime, *, full_until: datetime | None, due: datetime | None) -> float:
    """Answer the seconds until a lane that had nothing to send looks again.

    `full_until`: its rates allow nothing before; one by the second may do so sooner than most waits.
    `due`: when the next of its notices may go; None: it has none.
    """
    if full_until is not None:
        return min(LOOK_EVERY, max(_SHORTEST_REST, (full_until - now).total_seconds()))
    if due is None:
        return LOOK_EVERY
    return min(LOOK_EVERY, max(_LOOK_AGAIN, (due - now).total_seconds()))


async def _until(awake: asyncio.Event, seconds: float) -> None:
    """Wait to be woken, but no longer than this."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await awake.wait()
    except TimeoutError:
        return
