"""The daemon of a trial: the same work at the same moments, without waiting between them.

It does what `service.daemon` does: jobs at their times, a pass whenever something was written,
delivery whenever something is due; it can stop, die between two units of work, and start again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Connection, select

from alerts.audit import Finding
from alerts.compose import Composer
from alerts.matters import still_open
from alerts.states import Outcome
from alerts.tables import steps, tellings
from alerts.timetable import Timetable
from channels.protocol import Channel
from config.model import Configuration
from schedules.daytimes import instant_of, parse_wall_time
from schedules.jobs import DailyJob
from service import duties, passes
from service.clocks import HOLD_OVER, NOTICED_OVER
from service.metrics import NoFigures
from service.outgoing import Sender, compose_of, open_lanes
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.diary import Diary
from service.simulation.due import Due
from service.simulation.inorder import InOrder
from service.simulation.mortal import Crash, Fate, MortalDatabase
from service.simulation.processes import TrialSite
from service.wiring import Site

Audit = Callable[[Site, datetime], list[Finding]]

_AT_LEAST = timedelta(seconds=2)
"""How soon a lane looks again for what is due and must wait all the same."""


_WEEKLY = {duties.AUDIT: 6, duties.SIGN_OF_LIFE: 0}
"""Jobs that a trial does on one weekday only, to be done with a year in seconds."""


class Machine:
    """One daemon process after the other on one site."""

    asks: ClassVar[type[Due]] = Due
    """What says when lanes and ladders go on; a test plants another."""

    def __init__(
        self,
        site: Site,
        clock: TrialClock,
        channels: Mapping[str, Channel],
        chance: Chance,
        *,
        audit: Audit = duties.audit_all,
    ) -> None:
        self.site = site
        self.clock = clock
        self.diary = Diary()
        self.is_up = False
        self._channels = channels
        self._chance = chance
        self._audit = audit
        self._loop = InOrder()
        self._figures = NoFigures()
        self._lives = 0
        self._compose = compose_of(site)
        self._passed_on: date | None = None
        self._kept = passes.Kept()
        self.due = self.asks(site.database.engine)
        self._jobs: dict[date, list[tuple[datetime, str]]] = {}

    def start(self, *, recover: bool = True) -> None:
        """Start a process; without `recover` a dead one's claims run out by themselves."""
        self._lives += 1
        self.is_up = True
        self.diary.begin(self.clock())
        self.site = TrialSite.of(self.site, MortalDatabase(self.site.database.engine))
        self._passed_on = None
        self._kept = passes.Kept()
        if recover:
            passes.recover(self.site.database, worker=self._worker, now=self.clock())
        self.work()

    def stop(self) -> None:
        """Let the process end in good order."""
        self._end()

    def doom(self, fate: Fate) -> None:
        """Let the process die soon, in the middle of its work."""
        if isinstance(self.site.database, MortalDatabase):
            self.site.database.fate = fate

    def configure(self, configuration: Configuration) -> None:
        """Put another configuration in force, as a reload does."""
        timetable = Timetable.of(configuration, self.site.calendar)
        loaded = replace(self.site.loaded, configuration=configuration)
        self.site = replace(self.site, loaded=loaded, timetable=timetable)
        self._jobs = {}
        self._passed_on = None
        if isinstance(self._compose, Composer):
            # Templates stay as they are: they take a third of a second.
            self._compose = replace(self._compose, timetable=timetable)

    def do(self, job: str) -> None:
        """Do a job of the day, and send what came of it."""
        now = self.clock()
        if not self.is_up or (job == duties.NEW_DAY and self._is_idle(self.site.today(now))):
            return
        with self._mortally():
            if job == duties.SIGN_OF_LIFE:
                duties.send_sign_of_life(self.site, now)
                self._deliver()
            elif job == duties.AUDIT:
                self.diary.findings += [(now, one) for one in self._audit(self.site, now)]
                self.diary.audits.append(now)
                self._deliver()
            else:
                self._pass(
                    slots=job != duties.NEW_DAY and self._has_slot(job, self.site.today(now))
                )

    def work(self) -> None:
        """Do a pass, open what has begun and deliver."""
        if self.is_up:
            with self._mortally():
                self._pass()

    def look(self) -> None:
        """Do what somebody's writing or a lapse of time has made due, if it has."""
        if not self.is_up:
            return
        with self._mortally():
            if self.due.has_news(self.site, self.clock()):
                self._pass()
            else:
                self._deliver()

    def beat(self, jump: timedelta) -> None:
        """Notice that the wall clock has jumped, as the heartbeat does."""
        if not self.is_up or abs(jump) < NOTICED_OVER:
            return
        with self._mortally():
            if abs(jump) > HOLD_OVER:
                duties.hold_for_clock(self.site, self.clock())
            self._pass()

    def jobs(self, day: date) -> Iterator[DailyJob]:
        """Yield the jobs of a day that are not the heartbeat; audit and sign of life once a week."""
        for job in duties.jobs_of(self.site):
            weekday = _WEEKLY.get(job.id, day.weekday())
            if isinstance(job, DailyJob) and weekday == day.weekday():
                yield job

    def next_job(self, after: datetime) -> tuple[datetime, str]:
        """Answer the first job after an instant of the wall clock."""
        today = self.site.today(after)
        days = (today, today + timedelta(days=1))
        return min(one for day in days for one in self._jobs_on(day) if one[0] > after)

    def _jobs_on(self, day: date) -> list[tuple[datetime, str]]:
        """Answer the jobs of a day with their instants, read once."""
        if day not in self._jobs:
            zone = self.site.zone
            found = [(instant_of(day, parse_wall_time(j.at), zone), j.id) for j in self.jobs(day)]
            self._jobs[day] = found
        return self._jobs[day]

    def next_send(self) -> datetime | None:
        """Answer when a lane or a ladder will look for work, by the wall clock; None: none will."""
        if not self.is_up:
            return None
        now = self.clock()
        at = self.due.waiting(self.site, now).next_at
        return None if at is None else max(at, now + _AT_LEAST)

    def close(self) -> None:
        """Let go of everything."""
        self._loop.forget()

    @property
    def _worker(self) -> str:
        return f"trial-{self._lives}"

    def _pass(self, *, slots: bool = True) -> None:
        """Evaluate what is new, which another pass of the same day has not left, and open slots."""
        now = self.clock()
        today = self.site.today(now)
        if today != self._passed_on or self.due.has_news(self.site, now):
            passes.evaluate(self.site, now, self._kept)
            self._passed_on = today
        if slots:
            passes.open_slots(self.site, now)
        self._deliver()

    def _deliver(self) -> None:
        now = self.clock()
        waits, soon = self.due.waiting(self.site, now).channels, now + _AT_LEAST
        due = [name for name in self._channels if name in waits and waits[name] <= soon]
        if due:
            self._loop.run(self._send(due))

    async def _send(self, due: list[str]) -> None:
        """Send on these channels; a real daemon's other lanes would find nothing."""
        sender = Sender(self._worker, self._figures, self._compose, self._jitter)
        channels = {name: self._channels[name] for name in due}
        async with open_lanes(self.site, sender, channels=channels) as lanes:
            for lane in lanes:
                await passes.deliver_due(self.site, [lane])

    def _jitter(self) -> float:
        return self._chance.of("jitter", self.clock.true).random()

    def _has_slot(self, job: str, day: date) -> bool:
        """Say whether anybody can be told anything at such a job of a day: most have none."""
        timetable = self.site.timetable
        delivery = timetable.configuration.delivery
        roles = [role for role, plan in timetable.plans.items() if job.endswith(plan.at)]
        if any(timetable.plans[role].on_or_before(day) == day for role in roles):
            return True
        if not timetable.calendar.is_workday(day):
            return False
        since = min(timetable.plans[role].on_or_before(day) for role in timetable.plans)
        hurried = any("overdue" in delivery.digest_of(role).between for role in roles)
        with self.site.database.reading() as connection:
            waits = hurried and _is_waiting(connection, since, day)
            return waits or bool(still_open(connection, untold_on=day))

    def _is_idle(self, day: date) -> bool:
        """Say whether nobody is told anything on a day: the next pass makes up for its own."""
        timetable = self.site.timetable
        slots = (plan.on_or_before(day) == day for plan in timetable.plans.values())
        return not timetable.calendar.is_workday(day) and not any(slots)

    @contextmanager
    def _mortally(self) -> Iterator[None]:
        """Do work in which the process may die."""
        try:
            yield
        except Crash:
            self.diary.crashes += 1
            self._end()
            self._loop.forget()

    def _end(self) -> None:
        self.is_up = False
        self.diary.end(self.clock())


def _is_waiting(connection: Connection, since: date, day: date) -> bool:
    """Say whether a step after one day and up to another waits, or a telling is in no notice."""
    waiting = select(steps.c.id).where(
        steps.c.waiting != "", steps.c.on_date > since, steps.c.on_date <= day
    )
    untold = select(tellings.c.id).where(
        tellings.c.state == Outcome.PENDING.value, tellings.c.notice_id.is_(None)
    )
    return any(connection.execute(query.limit(1)).first() for query in (waiting, untold))
