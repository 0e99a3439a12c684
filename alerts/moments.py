"""A matter and the days on which its steps lie: plain values, no SQL, no clock (DESIGN.md 3a)."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from config.days import MonthDay
from config.durations import Duration
from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.deadlines import newest_occurrence, occurrence_date
from schedules.periods import Period, shifted

_WEEK = 7


class Base(StrEnum):
    """What a step's `at` is counted from."""

    DUE = "due"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class StepTiming:
    """A step of a rule, and the version that brought it (DESIGN.md 3a: new to an open alert).

    It lies `at` from its `base`, or on a `weekday` (Monday is 0) of every week until the matter is
    due, or on a day of its own.
    """

    key: str
    at: Duration
    tell: tuple[str, ...]
    escalation: bool
    repeat: Period | None
    version: int
    since: date
    base: Base = Base.DUE
    weekday: int | None = None
    on: date | MonthDay | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A window of a season or a period of the calendar: from `start` to `end`, both included.

    `over_on` is the day on which the next one takes its place; None: it stays until it is done.
    `known_on` is the day it was entered or last changed; None: it was always known.
    """

    key: str
    start: date
    end: date
    due_on: date
    over_on: date | None = None
    known_on: date | None = None


class Advice(NamedTuple):
    """The day suggested for a matter (`spread`), and the earliest that anybody's could be."""

    first: date
    on: date


@dataclass(frozen=True, slots=True)
class Matter:
    """What is owed for one entry: due on a day, counted from `anchor`; None is never recorded.

    A matter of a window or period has a `spell`. `is_target`: the anchor is a day to come, such as
    a birthday, and steps may lie before it.
    """

    anchor: date | None
    due_on: date
    spell: Spell | None = None
    is_target: bool = False
    advice: Advice | None = None

    @property
    def key(self) -> str:
        """The alert's anchor in the database."""
        if self.spell is not None:
            return self.spell.key
        return self.anchor.isoformat() if self.anchor else "never"

    @property
    def has_floor(self) -> bool:
        """Say whether steps on or before the anchor do not exist."""
        return self.anchor is not None and self.spell is None and not self.is_target


def first_day(
    step: StepTiming, matter: Matter, calendar: WorkCalendar, *, escalate_from: date
) -> date | None:
    """Answer a step's day, of a repeated one the first; None if it never comes in this matter.

    Nothing that was never recorded is escalated before `escalate_from`.
    """
    spell = matter.spell
    if spell is not None and step.weekday is not None:
        day = shifted_days(spell.start, (step.weekday - spell.start.weekday()) % _WEEK)
        return day if day <= matter.due_on else None
    if spell is not None and step.on is not None:
        return _inside(step.on, spell)
    day = plain_day(step, matter, calendar, escalate_from=escalate_from)
    is_before = matter.has_floor and matter.anchor is not None and day <= matter.anchor
    if is_before:
        return None
    advice = _advice(step, day, matter)
    return min(day, advice.on) if advice else day


def _advice(step: StepTiming, day: date, matter: Matter) -> Advice | None:
    """Answer what moves a step of this day forward: those who are to act hear of it in good time.

    Nothing is escalated sooner for it.
    """
    is_fixed = step.escalation or step.weekday is not None or step.on is not None
    return None if is_fixed or day > matter.due_on else matter.advice


def _inside(on: date | MonthDay, spell: Spell) -> date | None:
    """Answer a step's own day in a window or period; None if it does not come round in it."""
    years = range(spell.start.year, spell.end.year + 1)
    days = [on] if isinstance(on, date) else [on.in_year(year) for year in years]
    return next((day for day in days if spell.start <= day <= spell.end), None)


def plain_day(
    step: StepTiming, matter: Matter, calendar: WorkCalendar, *, escalate_from: date
) -> date:
    """Answer the day that a step's `at` says, also where it lies on or before the anchor.

    It never falls as the anchor rises: cut-offs go by it.
    """
    day = shifted(_base_day(step, matter), step.at, calendar)
    return max(day, escalate_from) if matter.anchor is None and step.escalation else day


def _base_day(step: StepTiming, matter: Matter) -> date:
    if matter.spell is None or step.base is Base.DUE:
        return matter.due_on
    return matter.spell.start if step.base is Base.START else matter.spell.end


def written_on(step: StepTiming, day: date, matter: Matter, look_ahead: int) -> date:
    """Answer the day on which a step that lies on `day` is written.

    One up to the due date goes out in the last slot before it and must be there by then; a later one
    goes out in the next slot, and so does what is not escalated before its day, or comes weekly.
    Where days are suggested, all who are due on one day are looked up together.
    """
    held_back = matter.anchor is None and step.escalation
    if day > matter.due_on or held_back or step.weekday is not None:
        return day
    advice = _advice(step, day, matter)
    return shifted_days(min(day, advice.first) if advice else day, -look_ahead)


def last_number(step: StepTiming, first: date, matter: Matter) -> int | None:
    """Answer the number of the last occurrence; None if it repeats until it is done."""
    if step.repeat is None:
        return 0
    if step.weekday is None:
        return None
    newest = newest_occurrence(first, step.repeat, matter.due_on)
    return newest.number if newest else 0


def last_days(
    steps: tuple[StepTiming, ...], matter: Matter, calendar: WorkCalendar, *, escalate_from: date
) -> Iterator[date]:
    """Yield the last day of each step that comes at all and does not repeat without end."""
    for step in steps:
        first = first_day(step, matter, calendar, escalate_from=escalate_from)
        if first is None:
            continue
        number = last_number(step, first, matter)
        if number is not None:
            yield occurrence_date(first, step.repeat, number) if step.repeat else first
