"""Entries that come due in the same way, counted together by place: what a plan goes by.

All with the same anchor under a rule are one cohort. Alerts that are open already are kept apart as
far as their steps and tellings differ.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, select

from alerts import launch, through
from alerts.changes import Facts, Horizon, Keep, KnownAlert, Moved, Open
from alerts.effective import Variant, WatchedRule
from alerts.evaluate import judge
from alerts.facts import BATCH, known_alerts
from alerts.filters import Ages, matches
from alerts.forecast import AheadStep, Span, steps_ahead
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.owing import is_past_validity
from alerts.states import Outcome
from alerts.tables import alerts, first_dues, silences, steps
from alerts.waiting import Told, told_before
from config.groups import AgeRange
from ledgers.tables import assignments, entries, imports, last_acts, touched
from schedules.periods import month_end


@dataclass(frozen=True, slots=True)
class Written:
    """A step row that is there already."""

    key: str
    occurrence: int
    on_date: date
    known_on: date
    after_due: bool
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A telling that is there already; `loose`: pending, and in no notice."""

    key: str
    occurrence: int
    person: str
    role: str
    state: Outcome
    loose: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """Entries under one rule whose dates and steps are the same.

    `known_on` is when what the first pass writes could be known; None: on its own day. `until`: on
    this day they leave.
    """

    rule: str
    variant: str
    matter: Matter
    deferred_until: date | None = None
    known_on: date | None = None
    until: date | None = None
    written: tuple[Written, ...] = ()
    said: tuple[Said, ...] = ()
    made: tuple[tuple[str, int], ...] = ()
    since: date | None = None  # the rule's time begins only then
    version: int | None = None  # of the rule when the alert opened; None: it has not


class Member(NamedTuple):
    """Where some of a cohort are. `entry_id` is empty unless who is told hangs on the entry."""

    entry_id: str
    place: str
    lives_in: str


Sizes = dict[Cohort, Counter[Member]]
"""How many entries each cohort has at each place."""


@dataclass(slots=True)
class Cohorts:
    """Reads the cohorts of a span of days; reads only."""

    connection: Connection
    in_force: InForce
    span: Span
    _touched: Mapping[str, date] = field(default_factory=dict)
    _alone: frozenset[str] = frozenset()
    _steps: dict[tuple[object, ...], tuple[AheadStep, ...]] = field(default_factory=dict)

    def read(self) -> Sizes:
        """Answer all cohorts with a step still to come, and how many entries each has where."""
        rows = self.connection.execute(
            select(touched.c.entry_id, func.min(touched.c.known_on)).group_by(touched.c.entry_id)
        )
        self._touched = dict(iter(rows))
        self._alone = frozenset(self._told_alone())
        found: Sizes = defaultdict(Counter)
        progress = through.load(self.connection)
        horizon = Horizon(self.span.first, self.span.look_ahead, self.span.calendar)
        for rule in self.in_force.plan.rules:
            known = progress.get(rule.name)
            fresh = known is None or known.stamp != through.stamp_of(rule, horizon)
            for cohort, member in self._of_rule(rule, horizon, fresh=fresh):
                found[cohort][member] += 1
        return found

    def steps_of(self, cohort: Cohort) -> tuple[AheadStep, ...]:
        """Answer the steps that passes will write for a cohort."""
        rule = self.in_force.plan.rule(cohort.rule)
        if rule is None:
            return ()
        variant = next(one for one in rule.variants if one.prefix == cohort.variant)
        return self._ahead(rule, variant, cohort)

    def _ahead(self, rule: WatchedRule, variant: Variant, cohort: Cohort) -> tuple[AheadStep, ...]:
        key = (
            rule.name,
            variant.prefix,
            cohort.matter,
            cohort.made,
            cohort.since,
            cohort.version,
        )
        if key not in self._steps:
            span = self.span if cohort.since is None else replace(self.span, first=cohort.since)
            ahead = steps_ahead(rule, variant, cohort.matter, span, dict(cohort.made))
            self._steps[key] = tuple(one for one in ahead if not _is_too_new(one, cohort.version))
        return self._steps[key]

    def _told_alone(self) -> Iterator[str]:
        yield from self.connection.scalars(select(assignments.c.entry_id).distinct())
        yield from self.connection.scalars(
            select(silences.c.target).where(
                silences.c.scope == "entry", silences.c.to_on >= self.span.first
            )
        )

    def _of_rule(
        self, rule: WatchedRule, horizon: Horizon, *, fresh: bool
    ) -> Iterator[tuple[Cohort, Member]]:
        """Yield one pair for each entry a rule is for, with an alert or before it has one."""
        foreseen = launch.foreseen(self.connection, self.in_force.plan, rule, today=self.span.first)
        opened: dict[str, tuple[Cohort, Member, Facts]] = {}
        has_open = set(self.connection.scalars(_open_alerts(rule)))
        by_registration = rule.place == "registered_in"
        known: dict[tuple[object, ...], Cohort | None] = {}
        for row in self.connection.execute(self._query(rule)):
            first_due = row.due_on or foreseen.get(row.id)
            if row.anchor is None and first_due is None:
                continue
            variant = rule.variant_of(row.registered_in if by_registration else row.lives_in)
            place = (by_registration and row.registered_in) or row.lives_in
            alone = row.id if row.id in self._alone else ""
            member = Member(alone, place, row.lives_in)
            touched_on = self._touched.get(row.id)
            until = self._until(rule, row)
            dates = (row.anchor, None if row.anchor else first_due)
            key = (variant.prefix, *dates, touched_on, until)
            if row.id in has_open:
                cohort = self._cohort(rule, variant, dates, (touched_on, until))
                facts = Facts(row.id, variant, row.anchor, first_due, touched_on)
                opened[row.id] = cohort, member, facts
                continue
            if key not in known:
                cohort = self._cohort(rule, variant, dates, (touched_on, until))
                known[key] = self._new(rule, variant, cohort, fresh=fresh)
            if (found := known[key]) is not None:
                yield found, member
        yield from self._of_open(rule, horizon, opened)

    def _cohort(
        self,
        rule: WatchedRule,
        variant: Variant,
        dates: tuple[date | None, date | None],
        bounds: tuple[date | None, date | None],
    ) -> Cohort:
        anchor, first_due = dates
        begins = variant.valid_from
        deadline = variant.deadline(None)
        due = deadline.due(anchor) if deadline and anchor is not None else first_due
        return Cohort(
            rule=rule.name,
            variant=variant.prefix,
            matter=Matter(anchor, due or date.max),
            known_on=bounds[0],
            until=bounds[1],
            since=begins if begins is not None and begins > self.span.first else None,
        )

    def _new(
        self, rule: WatchedRule, variant: Variant, cohort: Cohort, *, fresh: bool
    ) -> Cohort | None:
        """Answer a cohort without alerts; None if it has no step in the span."""
        if is_past_validity(variant, cohort.matter):
            return None
        if fresh and cohort.known_on is None:
            floor = max(rule.effective_on, variant.valid_from or date.min)
            cohort = replace(cohort, known_on=floor)
        return cohort if self._ahead(rule, variant, cohort) else None

    def _until(self, rule: WatchedRule, row: Row[Any]) -> date | None:
        """Answer the day within the span on which somebody grows too old for the rule."""
        wanted = rule.group.where.get("age")
        if not isinstance(wanted, AgeRange) or wanted.under is None or row.born_on is None:
            return None
        born = row.born_on
        if row.born_month_only:
            born = month_end(born.year, born.month)
        reached = Ages.on(self.in_force.plan, self.span.first).reached_on(born, wanted.under)
        return reached if reached <= self.span.last else None

    def _of_open(
        self,
        rule: WatchedRule,
        horizon: Horizon,
        opened: Mapping[str, tuple[Cohort, Member, Facts]],
    ) -> Iterator[tuple[Cohort, Member]]:
        ids = list(opened)
        for at in range(0, len(ids), BATCH):
            batch = ids[at : at + BATCH]
            known = known_alerts(self.connection, batch, [rule.name])
            of_entry = {id_: known.get((rule.name, id_), ()) for id_ in batch}
            still_open = [one.id for of in of_entry.values() for one in of if one.is_open]
            rows = _rows_of(self.connection, still_open)
            told = told_before(self.connection, still_open)
            for id_ in batch:
                cohort, member, facts = opened[id_]
                for change in judge(rule, replace(facts, alerts=of_entry[id_]), horizon):
                    if isinstance(change, Open):
                        yield cohort, member
                    elif isinstance(change, Keep):
                        alert = change.alert
                        state = rows.get(alert.id, _NO_ROWS), told.get(alert.id, ())
                        yield _kept(cohort, alert, change.moved, state), member

    def _query(self, rule: WatchedRule) -> Any:
        unfinished = imports.alias("unfinished")
        columns = (
            entries.c.id,
            entries.c.lives_in,
            entries.c.registered_in,
            entries.c.born_on,
            entries.c.born_month_only,
            first_dues.c.due_on,
        )
        counts = and_(last_acts.c.entry_id == entries.c.id, last_acts.c.kind.in_(rule.counts))
        due = and_(first_dues.c.entry_id == entries.c.id, first_dues.c.rule == rule.name)
        whole = and_(unfinished.c.id == entries.c.import_id, unfinished.c.finished_at.is_(None))
        ages = Ages.on(self.in_force.plan, self.span.first)
        return (
            select(*columns, func.max(last_acts.c.happened_on).label("anchor"))
            .select_from(entries)
            .outerjoin(last_acts, counts)
            .outerjoin(first_dues, due)
            .outerjoin(unfinished, whole)
            .where(matches(rule.group, ages), unfinished.c.id.is_(None))
            .group_by(*columns)
        )


_Rows = tuple[date | None, Mapping[str, Row[Any]]]
_NO_ROWS: _Rows = (None, {})


def _is_too_new(ahead: AheadStep, version: int | None) -> bool:
    """Say whether the step came into the rule after the alert opened, for days after this one."""
    timing = ahead.timing
    return version is not None and version < timing.version and ahead.on_date < timing.since


def _open_alerts(rule: WatchedRule) -> Any:
    return select(alerts.c.entry_id).where(alerts.c.rule == rule.name, alerts.c.closed_at.is_(None))


def _rows_of(connection: Connection, alert_ids: Sequence[str]) -> dict[str, _Rows]:
    """Answer until when each alert is acknowledged, and its step rows by id."""
    found: dict[str, tuple[date | None, dict[str, Row[Any]]]] = {}
    for at in range(0, len(alert_ids), BATCH):
        query = (
            select(steps, alerts.c.deferred_until)
            .join(alerts, alerts.c.id == steps.c.alert_id)
            .where(steps.c.alert_id.in_(alert_ids[at : at + BATCH]))
        )
        for row in connection.execute(query):
            found.setdefault(row.alert_id, (row.deferred_until, {}))[1][row.id] = row
    return {id_: (until, rows) for id_, (until, rows) in found.items()}


def _kept(
    cohort: Cohort,
    alert: KnownAlert,
    moved: Sequence[Moved],
    state: tuple[_Rows, Sequence[Told]],
) -> Cohort:
    (deferred_until, rows), told = state
    moves = {one.step_id: one for one in moved}
    written = []
    highest: dict[str, int] = {}
    for step in alert.made:
        highest[step.key] = max(highest.get(step.key, -1), step.occurrence)
        row, move = rows[step.id], moves.get(step.id)
        written.append(
            Written(
                step.key,
                step.occurrence,
                move.on_date if move else row.on_date,
                row.known_on,
                move.after_due if move else row.after_due,
                move.waiting if move else step.waiting,
            )
        )
    said = [
        Said(
            rows[one.step_id].step,
            one.occurrence,
            one.person_id,
            one.role,
            one.state,
            loose=one.state is Outcome.PENDING and one.notice_id is None,
        )
        for one in told
    ]
    return replace(
        cohort,
        deferred_until=deferred_until,
        written=tuple(written),
        said=tuple(said),
        made=tuple(sorted(highest.items())),
        version=alert.version,
    )
