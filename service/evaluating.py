"""Keeps evaluation going: a pass in a thread whenever one is wanted, one at a time."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError

from alerts.digest import Opened
from alerts.engine import PassReport
from service import passes
from service.errors import OtherRules
from service.guarding import guarded
from service.liveness import Signs
from service.metrics import Figures
from service.wiring import Site

_log = structlog.get_logger(__name__)


class Evaluator:
    """Evaluates and opens slots; `done` is called after each pass, good or bad."""

    def __init__(
        self, site: Callable[[], Site], signs: Signs, figures: Figures, done: Callable[[], None]
    ) -> None:
        self._site = site
        self._signs = signs
        self._figures = figures
        self._done = done
        self._asked = asyncio.Event()
        self._wanted = False
        self._kept = passes.Kept()

    def want(self) -> None:
        """Ask for a pass; what is asked for during one is done in the next."""
        self._wanted = True
        self._asked.set()

    def look(self) -> None:
        """Ask for a pass if something has changed that it would look at."""
        self._asked.set()

    async def run(self) -> None:
        """Do passes until cancelled. One that fails is tried again at the next heartbeat."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            wanted, self._wanted = self._wanted, False
            if wanted or await self._has_changes():
                await self._pass()
                self._done()

    async def _has_changes(self) -> bool:
        try:
            site = self._site()
            return await asyncio.to_thread(passes.is_wanted, site, site.clock())
        except DBAPIError as error:
            _log.warning("evaluation.database", error=type(error).__name__)
            return False

    async def _pass(self) -> None:
        site = self._site()
        now, begun = site.clock(), time.monotonic()
        work = await guarded(asyncio.to_thread(_work, site, now, self._kept), "pass")
        if (error := work.exception()) is not None:
            self._failed(error)
            return
        evaluated, opened = work.result()
        self._signs.failing, self._signs.last_pass_at = None, now
        if self._signs.other_rules:
            self._signs.other_rules = False
            _log.info("pass.goes_on")
        self._count(evaluated, time.monotonic() - begun, now)
        if evaluated.touched or evaluated.written.opened or opened.tellings:
            _log.info(
                "pass.done",
                opened=evaluated.written.opened,
                closed=evaluated.written.closed,
                touched=evaluated.touched,
                tellings=opened.tellings,
                notices=opened.notices,
                held=opened.held,
            )

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, OtherRules):
            self._signs.failing = type(error).__name__
            _log.error("pass.failed", exc_info=error)
        elif not self._signs.other_rules:
            self._signs.other_rules = True
            _log.error("pass.waits", reason=str(error))

    def _count(self, evaluated: PassReport, seconds: float, now: datetime) -> None:
        opened, closed = evaluated.written.opened, evaluated.written.closed
        self._figures.passed(opened=opened, closed=closed, seconds=seconds, ended_at=now)


def _work(site: Site, now: datetime, kept: passes.Kept) -> tuple[PassReport, Opened]:
    return passes.evaluate(site, now, kept), passes.open_slots(site, now)
