"""What a plan must know of all entries, read once for all rules: plain maps by entry. Reads only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from alerts import launch
from alerts.changes import Facts, LevelChange
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.facts import Act, DateValue, Placed
from alerts.forecast import Span
from alerts.plan_groups import Inside, times_inside
from alerts.tables import first_dues
from alerts.timings import FromDay
from ledgers.tables import entries, entry_fields, last_acts, level_changes, touched
from schedules.smoothing import seat_of


class Row(NamedTuple):
    """Where an entry is, and its level."""

    number: str
    lives_in: str
    registered_in: str | None
    entered_on: date
    level: str | None
    status: str


@dataclass(slots=True)
class PlanFacts:
    """Reads what rules ask for, each thing once."""

    connection: Connection
    plan: EvaluationPlan
    span: Span
    rows: dict[str, Row] = field(default_factory=dict)
    touched: dict[str, date] = field(default_factory=dict)
    _changes: dict[str, list[LevelChange]] | None = None
    _acts: dict[str, dict[str, Act]] = field(default_factory=dict)
    _newest: dict[tuple[str, ...], dict[str, Act]] = field(default_factory=dict)
    _values: dict[tuple[str, str], dict[str, DateValue]] = field(default_factory=dict)
    _inside: dict[str, dict[str, tuple[Inside, ...]]] = field(default_factory=dict)

    def read(self) -> None:
        """Read the entries themselves."""
        columns = [entries.c[name] for name in Row._fields]
        rows = self.connection.execute(select(entries.c.id, *columns))
        self.rows = {row[0]: Row(*row[1:]) for row in rows}
        known = select(touched.c.entry_id, func.min(touched.c.known_on))
        self.touched = dict(iter(self.connection.execute(known.group_by(touched.c.entry_id))))

    def inside(self, rule: WatchedRule) -> Mapping[str, tuple[Inside, ...]]:
        """Answer by entry when a rule is for it."""
        key = rule.group.model_dump_json()
        if key not in self._inside:
            self._inside[key] = times_inside(self.connection, self.plan, rule.group, self.span)
        return self._inside[key]

    def newest(self, kinds: tuple[str, ...]) -> Mapping[str, Act]:
        """Answer the newest act of some kinds by entry, and the newest day one was written down."""
        if len(kinds) == 1:
            return self._of_kind(kinds[0])
        if kinds not in self._newest:
            found: dict[str, Act] = {}
            for kind in kinds:
                for entry_id, act in self._of_kind(kind).items():
                    found[entry_id] = _later(found.get(entry_id), act)
            self._newest[kinds] = found
        return self._newest[kinds]

    def _of_kind(self, kind: str) -> dict[str, Act]:
        if kind not in self._acts:
            query = select(
                last_acts.c.entry_id, last_acts.c.happened_on, last_acts.c.recorded_on
            ).where(last_acts.c.kind == kind)
            self._acts[kind] = {
                row[0]: Act(row[1], row[2]) for row in self.connection.execute(query)
            }
        return self._acts[kind]

    def values(self, timing: FromDay) -> Mapping[str, DateValue]:
        """Answer the dates that a rule counts from, by entry."""
        if timing.record is not None:
            acts = self._of_kind(timing.record)
            return {id_: DateValue(act.happened_on, month_only=False) for id_, act in acts.items()}
        name = timing.field or ""
        key = ("column" if timing.is_column else "declared", name)
        if key not in self._values:
            read = self._column if timing.is_column else self._declared
            self._values[key] = read(name)
        return self._values[key]

    def _column(self, name: str) -> dict[str, DateValue]:
        column = entries.c[name]
        query = select(entries.c.id, column, entries.c.born_month_only).where(column.is_not(None))
        is_birth = name == "born_on"
        return {
            row[0]: DateValue(row[1], is_birth and bool(row[2]))
            for row in self.connection.execute(query)
        }

    def _declared(self, name: str) -> dict[str, DateValue]:
        of = entry_fields.c
        query = select(of.entry_id, of.on_date, of.month_only)
        rows = self.connection.execute(query.where(of.field == name, of.on_date.is_not(None)))
        return {row[0]: DateValue(row[1], row[2]) for row in rows}

    def level_changes(self, rule: WatchedRule) -> Mapping[str, list[LevelChange]]:
        """Answer the levels that entries had, where a rule's dates may hang on them."""
        if not rule.has_own_dates:
            return {}
        if self._changes is None:
            self._changes = defaultdict(list)
            order = level_changes.c.on_date, level_changes.c.id
            for row in self.connection.execute(select(level_changes).order_by(*order)):
                self._changes[row.entry_id].append(LevelChange(row.on_date, row.was, row.level))
        return self._changes

    def first_dues(self, rule: WatchedRule) -> Mapping[str, date]:
        """Answer first due days by entry: those given, and those that passes will give."""
        if not rule.is_duty:
            return {}
        foreseen = launch.foreseen(self.connection, self.plan, rule, today=self.span.first)
        query = select(first_dues.c.entry_id, first_dues.c.due_on)
        given = self.connection.execute(query.where(first_dues.c.rule == rule.name))
        known = foreseen | dict(iter(given))
        return known | self._of_joiners(rule, known)

    def _of_joiners(self, rule: WatchedRule, known: Mapping[str, date]) -> dict[str, date]:
        acts = self.newest(rule.counts)
        joining: dict[tuple[date, str], list[launch.Newcomer]] = defaultdict(list)
        for entry_id, times in self.inside(rule).items():
            since = times[0].since if times else None
            if since is None or entry_id in known or entry_id in acts:
                continue
            row = self.rows[entry_id]
            newcomer = launch.Newcomer(
                entry_id, row.number, row.level, _placed(row), row.entered_on, since
            )
            joining[since, row.lives_in].append(newcomer)
        return dict(
            pair for village in joining.values() for pair in launch.spread(self.plan, rule, village)
        )


@dataclass(slots=True)
class RuleFacts:
    """What is known of entries under one rule."""

    rule: WatchedRule
    of: PlanFacts
    acts: Mapping[str, Act]
    dues: Mapping[str, date]
    values: Mapping[str, DateValue]
    changes: Mapping[str, list[LevelChange]]
    suggests_days: bool

    @classmethod
    def read(cls, of: PlanFacts, rule: WatchedRule) -> "RuleFacts":
        """Read what the rule's kind asks for."""
        timing = rule.variants[-1].timing
        values = of.values(timing) if isinstance(timing, FromDay) else {}
        acts = of.newest(rule.counts)
        dues, changes = of.first_dues(rule), of.level_changes(rule)
        return cls(rule, of, acts, dues, values, changes, rule.suggests_days)

    def facts(self, entry_id: str, variant: Variant) -> Facts:
        """Answer what evaluation knows of an entry, but for its alerts."""
        act, value, row = self.acts.get(entry_id), self.values.get(entry_id), self.of.rows[entry_id]
        return Facts(
            entry_id=entry_id,
            variant=variant,
            anchor=act.happened_on if act else None,
            first_due=self.dues.get(entry_id),
            known_on=self.of.touched.get(entry_id),
            recorded_on=act.recorded_on if act else None,
            value=value.on if value else None,
            value_month_only=value is not None and value.month_only,
            entered_on=row.entered_on,
            level=row.level,
            level_changes=tuple(self.changes.get(entry_id, ())),
            seat=self.seat(entry_id),
        )

    def seat(self, entry_id: str) -> int | None:
        """Answer its place among its neighbours, where the rule suggests days."""
        return seat_of(self.of.rows[entry_id].number) if self.suggests_days else None


def _later(one: Act | None, other: Act) -> Act:
    if one is None:
        return other
    recorded = [day for day in (one.recorded_on, other.recorded_on) if day is not None]
    return Act(max(one.happened_on, other.happened_on), max(recorded, default=None))


def _placed(row: Row) -> Placed:
    return Placed(row.status, row.lives_in, row.registered_in, row.entered_on, row.level)
