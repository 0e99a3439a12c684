"""A rule as it is in force: per region the composed dates, with the history that softens a change.

Plain values; nothing here reads the database or a clock.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from alerts.lookups import Lookups
from alerts.stay_rules import StayRules
from config.durations import Duration
from config.groups import Group
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline
from schedules.periods import Period, shifted


@dataclass(frozen=True, slots=True)
class StepTiming:
    """A step of a rule, and the version that brought it (DESIGN.md 3a: new to an open alert)."""

    key: str
    at: Duration
    tell: tuple[str, ...]
    escalation: bool
    repeat: Period | None
    version: int
    since: date


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule inside one division: `prefix`, but for the longer prefixes that have their own."""

    prefix: str
    without: tuple[str, ...]
    deadline: Deadline
    steps: tuple[StepTiming, ...]
    valid_from: date | None
    valid_to: date | None

    def covers(self, place: str | None) -> bool:
        """Say whether an entry of this division belongs here; no division belongs to ''."""
        code = place or ""
        return code.startswith(self.prefix) and not code.startswith(self.without or ("\0",))

    def in_force(self, today: date) -> bool:
        """Say whether anything may be due under it on `today`; what fell due in its time stays."""
        return self.valid_from is None or self.valid_from <= today


def where_codes_are_now(variants: Sequence[Variant], lookups: Lookups) -> tuple[Variant, ...]:
    """Move what is written for an abolished division to the one that took its place."""
    at: dict[str, Variant] = {}
    for variant in variants:
        code = lookups.current_code(variant.prefix)
        # What is written for the new code itself wins.
        if code not in at or variant.prefix == code:
            at[code] = variant
    # The longest first, so that the first that covers a place is its own.
    ordered = sorted(at, key=lambda code: (-len(code), code))
    return tuple(
        replace(
            at[code],
            prefix=code,
            without=tuple(p for p in ordered if p != code and p.startswith(code)),
        )
        for code in ordered
    )


@dataclass(frozen=True, slots=True)
class WatchedRule:
    """Everything evaluation needs of one rule.

    `counts` are the record kinds that close it. `spread` is the term of first duties and
    `escalate_from` the day before which nothing is escalated that was never recorded.
    """

    name: str
    version: int
    effective_on: date
    started_on: date
    group: Group
    counts: tuple[str, ...]
    place: Literal["lives_in", "registered_in"]
    urgent: bool
    variants: tuple[Variant, ...]
    spread: Period
    escalate_from: date
    stamp: str

    def variant_of(self, place: str | None) -> Variant:
        """Answer the variant of a division: the longest prefix wins."""
        return next(variant for variant in self.variants if variant.covers(place))


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What a pass goes by: all rules in force, made by `alerts.rules.prepare`.

    `memo` keeps what passes work out again and again: cut-offs and statements.
    """

    rules: tuple[WatchedRule, ...]
    calendar: WorkCalendar
    launch_on: date
    level_ranks: Mapping[str, int]
    reached_day_after: bool
    supervisor: str
    lookups: Lookups = field(default_factory=Lookups)
    stays: StayRules = field(default_factory=StayRules)
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def rule(self, name: str) -> WatchedRule | None:
        """Answer a rule by name; None if it was removed."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def counting(self, kind: str) -> tuple[WatchedRule, ...]:
        """Answer the rules that a record of `kind` closes."""
        return tuple(rule for rule in self.rules if kind in rule.counts)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is owed for one entry: due on a day, counted from `anchor`; None is never recorded."""

    anchor: date | None
    due_on: date

    @property
    def key(self) -> str:
        """The alert's anchor in the database."""
        return self.anchor.isoformat() if self.anchor else "never"


def step_day(rule: WatchedRule, step: StepTiming, matter: Matter, calendar: WorkCalendar) -> date:
    """Answer a step's day. On or before the anchor it does not exist: see `exists`."""
    day = shifted(matter.due_on, step.at, calendar)
    if matter.anchor is None and step.escalation:
        return max(day, rule.escalate_from)
    return day


def days_ahead(step: StepTiming, matter: Matter, look_ahead: int) -> int:
    """Answer how many days before its date a step is written.

    One up to the due date goes out in the last slot before it and must be there by then; a later one
    goes out in the next slot, and so does what is not escalated before its day.
    """
    held_back = matter.anchor is None and step.escalation
    return 0 if step.at.amount > 0 or held_back else look_ahead


def exists(day: date, matter: Matter) -> bool:
    """Say whether a step on `day` exists: one on or before the anchor does not."""
    return matter.anchor is None or day > matter.anchor
