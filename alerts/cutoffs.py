"""Which anchors a pass must look for: dates turned into cut-offs that an index can answer.

Each lead is a function of the anchor that never falls as the anchor rises, so "its day is in
(through, end]" is a range of anchors. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from alerts.effective import Matter, Variant, WatchedRule, step_day
from schedules.calendars import WorkCalendar
from schedules.periods import latest_anchor, shifted

NEVER = "*never"
"""The lead of entries that were never recorded; it runs over their first due days."""

_FROM_DUE_ON = "*due"


@dataclass(frozen=True, slots=True)
class Lead:
    """A step, or the first of several, by which a matter may first have to be looked at."""

    key: str
    day_of: Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Range:
    """Anchors after `after` (None: from the beginning) up to `until`."""

    after: date | None
    until: date


def leads(rule: WatchedRule, variant: Variant, calendar: WorkCalendar) -> tuple[Lead, ...]:
    """Answer the leads over anchors.

    Steps from the due date on always exist: the first of them is one lead. One before the due date
    may fall on or before the anchor and then does not exist, so that another comes first: each
    is a lead of its own.
    """
    early = [step for step in variant.steps if step.at.amount < 0]
    later = [step for step in variant.steps if step.at.amount >= 0]

    def first_of_later(anchor: date) -> date:
        due = variant.deadline.due(anchor)
        return min(shifted(due, step.at, calendar) for step in later)

    found = [
        Lead(step.key, lambda anchor, at=step.at: variant.deadline.shifted_due(anchor, at))  # type: ignore[misc]
        for step in early
    ]
    return (*found, Lead(_FROM_DUE_ON, first_of_later)) if later else tuple(found)


def never_lead(rule: WatchedRule, variant: Variant, calendar: WorkCalendar) -> Lead:
    """Answer the lead over first due days: no anchor, so all steps exist."""

    def first(due: date) -> date:
        matter = Matter(None, due)
        return min(step_day(rule, step, matter, calendar) for step in variant.steps)

    return Lead(NEVER, first)


def anchors_between(lead: Lead, through: date | None, end: date) -> Range | None:
    """Answer the anchors whose day is in (through, end]; None if there can be none."""
    if through is not None and end <= through:
        return None
    until = latest_anchor(lead.day_of, end)
    if until is None:
        return None
    after = None if through is None else latest_anchor(lead.day_of, through)
    return None if after is not None and after >= until else Range(after, until)
