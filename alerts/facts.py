"""What evaluation must know of some entries, read in a few queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from alerts.changes import Facts, KnownAlert, MadeStep
from alerts.effective import Variant, WatchedRule
from alerts.filters import Ages, matches, without_upper_age
from alerts.states import Closed
from alerts.tables import alerts, first_dues, steps, tellings
from ledgers.tables import entries, last_acts

ACTIVE = "active"
BATCH = 1000
"""Entries judged in one unit of work: well under a second, and under the limit of bound values."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What an entry's own row says that rules of all kinds need."""

    status: str
    lives_in: str
    registered_in: str | None

    def variant(self, rule: WatchedRule) -> Variant:
        """Answer the variant of a rule that holds where the entry is."""
        place = self.registered_in if rule.place == "registered_in" else self.lives_in
        return rule.variant_of(place)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What holds for a batch of entries under every rule."""

    known_on: Mapping[str, date | None]
    placed: Mapping[str, Placed]
    acts: Mapping[str, Mapping[str, date]]
    dues: dict[tuple[str, str], date]
    alerts: Mapping[tuple[str, str], tuple[KnownAlert, ...]]

    def anchor(self, rule: WatchedRule, entry_id: str) -> date | None:
        """Answer the newest date that counts for the rule; None: never recorded."""
        acts = self.acts.get(entry_id, {})
        return max((acts[kind] for kind in rule.counts if kind in acts), default=None)


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
    for entry_id, known_on in gathered.known_on.items():
        placed = gathered.placed[entry_id]
        yield Facts(
            entry_id=entry_id,
            variant=placed.variant(rule) if entry_id in inside else None,
            anchor=gathered.anchor(rule, entry_id),
            first_due=gathered.dues.get((rule.name, entry_id)),
            known_on=known_on,
            leaving=_leaving(placed, is_aged_out=entry_id in aged),
            alerts=gathered.alerts.get((rule.name, entry_id), ()),
        )


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
    query = select(
        entries.c.id, entries.c.status, entries.c.lives_in, entries.c.registered_in
    ).where(entries.c.id.in_(ids))
    return {
        row.id: Placed(row.status, row.lives_in, row.registered_in)
        for row in connection.execute(query)
    }


def _acts(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, date]]:
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for row in connection.execute(select(last_acts).where(last_acts.c.entry_id.in_(ids))):
        found[row.entry_id][row.kind] = row.happened_on
    return found


def _dues(
    connection: Connection, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], date]:
    query = select(first_dues).where(first_dues.c.entry_id.in_(ids), first_dues.c.rule.in_(names))
    return {(row.rule, row.entry_id): row.due_on for row in connection.execute(query)}


def known_alerts(
    connection: Connection, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], tuple[KnownAlert, ...]]:
    """Answer the alerts of entries by (rule, entry), the open ones with their steps."""
    query = select(
        alerts.c.id,
        alerts.c.rule,
        alerts.c.entry_id,
        alerts.c.anchor_on,
        alerts.c.cycle,
        alerts.c.rule_version,
        alerts.c.variant,
        alerts.c.due_on,
        alerts.c.next_at,
        alerts.c.closed_how,
    ).where(alerts.c.entry_id.in_(ids), alerts.c.rule.in_(names))
    rows = connection.execute(query.order_by(alerts.c.id)).all()
    made = _made(connection, [row.id for row in rows if row.closed_how is None])
    found: dict[tuple[str, str], list[KnownAlert]] = defaultdict(list)
    for row in rows:
        found[row.rule, row.entry_id].append(
            KnownAlert(
                id=row.id,
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
    told = select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists()
    for batch in _batches(alert_ids):
        query = select(
            steps.c.id,
            steps.c.alert_id,
            steps.c.step,
            steps.c.occurrence,
            steps.c.on_date,
            steps.c.waiting,
            told.label("is_told"),
        ).where(steps.c.alert_id.in_(batch))
        for row in connection.execute(query.order_by(steps.c.id)):
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
