"""Raises very many signals about one entry each with a few statements: an import may bring thousands."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from alerts.changes import Horizon
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.expiring import longest
from alerts.filters import Ages, in_scope, matches
from alerts.inserting import insert_new
from alerts.owing import is_past_validity, signal_matter
from alerts.signal_alerts import open_for
from alerts.signals import BATCH, Signal, row_of
from alerts.tables import signals
from ledgers.among import among
from ledgers.ids import new_ids
from ledgers.tables import entries


def raise_of_entries(
    connection: Connection,
    plan: EvaluationPlan,
    rule: WatchedRule,
    wishes: Sequence[Signal],
    *,
    now: datetime,
    today: date,
) -> int:
    """Keep signals of one rule, each about one entry, and open their alerts; answer how many are new.

    The same source raises it once; where the rule is not in force it is not raised.
    """
    by_source = {wish.source: wish for wish in wishes}
    sources = list(by_source)
    count = 0
    for at in range(0, len(sources), BATCH):
        of = [by_source[source] for source in sources[at : at + BATCH]]
        count += _raise(connection, plan, rule, of, now=now, today=today)
    return count


def _raise(
    connection: Connection,
    plan: EvaluationPlan,
    rule: WatchedRule,
    wishes: Sequence[Signal],
    *,
    now: datetime,
    today: date,
) -> int:
    known = _kept(connection, rule, wishes)
    meant = [
        (wish, variant)
        for wish, variant in _by_place(connection, rule, wishes)
        if wish.source not in known
        and variant.in_force(today)
        and not is_past_validity(variant, signal_matter("", today))
    ]
    ids = new_ids(now, len(meant))
    rows = [
        # All that it will ever open is opened below.
        {**row_of(wish, id_, longest(rule, variant, None), now), "opened_at": now}
        for id_, (wish, variant) in zip(ids, meant, strict=True)
    ]
    insert_new(connection, signals, rows)
    kept = _kept(connection, rule, [wish for wish, _ in meant])
    concerned: dict[str, tuple[Variant, dict[str, str]]] = {}
    for id_, (wish, variant) in zip(ids, meant, strict=True):
        if kept.get(wish.source) == id_:
            of = concerned.setdefault(variant.prefix, (variant, {}))[1]
            of[id_] = wish.entry_id or ""
    for variant, of in concerned.values():
        _open(connection, plan, (rule, variant), of, now=now, today=today)
    return sum(len(of) for _, of in concerned.values())


def _kept(connection: Connection, rule: WatchedRule, wishes: Sequence[Signal]) -> dict[str, str]:
    """Answer the ids of signals that are there, by what raised them."""
    sources = [wish.source for wish in wishes]
    if not sources:
        return {}
    query = select(signals.c.source, signals.c.id).where(
        signals.c.rule == rule.name, among(connection, signals.c.source, sources)
    )
    return dict(iter(connection.execute(query)))


def _by_place(
    connection: Connection, rule: WatchedRule, wishes: Sequence[Signal]
) -> Iterator[tuple[Signal, Variant]]:
    ids = {wish.entry_id for wish in wishes if wish.entry_id}
    query = select(entries.c.id, entries.c[rule.place]).where(among(connection, entries.c.id, ids))
    places: dict[str, str | None] = dict(iter(connection.execute(query)))
    for wish in wishes:
        yield wish, rule.variant_of(places.get(wish.entry_id or ""))


def _open(
    connection: Connection,
    plan: EvaluationPlan,
    of: tuple[WatchedRule, Variant],
    about: dict[str, str],
    *,
    now: datetime,
    today: date,
) -> None:
    """Open the alerts of those signals whose entry the rule is for."""
    rule, variant = of
    query = select(entries.c.id).where(
        among(connection, entries.c.id, set(about.values())),
        matches(rule.group, Ages.on(plan, today)),
        in_scope(rule, variant),
    )
    inside = set(connection.scalars(query))
    concerned = {id_: [entry_id] for id_, entry_id in about.items() if entry_id in inside}
    if concerned:
        open_for(connection, of, concerned, Horizon(today, 0, plan.calendar), now=now)
