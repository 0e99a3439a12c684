"""Reads the cohorts of a span of days from the ledger: each distinct case is worked out once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date

from sqlalchemy import Connection, select

from alerts import through
from alerts.changes import Horizon
from alerts.cohorts import Cohort, Member, Sizes
from alerts.effective import Variant, WatchedRule
from alerts.forecast import AheadStep, Span, steps_ahead
from alerts.in_force import InForce
from alerts.lately import recently_moved
from alerts.owing import dated_matter, first_written
from alerts.plan_facts import PlanFacts, RuleFacts
from alerts.plan_groups import ALWAYS, Inside
from alerts.plan_open import Asked, of_open
from alerts.plan_owed import owed
from alerts.tables import alerts, silences
from alerts.timings import Duty, FromDay, InSpells
from config.lean import dataclass
from ledgers.tables import assignments
from schedules.calendars import shifted_days

_FORESIGHT = 366


_Placed = tuple[Member, str | None]
"""One of those at a place, and the division that says which variant of a rule holds there."""


@dataclass(slots=True)
class Cohorts:
    """Reads the cohorts of a span of days; reads only."""

    connection: Connection
    in_force: InForce
    span: Span
    _alone: frozenset[str] = frozenset()
    _placed: dict[str, dict[str, _Placed]] = field(default_factory=dict)
    _steps: dict[tuple[object, ...], tuple[AheadStep, ...]] = field(default_factory=dict)

    def read(self) -> Sizes:
        """Answer all cohorts with a step still to come, and how many entries each has where."""
        self._alone = frozenset(self._told_alone())
        facts = PlanFacts(self.connection, self.in_force.plan, self.span)
        facts.read()
        progress = through.load(self.connection)
        horizon = Horizon(self.span.first, self.span.look_ahead, self.span.calendar)
        found: Sizes = defaultdict(Counter)
        for rule in self.in_force.plan.rules:
            known = progress.get(rule.name)
            is_fresh = known is None or known.stamp != through.stamp_of(rule, horizon)
            one = _OfRule(self, RuleFacts.read(facts, rule), is_fresh)
            for cohort, members in one.read():
                found[cohort].update(members)
        return found

    def steps_of(self, cohort: Cohort) -> tuple[AheadStep, ...]:
        """Answer the steps that passes will write for a cohort."""
        rule = self.in_force.plan.rule(cohort.rule)
        if rule is None:
            return ()
        key = (rule.name, cohort.variant, cohort.matter, cohort.made, cohort.since, cohort.version)
        if key not in self._steps:
            variant = next(one for one in rule.variants if one.prefix == cohort.variant)
            span = self.span if cohort.since is None else replace(self.span, first=cohort.since)
            ahead = steps_ahead(rule, variant, cohort.matter, span, dict(cohort.made))
            self._steps[key] = tuple(one for one in ahead if not _is_too_new(one, cohort.version))
        return self._steps[key]

    def placed(self, facts: PlanFacts, by: str) -> Mapping[str, _Placed]:
        """Answer where all entries are by one of their places; alone, if who is told hangs on them."""
        if by not in self._placed:
            known: dict[_Placed, _Placed] = {}
            found = self._placed[by] = {}
            for entry_id, row in facts.rows.items():
                place = row.registered_in if by == "registered_in" else row.lives_in
                alone = entry_id if entry_id in self._alone else ""
                one = Member(alone, place or row.lives_in, row.lives_in), place
                # The same few for very many: counted quicker, and kept once.
                found[entry_id] = known.setdefault(one, one)
        return self._placed[by]

    def _told_alone(self) -> Iterator[str]:
        yield from self.connection.scalars(select(assignments.c.entry_id).distinct())
        yield from self.connection.scalars(recently_moved(self.span.first))
        yield from self.connection.scalars(
            select(silences.c.target).where(
                silences.c.scope == "entry", silences.c.to_on >= self.span.first
            )
        )


@dataclass(slots=True)
class _OfRule:
    """One rule's entries, sorted into cases: all of a case owe the same."""

    cohorts: Cohorts
    facts: RuleFacts
    is_fresh: bool
    _cases: dict[str | None, "_Case"] = field(default_factory=dict)
    _owed: dict[Hashable, tuple[tuple[Cohort, ...], Counter[Member]]] = field(default_factory=dict)

    @property
    def rule(self) -> WatchedRule:
        return self.facts.rule

    def read(self) -> Iterator[tuple[Cohort, Mapping[Member, int]]]:
        """Yield cohorts with whom they are made of."""
        query = select(alerts.c.entry_id).where(
            alerts.c.rule == self.rule.name, alerts.c.closed_at.is_(None)
        )
        has_open = set(self.cohorts.connection.scalars(query))
        opened: list[Asked] = []
        placed = self.cohorts.placed(self.facts.of, self.rule.place)
        for entry_id, times in self.facts.of.inside(self.rule).items():
            member, place = placed[entry_id]
            case = self._cases.get(place) or self._case(place)
            for inside in times:
                cohorts, members = self._owing(case, entry_id, inside)
                if entry_id in has_open and inside.since is None:
                    facts = self.facts.facts(entry_id, case.variant)
                    opened.append(Asked(facts, member, cohorts))
                elif cohorts:
                    members[member] += 1
        for cohorts, members in self._owed.values():
            for cohort in cohorts if members else ():
                if self.cohorts.steps_of(cohort):
                    yield cohort, members
        span = self.cohorts.span
        horizon = Horizon(span.first, span.look_ahead, span.calendar)
        for cohort, member in of_open(self.cohorts.connection, self.rule, opened, horizon):
            if cohort.version is not None or self.cohorts.steps_of(cohort):
                yield cohort, {member: 1}

    def _case(self, place: str | None) -> "_Case":
        case = _Case.of(self.facts, self.rule.variant_of(place), self.cohorts.span)
        self._cases[place] = case
        return case

    def _owing(
        self, case: "_Case", entry_id: str, inside: Inside
    ) -> tuple[tuple[Cohort, ...], Counter[Member]]:
        """Answer what an entry owes, and who else is known to owe the same."""
        variant = case.variant
        known_on = self.facts.of.touched.get(entry_id)
        when = None if inside is ALWAYS[0] else inside
        # All that what an entry owes hangs on, and nothing else.
        key = variant.prefix, case.key(entry_id), when, known_on, self.facts.seat(entry_id)
        if key not in self._owed:
            facts = self.facts.facts(entry_id, variant)
            if known_on is None and self.is_fresh:
                known_on = max(self.rule.effective_on, variant.valid_from or date.min)
            found = owed(self.rule, facts, self.cohorts.span, inside, known_on)
            self._owed[key] = tuple(found), Counter()
        return self._owed[key]


@dataclass(frozen=True, slots=True)
class _Case:
    """Tells entries apart by what a variant of a rule asks of them."""

    variant: Variant
    key: Callable[[str], Hashable]

    @classmethod
    def of(cls, facts: RuleFacts, variant: Variant, span: Span) -> "_Case":
        """Choose by the kind of its dates."""
        match variant.timing:
            case Duty() as timing:
                return cls(variant, _duty(facts, timing))
            case FromDay():
                return cls(variant, _from_day(facts, variant, span))
            case InSpells() as spells:
                return cls(variant, _in_spells(facts, spells, span))
        return cls(variant, lambda entry_id: None)


def _duty(facts: RuleFacts, timing: Duty) -> Callable[[str], Hashable]:
    acts, dues, rows, changes = facts.acts, facts.dues, facts.of.rows, facts.changes
    by_level = timing.by_level

    def key(entry_id: str) -> Hashable:
        act = acts.get(entry_id)
        counted = act.happened_on if act else dues.get(entry_id)
        level = rows[entry_id].level if by_level else None
        history = changes.get(entry_id)
        if not history:
            return act is None, counted, level
        own = tuple((one.on, one.was, one.level) for one in history)
        return act is None, counted, level, own, rows[entry_id].entered_on

    return key


def _from_day(facts: RuleFacts, variant: Variant, span: Span) -> Callable[[str], Hashable]:
    acts, values, rule = facts.acts, facts.values, facts.rule
    timing = variant.timing
    assert isinstance(timing, FromDay)  # noqa: S101  # chosen by it
    horizon = Horizon(span.first, span.look_ahead, span.calendar)
    opened: dict[tuple[date, bool], date | None] = {}

    def opens_on(value: tuple[date, bool]) -> date | None:
        if value not in opened:
            matter = dated_matter(timing, value[0], month_only=value[1])
            opened[value] = first_written(rule, variant, matter, horizon)
        return opened[value]

    def key(entry_id: str) -> Hashable:
        value, act = values.get(entry_id), acts.get(entry_id)
        if value is None or act is None:
            return value
        if not timing.is_target:
            return *value, act.happened_on >= value.on
        since = opens_on(value)
        return *value, bool(since and act.recorded_on and act.recorded_on >= since)

    return key


def _in_spells(facts: RuleFacts, timing: InSpells, span: Span) -> Callable[[str], Hashable]:
    acts, rows = facts.acts, facts.of.rows
    spells = timing.spells.between(facts.rule.started_on, shifted_days(span.last, _FORESIGHT))
    passed: dict[date, int] = {}
    begun: dict[date, int] = {}

    def key(entry_id: str) -> Hashable:
        # Which are left is told by how many lie before: those due before it came, or done since.
        entered, act = rows[entry_id].entered_on, acts.get(entry_id)
        if entered not in passed:
            passed[entered] = sum(spell.due_on < entered for spell in spells)
        if act is None:
            return passed[entered]
        if act.happened_on not in begun:
            begun[act.happened_on] = sum(spell.start <= act.happened_on for spell in spells)
        return passed[entered], begun[act.happened_on]

    return key


def _is_too_new(ahead: AheadStep, version: int | None) -> bool:
    """Say whether the step came into the rule after the alert opened, for days after this one."""
    timing = ahead.timing
    return version is not None and version < timing.version and ahead.on_date < timing.since
