"""A rule as it is in force: per region the composed dates, with the history that softens a change.

Plain values; nothing here reads the database or a clock.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from typing import Any, Literal

from alerts.lookups import Lookups
from alerts.moments import Matter, StepTiming, first_day
from alerts.stay_rules import StayRules
from alerts.timings import Duty, FromDay, InSpells, OnSignal, Spread, Timing
from config.groups import Group
from config.lean import dataclass
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline
from schedules.periods import Period


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule inside one division: `prefix`, but for the longer prefixes that have their own."""

    prefix: str
    without: tuple[str, ...]
    timing: Timing
    steps: tuple[StepTiming, ...]
    valid_from: date | None
    valid_to: date | None
    spread: Spread | None = None

    def covers(self, place: str | None) -> bool:
        """Say whether an entry of this division belongs here; no division belongs to ''."""
        code = place or ""
        return code.startswith(self.prefix) and not code.startswith(self.without or ("\0",))

    def in_force(self, today: date) -> bool:
        """Say whether anything may be due under it on `today`; what fell due in its time stays."""
        return self.valid_from is None or self.valid_from <= today

    def deadline(self, level: str | None) -> Deadline | None:
        """Answer the dates of a duty for entries of a level; None: it has none for them."""
        return self.timing.deadline(level) if isinstance(self.timing, Duty) else None

    def advised(self, matter: Matter, seat: int | None = None) -> Matter:
        """Answer a matter with the day suggested to a seat, if the rule suggests any.

        Without a seat it is the earliest that could be suggested: cut-offs go by it.
        """
        return matter if self.spread is None else self.spread.advised(matter, seat)


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

    `counts` are the record kinds that close it; without any it is information only. `spread` is the
    term of first duties and `escalate_from` the day before which nothing is escalated that was
    never recorded.
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
    level_ranks: Mapping[str, int]

    @property
    def is_duty(self) -> bool:
        """Say whether it is due so long after the newest act that counts."""
        return isinstance(self.variants[-1].timing, Duty)

    @property
    def suggests_days(self) -> bool:
        """Say whether its days hang on an entry's number as well (`spread`)."""
        return any(variant.spread is not None for variant in self.variants)

    @property
    def by_level(self) -> bool:
        """Say whether its interval hangs on the entry's level anywhere."""
        return any(isinstance(v.timing, Duty) and v.timing.by_level for v in self.variants)

    @property
    def has_own_dates(self) -> bool:
        """Say whether its dates may hang on an entry's own history of levels."""
        timings = [variant.timing for variant in self.variants]
        return any(isinstance(t, Duty) and (t.by_level or t.on_raise) for t in timings)

    def begins_with(self, kind: str) -> bool:
        """Say whether its dates count from records of `kind`."""
        timing = self.variants[-1].timing
        return isinstance(timing, FromDay) and timing.record == kind

    def settles(self, anchor: date | None, happened_on: date) -> bool:
        """Say whether an act that counts closes an open alert of this anchor."""
        timing = self.variants[-1].timing
        if anchor is None:
            return True
        if isinstance(timing, Duty):
            return happened_on > anchor
        if isinstance(timing, InSpells | OnSignal) or (
            isinstance(timing, FromDay) and not timing.is_target
        ):
            return happened_on >= anchor
        return True

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

    def concerning(self, kind: str) -> tuple[WatchedRule, ...]:
        """Answer the rules whose dates a record of `kind` may move, or whose matter it may settle."""
        return tuple(rule for rule in self.rules if kind in rule.counts or rule.begins_with(kind))

    def counting(self, kind: str) -> tuple[WatchedRule, ...]:
        """Answer the rules that a record of `kind` closes."""
        return tuple(rule for rule in self.rules if kind in rule.counts)


def step_day(
    rule: WatchedRule, step: StepTiming, matter: Matter, calendar: WorkCalendar
) -> date | None:
    """Answer a step's day, of a repeated one the first; None if it never comes in this matter."""
    return first_day(step, matter, calendar, escalate_from=rule.escalate_from)
