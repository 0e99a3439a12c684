"""Units of work of delivery: each in a thread, so that the event loop goes on sending meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from config.lean import dataclass
from ledgers.database import Database

_log = structlog.get_logger("alerts.deliver")
_Answered = TypeVar("_Answered")
_WRITE_AGAIN_AFTER = 0.2
"""Seconds before an outcome that could not be written is written again."""


@dataclass(frozen=True, slots=True)
class Units:
    """Runs one lane's writing units; `lane` names it in the log."""

    database: Database
    lane: str

    async def run(self, work: Callable[[Connection], _Answered]) -> _Answered:
        """Run one unit; it is undone if `work` raises."""

        def unit() -> _Answered:
            with self.database.writing() as connection:
                return work(connection)

        return await asyncio.to_thread(unit)

    async def run_until_kept(self, work: Callable[[Connection], _Answered]) -> _Answered:
        """Run one unit again until the database takes it, to the end even when cancelled."""
        return await _finish(self._until_kept(work))

    async def _until_kept(self, work: Callable[[Connection], _Answered]) -> _Answered:
        while True:
            try:
                return await self.run(work)
            except OperationalError as error:
                _log.warning("outcome.write_again", channel=self.lane, error=type(error).__name__)
                await asyncio.sleep(_WRITE_AGAIN_AFTER)


async def _finish(work: Coroutine[Any, Any, _Answered]) -> _Answered:
    """Run to the end even when the caller is cancelled: an answer once had is written down."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
