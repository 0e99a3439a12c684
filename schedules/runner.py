"""Fires jobs in time: APScheduler 3 with its memory store, rebuilt from configuration.

What was sent is our tables' knowledge, never the scheduler's: a job that fires twice or late adds
nothing, because the passes it starts are idempotent.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from traceback import format_tb
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from schedules.errors import JobRepeated
from schedules.jobs import EveryJob, Job, trigger_of

Callback = Callable[[str, datetime], Coroutine[Any, Any, None]]
"""Given a job's id and the moment it fires, aware and in UTC."""

Clock = Callable[[], datetime]

_log = structlog.get_logger(__name__)


def system_clock() -> datetime:
    """Answer the machine's time, in UTC."""
    return datetime.now(UTC)


class Runner:
    """Calls `callback(job_id, now)` whenever a job is due.

    Runs missed while the process slept are made up for by one. A job never runs beside itself: what
    falls due meanwhile runs once more right after, but for an `EveryJob`, which waits its turn. A
    failing job is logged and fires again next time.

    `clock` gives `now` and the times jobs are scheduled from; APScheduler itself waits by the
    machine's clocks. It looks at the wall clock each time any job fires: one short `EveryJob` keeps
    all others right after the machine slept or its clock was set forward.
    """

    def __init__(self, zone: ZoneInfo, callback: Callback, *, clock: Clock = system_clock) -> None:
        self._zone = zone
        self._callback = callback
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=zone,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        # It drops a run if it thinks the last one is still going; a dropped OnceJob would be lost.
        self._scheduler.add_listener(self._dropped, EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin to fire, in the event loop this is called from."""
        self._scheduler.start()

    def rebuild(self, jobs: Iterable[Job]) -> None:
        """Fire these jobs and no others; what did not change keeps its next time.

        May be called before `start` and whenever configuration changes. Nothing changes if it
        raises. A `OnceJob` that has fired stays done until its moment changes.

        Raises:
            JobRepeated: two jobs have one id.
            WallTimeInvalid, WeekdayInvalid, InstantNaive: a job says no such time.
        """
        wanted: dict[str, Job] = {}
        for job in jobs:
            if job.id in wanted:
                raise JobRepeated(job.id)
            wanted[job.id] = job
        now = self._clock()
        changed = [job for job in wanted.values() if self._jobs.get(job.id) != job]
        triggers = {job.id: trigger_of(job, zone=self._zone, now=now) for job in changed}
        for job_id in [*(self._jobs.keys() - wanted.keys()), *(triggers & self._jobs.keys())]:
            with suppress(JobLookupError):  # a OnceJob that has fired is gone already
                self._scheduler.remove_job(job_id)
        for job_id, trigger in triggers.items():
            self._scheduler.add_job(
                self._fire,
                trigger,
                args=(job_id,),
                id=job_id,
                name=job_id,
                next_run_time=trigger.get_next_fire_time(None, now),
            )
        self._jobs = wanted
        self._again &= wanted.keys()

    def realign(self) -> None:
        """Bring waiting jobs forward after the wall clock was set back; call it on such a jump.

        Without it a job every 30 seconds would be silent for as long as the clock was set back.
        """
        now = self._clock()
        for waiting in self._scheduler.get_jobs():
            trigger = trigger_of(self._jobs[waiting.id], zone=self._zone, now=now)
            first = trigger.get_next_fire_time(None, now)
            if first < waiting.next_run_time:
                waiting.modify(trigger=trigger, next_run_time=first)

    def next_times(self) -> dict[str, datetime]:
        """Answer when each job fires next, in UTC; done `OnceJob`s are left out."""
        return {
            waiting.id: waiting.next_run_time.astimezone(UTC)
            for waiting in self._scheduler.get_jobs()
        }

    async def shutdown(self, *, within: float | None = None) -> None:
        """Fire nothing more and wait for what runs; does nothing if not started.

        After `within` seconds (None: however long it takes) what still runs is cancelled, and given
        as long again to clean up.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        await asyncio.sleep(0)  # what fired in this very turn starts, and is waited for
        self._again.clear()
        late = await _wait(set(self._running.values()), within)
        for task in late:
            _log.warning("runner.job_cancelled", job=task.get_name())
            task.cancel()
        await _wait(late, within)
        # APScheduler cannot wait for coroutines, it cancels them: by now there are none.
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)

    async def _fire(self, job_id: str) -> None:
        # Not awaited: APScheduler would log the words of an error, which may hold anything.
        self._due(job_id)

    def _dropped(self, event: JobSubmissionEvent) -> None:
        self._due(event.job_id)

    def _due(self, job_id: str) -> None:
        if job_id not in self._running:
            task = asyncio.create_task(self._callback(job_id, self._clock()), name=job_id)
            self._running[job_id] = task
            task.add_done_callback(self._finished)
        elif not isinstance(self._jobs.get(job_id), EveryJob):
            self._again.add(job_id)

    def _finished(self, task: asyncio.Task[None]) -> None:
        job_id = task.get_name()
        del self._running[job_id]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error(
                "runner.job_failed",
                job=job_id,
                error=type(error).__name__,
                traceback="".join(format_tb(error.__traceback__)),
            )
        if job_id in self._again:
            self._again.remove(job_id)
            self._due(job_id)


async def _wait(tasks: set[asyncio.Task[None]], within: float | None) -> set[asyncio.Task[None]]:
    """Wait for tasks; answer those not done in time."""
    if not tasks:
        return set()
    _, late = await asyncio.wait(tasks, timeout=within)
    return late
