"""Signals: something happened, and one alert is opened for each entry it concerns (DESIGN.md 3a).

A signal is a row before it has alerts. They are opened in bounded units; what a crash left out, the
next pass opens. The same source raises a rule's signal only once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from alerts.changes import Horizon
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.expiring import ended_early, longest
from alerts.filters import Ages, in_scope, matches
from alerts.inserting import insert_new
from alerts.owing import is_past_validity, signal_matter
from alerts.signal_alerts import open_for
from alerts.tables import alerts, signals
from alerts.timings import OnSignal
from config.lean import dataclass
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import entries

BATCH = 1000
"""Alerts opened in one unit of work."""

_BY_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that happened. `source` tells it from every other; without one it is by hand.

    It concerns entries within `region`, or `entry_id` alone. `expires_at` None: as the rule says.
    `name` is what it was called when it was raised.
    """

    rule: str
    name: str
    source: str = ""
    region: str = ""
    entry_id: str | None = None
    raised_by: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal as it is kept. `is_new`: it was not raised before."""

    id: str
    is_new: bool
    opened: int


def on_signal(rule: WatchedRule | None) -> OnSignal | None:
    """Answer what a signal rule is raised by and how it is told; None for rules of other kinds."""
    timing = rule.variants[-1].timing if rule else None
    return timing if isinstance(timing, OnSignal) else None


def listening(plan: EvaluationPlan, name: str) -> list[str]:
    """Answer the rules that a signal raised by hand under this name is for."""
    found = ((rule.name, on_signal(rule)) for rule in plan.rules)
    return [rule for rule, on in found if on and name in (rule, on.cause.name)]


def signal_names(plan: EvaluationPlan) -> list[str]:
    """Answer the names under which signals can be raised by hand."""
    named = [name for _, on in signal_rules(plan) if (name := on.cause.name)]
    return [*dict.fromkeys(named), *(rule.name for rule, _ in signal_rules(plan))]


def signal_rules(plan: EvaluationPlan) -> list[tuple[WatchedRule, OnSignal]]:
    """Answer the rules of kind signal."""
    found = ((rule, on_signal(rule)) for rule in plan.rules)
    return [(rule, on) for rule, on in found if on is not None]


def raise_signal(
    connection: Connection, plan: EvaluationPlan, wish: Signal, *, now: datetime, today: date
) -> Raised | None:
    """Keep a signal and open its first alerts; the same one again changes nothing.

    None: the rule is not there, is no signal rule, or is not in force. The next pass opens what is
    more than fits into one unit of work.
    """
    rule = plan.rule(wish.rule)
    if rule is None or on_signal(rule) is None:
        return None
    variant = rule.variant_of(_place(connection, rule, wish))
    if not variant.in_force(today) or is_past_validity(variant, signal_matter("", today)):
        return None
    known = _known(connection, wish, now)
    if known is not None:
        return Raised(known, is_new=False, opened=0)
    signal_id = new_id(now)
    lasts = longest(rule, variant, None if wish.entry_id else wish.region)
    row = row_of(wish, signal_id, lasts, now)
    insert_new(connection, signals, [row])
    kept = connection.execute(
        select(signals).where(signals.c.rule == rule.name, signals.c.source == row["source"])
    ).one()
    opened = open_some(connection, plan, kept, now=now, today=today)
    return Raised(kept.id, is_new=kept.id == signal_id, opened=opened)


def open_unfinished(database: Database, plan: EvaluationPlan, *, now: datetime, today: date) -> int:
    """Open what is still missing of all signals, in bounded units; answer how many alerts."""
    opened = 0
    while True:
        with database.writing() as connection:
            row = connection.execute(
                select(signals).where(is_unfinished()).order_by(signals.c.id).limit(1)
            ).one_or_none()
            if row is None:
                return opened
            found = open_some(connection, plan, row, now=now, today=today)
            if not found:
                connection.execute(
                    update(signals).where(signals.c.id == row.id).values(opened_at=now)
                )
            opened += found


def is_unfinished() -> Any:
    """Say that perhaps not all alerts of a signal are there yet."""
    return signals.c.opened_at.is_(None) & signals.c.ended_at.is_(None)


def open_some(
    connection: Connection, plan: EvaluationPlan, signal: Row[Any], *, now: datetime, today: date
) -> int:
    """Open alerts of a signal for entries that have none, at most a unit's worth; answer how many."""
    rule = plan.rule(signal.rule)
    if rule is None or signal.expires_at <= now:
        return 0
    ended = ended_early(rule, signal, now)
    for variant in rule.variants:
        if variant.prefix in ended:
            continue
        ids = _without_alert(connection, plan, (rule, variant, signal), today)
        if ids and isinstance(variant.timing, OnSignal):
            horizon = Horizon(today, 0, plan.calendar)
            concerned = {signal.id: dict.fromkeys(ids, 1)}
            open_for(connection, (rule, variant), concerned, horizon, now=now)
            return len(ids)
    return 0


_Place = tuple[WatchedRule, Variant, Row[Any]]


def _without_alert(
    connection: Connection, plan: EvaluationPlan, of: _Place, today: date
) -> Sequence[str]:
    rule, variant, signal = of
    has_one = select(alerts.c.id).where(
        alerts.c.rule == rule.name,
        alerts.c.entry_id == entries.c.id,
        alerts.c.anchor == signal.id,
    )
    query = select(entries.c.id).where(
        matches(rule.group, Ages.on(plan, today)), in_scope(rule, variant), ~has_one.exists()
    )
    if signal.entry_id is not None:
        query = query.where(entries.c.id == signal.entry_id)
    elif signal.region:
        query = query.where(entries.c[rule.place].startswith(signal.region))
    return connection.execute(query.order_by(entries.c.id).limit(BATCH)).scalars().all()


def open_again(
    connection: Connection, plan: EvaluationPlan, closed: Row[Any], *, now: datetime, today: date
) -> None:
    """Open an alert's next cycle, from its first step, if its signal is not over.

    `closed` has the alert's rule, variant, entry, anchor and cycle.
    """
    live = select(signals).where(
        signals.c.id == closed.anchor, signals.c.ended_at.is_(None), signals.c.expires_at > now
    )
    signal = connection.execute(live).one_or_none()
    rule = plan.rule(closed.rule)
    variants = [one for one in rule.variants if one.prefix == closed.variant] if rule else []
    if signal is None or rule is None or not variants or not on_signal(rule):
        return
    if closed.variant in ended_early(rule, signal, now):
        return
    horizon = Horizon(today, 0, plan.calendar)
    concerned = {signal.id: {closed.entry_id: closed.cycle + 1}}
    open_for(connection, (rule, variants[0]), concerned, horizon, now=now)


def _place(connection: Connection, rule: WatchedRule, wish: Signal) -> str | None:
    if wish.entry_id is None:
        return wish.region
    query = select(entries.c[rule.place]).where(entries.c.id == wish.entry_id)
    place: str | None = connection.execute(query).scalar()
    return place


def _known(connection: Connection, wish: Signal, now: datetime) -> str | None:
    """Answer a signal of the same source, or by hand the same that has not run out."""
    query = select(signals.c.id).where(signals.c.rule == wish.rule)
    if wish.source:
        query = query.where(signals.c.source == wish.source)
    else:
        query = query.where(
            signals.c.source.startswith(f"{_BY_HAND}:"),
            signals.c.region == wish.region,
            signals.c.entry_id.is_not_distinct_from(wish.entry_id),
            signals.c.ended_at.is_(None),
            signals.c.expires_at > now,
        )
    found: str | None = connection.execute(query.limit(1)).scalar()
    return found


def row_of(wish: Signal, signal_id: str, lasts: timedelta, now: datetime) -> dict[str, object]:
    """Answer the row of a new signal; `lasts` counts where the wish names no end."""
    return {
        "id": signal_id,
        "rule": wish.rule,
        "name": wish.name,
        "source": wish.source or f"{_BY_HAND}:{signal_id}",
        "region": wish.region,
        "entry_id": wish.entry_id,
        "raised_at": now,
        "raised_by": wish.raised_by,
        "expires_at": wish.expires_at or now + lasts,
    }
