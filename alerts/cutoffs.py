"""Which anchors a pass must look for: dates turned into cut-offs that an index can answer.

Each lead is a function of the anchor that never falls as the anchor rises, so "its day is in
(through, end]" is a range of anchors. Pure.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from alerts.changes import Horizon
from alerts.effective import Matter, StepTiming, Variant, WatchedRule, days_ahead, step_day
from schedules.calendars import shifted_days
from schedules.periods import latest_anchor

NEVER = "*never"
"""The lead of entries that were never recorded; it runs over their first due days."""

_FROM_DUE_ON = "*due"
_ONCE = 2
"""Cut-offs that a single pass needs: its own day's, and that of the last day looked at."""

_MOST = 1000
"""Cut-offs remembered: a plan may be kept for years."""

_AHEAD = 31
"""Days for which cut-offs are worked out together, once a plan is kept from day to day."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A step, or the first of several, by which a matter may first have to be looked at.

    `day_of` is the day on which it is to become a row. Cut-offs are remembered.
    """

    key: str
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
    """Answer all leads of a variant, over anchors and over first due days, and remember them."""
    key = ("leads", rule.name, variant.prefix, horizon.look_ahead)
    if key not in memo:
        memo[key] = (*leads(rule, variant, horizon), never_lead(rule, variant, horizon))
    found: tuple[Lead, ...] = memo[key]
    return found


def leads(rule: WatchedRule, variant: Variant, horizon: Horizon) -> tuple[Lead, ...]:
    """Answer the leads over anchors.

    Steps from the due date on always exist: the first of them is one lead. One before the due date
    may fall on or before the anchor and then does not exist, so that another comes first: each
    is a lead of its own.
    """
    early = [step for step in variant.steps if step.at.amount < 0]
    later = _earliest(step for step in variant.steps if step.at.amount >= 0)

    def lead(key: str, steps: Sequence[StepTiming]) -> Lead:
        def first(anchor: date) -> date:
            matter = Matter(anchor, variant.deadline.due(anchor))
            return min(_ready_on(rule, step, matter, horizon) for step in steps)

        return Lead(key, first)

    found = [lead(step.key, [step]) for step in early]
    return (*found, lead(_FROM_DUE_ON, later)) if later else tuple(found)


def never_lead(rule: WatchedRule, variant: Variant, horizon: Horizon) -> Lead:
    """Answer the lead over first due days: no anchor, so all steps exist."""
    steps = _earliest(variant.steps)

    def first(due: date) -> date:
        matter = Matter(None, due)
        return min(_ready_on(rule, step, matter, horizon) for step in steps)

    return Lead(NEVER, first)


def _earliest(steps: Iterable[StepTiming]) -> list[StepTiming]:
    """Leave out steps that never come before another: same unit, further from the due date.

    Those that are looked ahead for and those that are not are told apart, as are escalations.
    """
    first: dict[tuple[object, ...], StepTiming] = {}
    for step in sorted(steps, key=lambda step: step.at.amount):
        first.setdefault((step.at.unit, step.at.amount > 0, step.escalation), step)
    return list(first.values())


def _ready_on(rule: WatchedRule, step: StepTiming, matter: Matter, horizon: Horizon) -> date:
    """Answer the day on which a step is written."""
    day = step_day(rule, step, matter, horizon.calendar)
    return shifted_days(day, -days_ahead(step, matter, horizon.look_ahead))


def anchors_between(lead: Lead, through: date | None, today: date) -> Range | None:
    """Answer the anchors whose day is in (through, today]; None if there can be none."""
    if through is not None and today <= through:
        return None
    until = lead.cut(today)
    if until is None:
        return None
    after = None if through is None else lead.cut(through)
    return None if after is not None and after >= until else Range(after, until)
