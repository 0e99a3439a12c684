"""What a rule of each kind counts from, and by when it falls due: plain values (DESIGN.md 3a)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from alerts.moments import Advice, Matter, Spell
from alerts.rungs import RungTiming
from config.durations import Duration
from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.deadlines import Deadline, Roll
from schedules.periods import Period, month_end, month_start, shifted
from schedules.smoothing import Smoothing

ALL_LEVELS = ""
"""The key of `Duty.deadlines` where every level has the same interval."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Due so long after the newest act that counts; by level if there are intervals by level.

    `on_raise`: after a raised level at the latest so long after the day it was raised.
    """

    deadlines: Mapping[str, Deadline]
    on_raise: Period | None = None

    @property
    def by_level(self) -> bool:
        """Say whether the interval hangs on the entry's level."""
        return ALL_LEVELS not in self.deadlines

    def deadline(self, level: str | None) -> Deadline | None:
        """Answer the dates of a level; None: no interval is configured for it."""
        return self.deadlines.get(level or "" if self.by_level else ALL_LEVELS)


class Snap(StrEnum):
    """Where in its month a date lands."""

    DAY = "day"
    MONTH_START = "month-start"
    MONTH_END = "month-end"


@dataclass(frozen=True, slots=True)
class FromDay:
    """Due so long after a date of the entry, or after the newest record of a kind.

    `is_column`: the field is one that every ledger has; else the site declared it. `history` holds the terms the rule has had, oldest first, each with the day it took effect: a
    date that would lie before such a day is due on it, so that nobody is overdue overnight.
    """

    field: str | None
    is_column: bool
    record: str | None
    history: tuple[tuple[Duration, date | None], ...]
    snap: Snap
    roll: Roll
    calendar: WorkCalendar

    @property
    def is_target(self) -> bool:
        """Say whether steps may lie before the date itself."""
        return self.field is not None

    def due(self, day: date, *, month_only: bool = False) -> date:
        """Answer the due date; never falls as `day` rises. Of a month it is the last day that counts."""
        if month_only:
            day = month_end(day.year, day.month)
        (plus, _), *changes = self.history
        due = self._end(day, plus)
        for term, since in changes:
            new = self._end(day, term)
            due = new if since is None else max(new, min(due, self._rolled(since)))
        return due

    def _end(self, day: date, plus: Duration) -> date:
        end = shifted(day, plus, self.calendar)
        if self.snap is Snap.MONTH_END:
            end = month_end(end.year, end.month)
        elif self.snap is Snap.MONTH_START:
            end = month_start(end.year, end.month)
        return self._rolled(end)

    def _rolled(self, day: date) -> date:
        if self.roll is Roll.BEFORE:
            return self.calendar.last_workday_on_or_before(day)
        return self.calendar.first_workday_on_or_after(day) if self.roll is Roll.AFTER else day


class SpellSource(Protocol):
    """Windows or periods in the order of time."""

    def between(self, first: date, last: date) -> Sequence[Spell]:
        """Answer those that start on or before `last` and are not due before `first`."""
        ...


@dataclass(frozen=True, slots=True)
class InSpells:
    """Due in each window of a season, or each period of the calendar."""

    spells: SpellSource


@dataclass(frozen=True, slots=True)
class Cause:
    """What raises a signal: one of these. `to` says which changes of a level count, if not all."""

    record: str | None = None
    changed: str | None = None
    to: str | None = None
    imported: bool = False
    name: str | None = None  # by hand, under this name; any rule's own name does, too


@dataclass(frozen=True, slots=True)
class OnSignal:
    """Never due by a date: signals open its alerts. Told by its `ladder`, else by its steps.

    `answer` is what one answer settles: all that a person was told of the signal, or one entry.
    None: only a record settles it.
    """

    cause: Cause
    ladder: tuple[RungTiming, ...]
    lasts: timedelta
    answer: Literal["person", "entry"] | None


Timing = Duty | FromDay | InSpells | OnSignal


@dataclass(frozen=True, slots=True)
class Spread:
    """Suggested days of a rule with `spread`; none lies before `since`, when it came into the rule.

    First due days of who was never recorded are spread already, and are left as they are.
    """

    smoothing: Smoothing
    since: date

    def advised(self, matter: Matter, seat: int | None) -> Matter:
        """Answer a matter with the day suggested to a seat; None: the earliest of all seats."""
        if matter.anchor is None:
            return matter
        first = self.smoothing.span.before(matter.due_on)
        on = first if seat is None else self._suggested(matter, seat)
        return replace(matter, advice=Advice(first, on))

    def _suggested(self, matter: Matter, seat: int) -> date:
        after = shifted_days(self.since, -1)
        if matter.spell is not None:
            after = max(after, shifted_days(matter.spell.start, -1))
        elif matter.anchor is not None and matter.has_floor:
            after = max(after, matter.anchor)
        return self.smoothing.suggested(after, matter.due_on, seat=seat)
