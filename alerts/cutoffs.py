"""Which anchors a pass must look for: dates turned into cut-offs that an index can answer.

Each lead is a function of the anchor that never falls as the anchor rises, so "its day is in
(through, end]" is a range of anchors. Pure.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Any

from alerts.changes import Horizon
from alerts.effective import Variant, WatchedRule
from alerts.moments import Matter, StepTiming, plain_day, written_on
from alerts.owing import dated_matter
from alerts.timings import ALL_LEVELS, Duty, FromDay
from config.lean import dataclass
from schedules.calendars import shifted_days
from schedules.deadlines import Deadline
from schedules.periods import latest_anchor

_FROM_DUE_ON = "*due"
_NEVER = "*never"
_MONTH_ONLY = "*month"
_ONCE = 2
"""Cut-offs that a single pass needs: its own day's, and that of the last day looked at."""

_MOST = 1000
"""Cut-offs remembered: a plan may be kept for years."""

_AHEAD = 31
"""Days for which cut-offs are worked out together, once a plan is kept from day to day."""


class Where(StrEnum):
    """In which index the days lie that a lead runs over."""

    ACTS = "acts"  # the newest record of a kind
    FIRST_DUES = "first-dues"  # first due days of entries that were never recorded
    COLUMN = "column"  # a date of the entry itself
    DECLARED = "declared"  # a date field that the site declared


@dataclass(frozen=True, slots=True)
class Source:
    """The days of one index. `name` is the record kind, the column or the field.

    With a `level` only entries of it; `month_only`: dates of which only the month is known, or
    those known exactly.
    """

    where: Where
    name: str = ""
    level: str | None = None
    month_only: bool = False

    @property
    def is_field(self) -> bool:
        """Say whether the days are dates of the entry, not of records."""
        return self.where in (Where.COLUMN, Where.DECLARED)


@dataclass(frozen=True, slots=True)
class Lead:
    """A step, or the first of several, by which a matter may first have to be looked at.

    `matter_of` is what is owed for a day of the sources; `day_of` is the day on which it is to
    become a row. Cut-offs are remembered.
    """

    key: str
    sources: tuple[Source, ...]
    matter_of: Callable[[date], Matter]
    day_of: Callable[[date], date]
    _cuts: dict[date, date | None] = field(default_factory=dict, repr=False, compare=False)

    def cut(self, by: date) -> date | None:
        """Answer the last anchor whose day is on or before `by`; None if there is none."""
        if by not in self._cuts:
            if len(self._cuts) > _MOST:
                self._cuts.clear()
            self._cuts[by] = anchor = latest_anchor(self.day_of, by)
            # Asked day after day: those to come are a step away from each other.
            if anchor is not None and len(self._cuts) > _ONCE:
                self._go_on(anchor, by)
        return self._cuts[by]

    def _go_on(self, anchor: date, by: date) -> None:
        following = shifted_days(anchor, 1)
        its_day = self.day_of(following)
        for day in (shifted_days(by, n) for n in range(1, _AHEAD)):
            while its_day <= day and following > anchor:
                anchor, following = following, shifted_days(following, 1)
                its_day = self.day_of(following)
            self._cuts[day] = anchor


@dataclass(frozen=True, slots=True)
class Range:
    """Anchors after `after` (None: from the beginning) up to `until`."""

    after: date | None
    until: date


def watched(
    memo: dict[Hashable, Any], rule: WatchedRule, variant: Variant, horizon: Horizon
) -> tuple[Lead, ...]:
    """Answer all leads of a variant, and remember them."""
    key = ("leads", rule.name, variant.prefix, horizon.look_ahead)
    if key not in memo:
        memo[key] = leads(rule, variant, horizon)
    found: tuple[Lead, ...] = memo[key]
    return found


def leads(rule: WatchedRule, variant: Variant, horizon: Horizon) -> tuple[Lead, ...]:
    """Answer the leads over days that an index knows: none for windows, periods and signals."""
    match variant.timing:
        case Duty() as timing:
            return (
                *(
                    lead
                    for level, deadline in timing.deadlines.items()
                    for lead in _after_acts(rule, variant, horizon, (level, deadline))
                ),
                _after_first_dues(rule, variant, horizon),
            )
        case FromDay() as timing:
            return tuple(_after_days(rule, variant, horizon, timing))
    return ()


def _after_acts(
    rule: WatchedRule, variant: Variant, horizon: Horizon, of: tuple[str, Deadline]
) -> Iterator[Lead]:
    level, deadline = of
    only = None if level == ALL_LEVELS else level
    sources = tuple(Source(Where.ACTS, kind, only) for kind in rule.counts)
    prefix = "" if only is None else f"{level}/"

    def matter_of(anchor: date) -> Matter:
        return variant.advised(Matter(anchor, deadline.due(anchor)))

    yield from _leads(rule, variant.steps, horizon, (prefix, sources, matter_of))


def _after_days(
    rule: WatchedRule, variant: Variant, horizon: Horizon, timing: FromDay
) -> Iterator[Lead]:
    if timing.record is not None:

        def of_record(day: date) -> Matter:
            return variant.advised(dated_matter(timing, day, month_only=False))

        sources = (Source(Where.ACTS, timing.record),)
        yield from _leads(rule, variant.steps, horizon, ("", sources, of_record))
        return
    name = timing.field or ""
    where = Where.COLUMN if timing.is_column else Where.DECLARED

    def exact(day: date) -> Matter:
        return variant.advised(dated_matter(timing, day, month_only=False))

    def by_month(day: date) -> Matter:
        return variant.advised(dated_matter(timing, day, month_only=True))

    for month_only, matter_of in ((False, exact), (True, by_month)):
        source = Source(where, name, month_only=month_only)
        key = _MONTH_ONLY if month_only else _FROM_DUE_ON
        yield _lead(rule, horizon, (key, (source,), matter_of), _earliest(variant.steps))


def _after_first_dues(rule: WatchedRule, variant: Variant, horizon: Horizon) -> Lead:
    """Answer the lead over first due days: no anchor, so all steps exist."""

    def matter_of(due: date) -> Matter:
        return Matter(None, due)

    of = (_NEVER, (Source(Where.FIRST_DUES),), matter_of)
    return _lead(rule, horizon, of, _earliest(variant.steps))


_Of = tuple[str, tuple[Source, ...], Callable[[date], Matter]]
"""Key or its beginning, sources, and what is owed for a day of theirs."""


def _leads(
    rule: WatchedRule, steps: Sequence[StepTiming], horizon: Horizon, of: _Of
) -> Iterator[Lead]:
    """Answer the leads over anchors that steps may not lie on or before.

    Steps from the due date on always exist: the first of them is one lead. One before the due date
    may fall on or before the anchor and then does not exist, so that another comes first: each
    is a lead of its own.
    """
    prefix, sources, matter_of = of
    for step in steps:
        if step.at.amount < 0:
            yield _lead(rule, horizon, (prefix + step.key, sources, matter_of), [step])
    if later := _earliest(step for step in steps if step.at.amount >= 0):
        yield _lead(rule, horizon, (prefix + _FROM_DUE_ON, sources, matter_of), later)


def _lead(rule: WatchedRule, horizon: Horizon, of: _Of, steps: Sequence[StepTiming]) -> Lead:
    key, sources, matter_of = of

    def first(anchor: date) -> date:
        matter = matter_of(anchor)
        return min(_ready_on(rule, step, matter, horizon) for step in steps)

    return Lead(key, sources, matter_of, first)


def _earliest(steps: Iterable[StepTiming]) -> list[StepTiming]:
    """Leave out steps that never come before another: same unit, further from the due date.

    Those that are looked ahead for and those that are not are told apart, as are escalations.
    """
    first: dict[tuple[object, ...], StepTiming] = {}
    for step in sorted(steps, key=lambda step: step.at.amount):
        first.setdefault((step.at.unit, step.at.amount > 0, step.escalation), step)
    return list(first.values())


def _ready_on(rule: WatchedRule, step: StepTiming, matter: Matter, horizon: Horizon) -> date:
    """Answer the day on which a step is written, also where it lies on or before the anchor."""
    day = plain_day(step, matter, horizon.calendar, escalate_from=rule.escalate_from)
    return written_on(step, day, matter, horizon.look_ahead)


def anchors_between(lead: Lead, through: date | None, today: date) -> Range | None:
    """Answer the anchors whose day is in (through, today]; None if there can be none."""
    if through is not None and today <= through:
        return None
    until = lead.cut(today)
    if until is None:
        return None
    after = None if through is None else lead.cut(through)
    return None if after is not None and after >= until else Range(after, until)
