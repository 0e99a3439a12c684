"""From the versions of a rule to what evaluation goes by: variants, timings, steps. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, get_args

from alerts.building_signals import on_signal
from alerts.effective import Variant
from alerts.moments import Base, StepTiming
from alerts.specs import effective, entered_windows, read_day
from alerts.spells import Periods, Windows
from alerts.timings import ALL_LEVELS, Duty, FromDay, InSpells, Snap, Spread, Timing
from alerts.versions import Version
from config.calendar_rules import DueDay
from config.days import Weekday
from config.durations import Duration, Unit
from config.fields import LEDGERS
from config.lean import dataclass
from config.rules import Rule
from config.steps import Moment, Step
from config.windows import TERMS
from schedules.calendar_books import CalendarBook, Dated, book_of
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.intervals import Interval, Shorter
from schedules.periods import Period
from schedules.rounds import DueIn, Length, Rounds
from schedules.smoothing import Smoothing
from schedules.windows import Around, Where, expression_of, known_windows

SEASON = "season"
"""Begins the keys of windows: `season:2027`. The rule may be renamed, the window moved."""

_AT_ONCE = Duration(0, Unit.DAYS)
_WEEK = Duration(7, Unit.DAYS)
_UNCONFIGURED = Duration(400, Unit.YEARS)
_YEARS = 4
_LONG_AGO = date(2010, 1, 1)
_WEEKDAYS = get_args(Weekday)
_COLUMNS = {
    name for fields in LEDGERS.values() for name, field in fields.items() if not field.apart
}


@dataclass(frozen=True, slots=True)
class Almanac:
    """What dates are counted in: working days, the site's windows, its own division, and today."""

    calendar: WorkCalendar
    book: CalendarBook
    region: str
    today: date
    imported: tuple[Dated, ...] = ()

    def of(self, version: Version) -> "Almanac":
        """Answer it with the windows that a version of a rule was written with."""
        return replace(self, book=book_of(entered_windows(version.spec), self.imported))

    def where(self, window: Mapping[str, Any], region: str) -> Where:
        """Answer a window of a rule as it holds in a division."""
        around = Around(self._period(window.get("lead")), self._period(window.get("tail")))
        place = region if len(region) > len(self.region) else self.region
        return Where(self.book, expression_of(window["window"]), place, around)

    def _period(self, text: str | None) -> Period | None:
        return None if text is None else Period.of(Duration.parse(text), self.calendar)


def variant_of(
    rule: Rule, prefix: str, of: tuple[Sequence[str], Sequence[Version], Almanac]
) -> Variant:
    """Compose a rule as it holds inside a division, but for the longer prefixes of `of`."""
    prefixes, versions, almanac = of
    now = effective(versions[-1].spec, prefix)
    valid_from, valid_to = now.get("valid", (None, None))
    return Variant(
        prefix=prefix,
        without=tuple(p for p in prefixes if p != prefix and p.startswith(prefix)),
        timing=_timing(rule.kind, prefix, versions, almanac),
        steps=tuple(_steps(_written_steps(rule, prefix), prefix, versions, almanac.calendar)),
        valid_from=read_day(valid_from),
        valid_to=read_day(valid_to),
        spread=_spread(prefix, versions, almanac.calendar) if rule.done_by else None,
    )


def _spread(prefix: str, versions: Sequence[Version], calendar: WorkCalendar) -> Spread | None:
    """Answer how days are suggested; a changed span begins with its version."""
    spans = [(effective(version.spec, prefix), version.effective_on) for version in versions]
    now, since = spans[-1]
    text = now.get("spread")
    if text is None:
        return None
    for before, effective_on in reversed(spans):
        if before.get("spread") != text:
            break
        since = effective_on
    span = Period.of(Duration.parse(text), calendar)
    return Spread(Smoothing(span, Roll(now.get("roll") or Roll.NONE), calendar), since)


def _timing(kind: str, prefix: str, versions: Sequence[Version], almanac: Almanac) -> Timing:
    # A version of another kind says nothing about this one's dates.
    history = [
        Dates(effective(version.spec, prefix), version.effective_on, almanac.of(version))
        for version in versions
        if version.spec["timing"]["kind"] == kind
    ]
    now = history[-1].written
    almanac = history[-1].almanac
    match kind:
        case "duty":
            return _duty(history, prefix, almanac)
        case "date":
            return _from_day(history, almanac)
        case "season":
            return InSpells(Windows(almanac.where(now, prefix), SEASON))
        case "calendar":
            return InSpells(_periods(now, prefix, almanac))
    return on_signal(now)


class Dates(NamedTuple):
    """What a version says of dates inside a division, since when, and what it counts in."""

    written: Mapping[str, Any]
    since: date
    almanac: Almanac


_History = Sequence[Dates]


def _duty(history: _History, prefix: str, almanac: Almanac) -> Duty:
    now = history[-1].written
    levels = list(now["every"]) if isinstance(now["every"], Mapping) else [ALL_LEVELS]
    deadlines = {
        level: Deadline(
            _intervals(history, (prefix, level), almanac), Roll(now["roll"]), almanac.calendar
        )
        for level in levels
    }
    raised = now.get("on_raise")
    on_raise = Period.of(Duration.parse(raised), almanac.calendar) if raised else None
    return Duty(deadlines, on_raise)


def _intervals(
    history: _History, of: tuple[str, str], almanac: Almanac
) -> tuple[tuple[Period | Interval, date | None], ...]:
    """Answer the intervals a level has had. Before it had one, nothing was owed for ages."""
    spans = [(_interval(one.written, of, one.almanac), one.since) for one in history]
    never = Period.of(_UNCONFIGURED, almanac.calendar)
    known = [(span or never, since) for span, since in spans]
    changes = [(span, since) for (before, _), (span, since) in pairwise(known) if span != before]
    return ((known[0][0], None), *changes)


def _interval(
    dates: Mapping[str, Any], of: tuple[str, str], almanac: Almanac
) -> Period | Interval | None:
    prefix, level = of
    every = dates["every"]
    text = every.get(level) if isinstance(every, Mapping) else every
    if text is None:
        return None
    usual = Period.of(Duration.parse(text), almanac.calendar)
    shorter = [
        Shorter(span.start, span.end, Period.of(Duration.parse(one["every"]), almanac.calendar))
        for one in dates.get("during", ())
        for span in known_windows(
            almanac.where(one, prefix),
            first=_LONG_AGO,
            last=date(almanac.today.year + _YEARS, 12, 31),
        )
    ]
    return Interval(usual, tuple(shorter)) if shorter else usual


def _from_day(history: _History, almanac: Almanac) -> FromDay:
    now = history[-1].written
    on = now["on"]
    name = on.get("field")
    # Another field or record is another matter: what stood before softens nothing.
    same = [one for one in history if _source(one.written) == _source(now)]
    terms = [(Duration.parse(one.written["on"]["plus"]), one.since) for one in same]
    changes = [(span, since) for (before, _), (span, since) in pairwise(terms) if span != before]
    return FromDay(
        field="stay_since" if name == "stay" else name,
        is_column=name in _COLUMNS,
        record=on.get("record"),
        history=((terms[0][0], None), *changes),
        snap=Snap(on.get("to") or Snap.DAY),
        roll=Roll(now["roll"]),
        calendar=almanac.calendar,
    )


def _source(dates: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(dates["on"].get(key) for key in ("field", "record", "to"))


def _periods(now: Mapping[str, Any], prefix: str, almanac: Almanac) -> Periods:
    length = Length(now["period"])
    due = _due_day(now["due"])
    place = prefix if len(prefix) > len(almanac.region) else almanac.region
    years = range(almanac.today.year - _YEARS, almanac.today.year + _YEARS)
    terms = (
        almanac.book.windows(TERMS, place, years, as_of=almanac.today)
        if length is Length.TERM
        else ()
    )
    due_in = DueIn(due.number, due.workday, Roll(now["roll"]), almanac.calendar)
    return Periods(Rounds(length, terms), due_in)


def _due_day(text: str) -> DueDay:
    """Read the canonical text of a `DueDay` back."""
    number = next((int(word) for word in text.split() if word.isdecimal()), None)
    return DueDay(number, workday="workday" in text)


def _written_steps(rule: Rule, prefix: str) -> tuple[Step, ...]:
    """Answer the steps that hold in a division, with the roles they tell."""
    holding = [code for code, over in rule.regions.items() if over.steps is not None]
    inside = [code for code in holding if prefix.startswith(code)]
    override = rule.regions[max(inside, key=len)].steps if inside else None
    return rule.steps if override is None else override


def _steps(
    written: Sequence[Step], prefix: str, versions: Sequence[Version], calendar: WorkCalendar
) -> list[StepTiming]:
    return [
        StepTiming(
            key=step.key,
            at=_offset(step),
            tell=step.tell,
            escalation=step.escalation,
            repeat=_repeat(step, calendar),
            version=since.number,
            since=since.effective_on,
            base=Base(step.at.edge) if isinstance(step.at, Moment) else Base.DUE,
            weekday=None if step.every is None else _WEEKDAYS.index(step.every),
            on=step.on,
        )
        for step in written
        for since in (_introduced(step.key, prefix, versions),)
    ]


def _offset(step: Step) -> Duration:
    if isinstance(step.at, Moment):
        return step.at.offset
    return step.at or _AT_ONCE


def _repeat(step: Step, calendar: WorkCalendar) -> Period | None:
    if step.every is not None:
        return Period.of(_WEEK, calendar)
    return None if step.repeat is None else Period.of(step.repeat, calendar)


def _introduced(key: str, prefix: str, versions: Sequence[Version]) -> Version:
    """Answer the version from which on the rule has had this step without a gap."""
    since = versions[-1]
    for version in reversed(versions):
        if all(step["key"] != key for step in effective(version.spec, prefix)["steps"]):
            break
        since = version
    return since
