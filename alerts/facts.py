"""What evaluation must know of some entries, read in a few queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, select

from alerts.changes import Facts, KnownAlert, LevelChange, MadeStep
from alerts.effective import Variant, WatchedRule
from alerts.filters import Ages, matches, without_upper_age
from alerts.states import Closed
from alerts.tables import alerts, first_dues, steps, tellings, watches
from alerts.timings import FromDay
from config.lean import dataclass
from ledgers.tables import entries, entry_fields, last_acts, level_changes
from schedules.smoothing import seat_of

ACTIVE = "active"
BATCH = 1000
"""Entries judged in one unit of work: well under a second, and under the limit of bound values."""


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
# Written once: each batch, and each single entry that changes, asks them all.
_PLACED = select(
    entries.c.id,
    entries.c.status,
    entries.c.lives_in,
    entries.c.registered_in,
    entries.c.entered_on,
    entries.c.level,
    entries.c.number,
).where(entries.c.id.in_(_IDS))
_ACTS = select(last_acts).where(last_acts.c.entry_id.in_(_IDS))
_LEVEL_CHANGES = (
    select(level_changes)
    .where(level_changes.c.entry_id.in_(_IDS))
    .order_by(level_changes.c.on_date, level_changes.c.id)
)
_WATCHES = select(watches).where(watches.c.entry_id.in_(_IDS), watches.c.rule.in_(_NAMES))
_DUES = select(first_dues).where(first_dues.c.entry_id.in_(_IDS), first_dues.c.rule.in_(_NAMES))
_ALERTS = (
    select(
        alerts.c.id,
        alerts.c.rule,
        alerts.c.entry_id,
        alerts.c.anchor,
        alerts.c.anchor_on,
        alerts.c.cycle,
        alerts.c.rule_version,
        alerts.c.variant,
        alerts.c.due_on,
        alerts.c.next_at,
        alerts.c.closed_how,
    )
    .where(alerts.c.entry_id.in_(_IDS), alerts.c.rule.in_(_NAMES))
    .order_by(alerts.c.id)
)
_MADE = (
    select(
        steps.c.id,
        steps.c.alert_id,
        steps.c.step,
        steps.c.occurrence,
        steps.c.on_date,
        steps.c.waiting,
        select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists().label("is_told"),
    )
    .where(steps.c.alert_id.in_(_IDS))
    .order_by(steps.c.id)
)


@dataclass(frozen=True, slots=True)
class Placed:
    """What an entry's own row says that rules of all kinds need."""

    status: str
    lives_in: str
    registered_in: str | None
    entered_on: date
    level: str | None
    number: str = ""

    def variant(self, rule: WatchedRule) -> Variant:
        """Answer the variant of a rule that holds where the entry is."""
        place = self.registered_in if rule.place == "registered_in" else self.lives_in
        return rule.variant_of(place)


class Act(NamedTuple):
    """The newest act of a kind: when it happened, and the newest day on which one was recorded."""

    happened_on: date
    recorded_on: date | None


class DateValue(NamedTuple):
    """A date of an entry, of which perhaps only the month is known."""

    on: date
    month_only: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """What holds for a batch of entries under every rule."""

    known_on: Mapping[str, date | None]
    placed: Mapping[str, Placed]
    acts: Mapping[str, Mapping[str, Act]]
    dues: dict[tuple[str, str], date]
    alerts: Mapping[tuple[str, str], tuple[KnownAlert, ...]]
    fields: Mapping[tuple[str, str], DateValue]
    level_changes: Mapping[str, tuple[LevelChange, ...]]
    watches: Mapping[tuple[str, str], date]

    def anchor(self, rule: WatchedRule, entry_id: str) -> date | None:
        """Answer the newest date that counts for the rule; None: never recorded."""
        acts = self.acts.get(entry_id, {})
        return max((acts[kind].happened_on for kind in rule.counts if kind in acts), default=None)

    def recorded_on(self, rule: WatchedRule, entry_id: str) -> date | None:
        """Answer the newest day on which an act that counts was written down."""
        acts = self.acts.get(entry_id, {})
        days = (acts[kind].recorded_on for kind in rule.counts if kind in acts)
        return max((day for day in days if day is not None), default=None)

    def value(self, rule: WatchedRule, entry_id: str) -> DateValue | None:
        """Answer the date that a rule on a field or on a record counts from."""
        timing = rule.variants[-1].timing
        if not isinstance(timing, FromDay):
            return None
        if timing.record is None:
            return self.fields.get((entry_id, timing.field or ""))
        act = self.acts.get(entry_id, {}).get(timing.record)
        return None if act is None else DateValue(act.happened_on, month_only=False)

    def facts(self, rule: WatchedRule, entry_id: str, *, is_inside: bool, leaving: Closed) -> Facts:
        """Answer what evaluation knows of an entry under a rule; `is_inside`: it is in its group."""
        placed = self.placed[entry_id]
        value = self.value(rule, entry_id)
        return Facts(
            entry_id=entry_id,
            variant=placed.variant(rule) if is_inside else None,
            anchor=self.anchor(rule, entry_id),
            first_due=self.dues.get((rule.name, entry_id)),
            known_on=self.known_on[entry_id],
            leaving=leaving,
            alerts=self.alerts.get((rule.name, entry_id), ()),
            recorded_on=self.recorded_on(rule, entry_id),
            value=value.on if value else None,
            value_month_only=value is not None and value.month_only,
            entered_on=placed.entered_on,
            level=placed.level,
            level_changes=self.level_changes.get(entry_id, ()),
            watch_on=self.watches.get((rule.name, entry_id)),
            seat=seat_of(placed.number) if rule.suggests_days else None,
        )


def gather(
    connection: Connection, known_on: Mapping[str, date | None], rules: Sequence[WatchedRule]
) -> Gathered:
    """Read what holds for the entries that `known_on` names, each with when it was known."""
    ids = list(known_on)
    names = [rule.name for rule in rules]
    return Gathered(
        known_on,
        _placed(connection, ids),
        _acts(connection, ids),
        _dues(connection, ids, names),
        known_alerts(connection, ids, names),
        _fields(connection, ids, rules),
        _level_changes(connection, ids) if any(r.has_own_dates for r in rules) else {},
        _watches(connection, ids, [rule.name for rule in rules if rule.has_own_dates]),
    )


def facts_of(
    connection: Connection,
    rule: WatchedRule,
    gathered: Gathered,
    inside: Collection[str],
    ages: Ages,
) -> Iterator[Facts]:
    """Answer the facts of each entry under one rule, also of those not `inside` its group."""
    open_outside = [
        entry_id
        for entry_id in gathered.known_on
        if entry_id not in inside
        and any(alert.is_open for alert in gathered.alerts.get((rule.name, entry_id), ()))
    ]
    aged = _aged_out(connection, open_outside, rule, ages)
    for entry_id in gathered.known_on:
        leaving = _leaving(gathered.placed[entry_id], is_aged_out=entry_id in aged)
        yield gathered.facts(rule, entry_id, is_inside=entry_id in inside, leaving=leaving)


def matching(
    connection: Connection, ids: Collection[str], rule: WatchedRule, ages: Ages
) -> set[str]:
    """Answer which of the entries a rule is for."""
    query = select(entries.c.id).where(entries.c.id.in_(ids), matches(rule.group, ages))
    return set(connection.execute(query).scalars())


def _aged_out(
    connection: Connection, ids: Sequence[str], rule: WatchedRule, ages: Ages
) -> set[str]:
    group = without_upper_age(rule.group)
    if not ids or group is None:
        return set()
    query = select(entries.c.id).where(entries.c.id.in_(ids), matches(group, ages))
    return set(connection.execute(query).scalars())


def _leaving(placed: Placed, *, is_aged_out: bool) -> Closed:
    if placed.status != ACTIVE:
        return Closed.ENTRY_LEFT
    return Closed.AGED_OUT if is_aged_out else Closed.NO_LONGER_DUE


def _placed(connection: Connection, ids: Sequence[str]) -> dict[str, Placed]:
    return {row[0]: Placed(*row[1:]) for row in connection.execute(_PLACED, {"ids": list(ids)})}


def _acts(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Act]]:
    found: dict[str, dict[str, Act]] = defaultdict(dict)
    for row in connection.execute(_ACTS, {"ids": list(ids)}):
        found[row.entry_id][row.kind] = Act(row.happened_on, row.recorded_on)
    return found


def _fields(
    connection: Connection, ids: Sequence[str], rules: Sequence[WatchedRule]
) -> dict[tuple[str, str], DateValue]:
    """Read the dates that rules count from, by entry and field."""
    timings = [rule.variants[-1].timing for rule in rules]
    wanted = [t for t in timings if isinstance(t, FromDay) and t.field is not None]
    declared = sorted({t.field for t in wanted if t.field and not t.is_column})
    columns = sorted({t.field for t in wanted if t.field and t.is_column})
    found: dict[tuple[str, str], DateValue] = {}
    if declared:
        query = select(entry_fields).where(
            entry_fields.c.entry_id.in_(ids),
            entry_fields.c.field.in_(declared),
            entry_fields.c.on_date.is_not(None),
        )
        for row in connection.execute(query):
            found[row.entry_id, row.field] = DateValue(row.on_date, row.month_only)
    if columns:
        known = [entries.c[name] for name in columns]
        born = entries.c.born_month_only
        for row in connection.execute(
            select(entries.c.id, born, *known).where(entries.c.id.in_(ids))
        ):
            for name, day in zip(columns, row[2:], strict=True):
                if day is not None:
                    found[row[0], name] = DateValue(day, row[1] and name == "born_on")
    return found


def _level_changes(
    connection: Connection, ids: Sequence[str]
) -> dict[str, tuple[LevelChange, ...]]:
    found: dict[str, list[LevelChange]] = defaultdict(list)
    for row in connection.execute(_LEVEL_CHANGES, {"ids": list(ids)}):
        found[row.entry_id].append(LevelChange(row.on_date, row.was, row.level))
    return {entry_id: tuple(changes) for entry_id, changes in found.items()}


def _watches(
    connection: Connection, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], date]:
    if not names:
        return {}
    rows = connection.execute(_WATCHES, {"ids": list(ids), "names": list(names)})
    return {(row.rule, row.entry_id): row.look_on for row in rows}


def _dues(
    connection: Connection, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], date]:
    rows = connection.execute(_DUES, {"ids": list(ids), "names": list(names)})
    return {(row.rule, row.entry_id): row.due_on for row in rows}


def known_alerts(
    connection: Connection, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], tuple[KnownAlert, ...]]:
    """Answer the alerts of entries by (rule, entry), the open ones with their steps."""
    rows = connection.execute(_ALERTS, {"ids": list(ids), "names": list(names)}).all()
    made = _made(connection, [row.id for row in rows if row.closed_how is None])
    found: dict[tuple[str, str], list[KnownAlert]] = defaultdict(list)
    for row in rows:
        found[row.rule, row.entry_id].append(
            KnownAlert(
                id=row.id,
                key=row.anchor,
                anchor=row.anchor_on,
                cycle=row.cycle,
                version=row.rule_version,
                variant=row.variant,
                due_on=row.due_on,
                next_at=row.next_at,
                closed_how=None if row.closed_how is None else Closed(row.closed_how),
                made=tuple(made.get(row.id, ())),
            )
        )
    return {key: tuple(of) for key, of in found.items()}


def _made(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[MadeStep]]:
    found: dict[str, list[MadeStep]] = defaultdict(list)
    for batch in _batches(alert_ids):
        for row in connection.execute(_MADE, {"ids": list(batch)}):
            roles = roles_of(row.waiting)
            found[row.alert_id].append(
                MadeStep(row.id, row.step, row.occurrence, row.on_date, roles, row.is_told)
            )
    return found


def roles_of(waiting: str) -> tuple[str, ...]:
    """Read the roles still to be told: `|director|county|`."""
    return tuple(role for role in waiting.split("|") if role)


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
