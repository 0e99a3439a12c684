"""Climbs while nobody answers, and ends what has run out (DESIGN.md 3a: `ladder`, expiry)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, or_, select, update

from alerts.closing import Ending, close
from alerts.effective import EvaluationPlan, WatchedRule
from alerts.expiring import ended_early, lasts_of
from alerts.inserting import insert_new
from alerts.outbox import waiting
from alerts.rungs import RungTiming, Stand, climbed
from alerts.signals import is_unfinished, signal_rules
from alerts.states import Closed
from alerts.tables import alerts, rungs, signals, steps
from alerts.timings import OnSignal
from ledgers.database import Database
from ledgers.ids import new_ids

BATCH = 500
"""Alerts in one unit of work."""

_DUE = (
    select(rungs, alerts.c.rule, alerts.c.variant, alerts.c.due_on, alerts.c.closed_at)
    .join(alerts, alerts.c.id == rungs.c.alert_id)
    .where(
        rungs.c.next_at <= bindparam("now"),
        or_(
            alerts.c.closed_at.is_not(None),
            alerts.c.deferred_until.is_(None),
            alerts.c.deferred_until < bindparam("today"),
        ),
    )
)
"""The rungs whose time has come; who has acknowledged is left in peace."""

_DUE_FIRST = _DUE.order_by(rungs.c.next_at).limit(BATCH).with_for_update(of=rungs)

# Written once: heartbeats ask them all the time.
_QUESTIONS = (
    select(signals.c.id).where(is_unfinished()).limit(1),
    select(signals.c.id)
    .where(signals.c.ended_at.is_(None), signals.c.expires_at <= bindparam("now"))
    .limit(1),
    _DUE.limit(1),
)


@dataclass(slots=True)
class Climbed:
    """What was done: rungs reached or said again, alerts that ran out."""

    told: int = 0
    expired: int = 0


def has_due(connection: Connection, *, now: datetime, today: date) -> bool:
    """Say whether a signal is to be opened further or ended, or somebody else to be called."""
    asked = {"now": now, "today": today}
    return any(connection.execute(query, asked).first() for query in _QUESTIONS)


def climb(database: Database, plan: EvaluationPlan, *, now: datetime, today: date) -> Climbed:
    """End signals whose time is over, then go on with the ladders whose wait is over.

    In bounded units, each whole in itself; doing it twice at one moment adds nothing.
    """
    total = Climbed()
    for rule, prefix, signal_id in _over_early(database, plan, now):
        with database.writing() as connection:
            total.expired += _expire_there(
                connection, (rule, prefix, signal_id), today=today, now=now
            )
    while True:
        with database.writing() as connection:
            found = _expire_some(connection, now=now, today=today)
        if found is None:
            break
        total.expired += found
    while True:
        with database.writing() as connection:
            rows = connection.execute(_DUE_FIRST, {"now": now, "today": today}).all()
            total.told += _climb_some(connection, plan, rows, now=now, today=today)
        if not rows:
            return total


_There = tuple[str, str, str]
"""A rule, a division's prefix, a signal's id."""


def is_over_early(connection: Connection, plan: EvaluationPlan, *, now: datetime) -> bool:
    """Say whether a signal has alerts left in a division where it is over already."""
    return any(_open_there(connection, one) for one in _ended_early(connection, plan, now))


def _over_early(database: Database, plan: EvaluationPlan, now: datetime) -> list[_There]:
    with database.reading() as connection:
        return list(_ended_early(connection, plan, now))


def _ended_early(connection: Connection, plan: EvaluationPlan, now: datetime) -> Iterator[_There]:
    rules = [rule for rule, _ in signal_rules(plan) if len({*map(lasts_of, rule.variants)}) > 1]
    for rule in rules:
        live = select(signals).where(signals.c.rule == rule.name, signals.c.ended_at.is_(None))
        for signal in connection.execute(live).all():
            for prefix in sorted(ended_early(rule, signal, now)):
                yield rule.name, prefix, signal.id


def _expire_there(connection: Connection, there: _There, *, today: date, now: datetime) -> int:
    ids = _open_there(connection, there)
    return close(connection, [Ending(id_, Closed.EXPIRED) for id_ in ids], today=today, now=now)


def _open_there(connection: Connection, there: _There) -> Sequence[str]:
    rule, prefix, signal_id = there
    query = select(alerts.c.id).where(
        alerts.c.rule == rule,
        alerts.c.anchor == signal_id,
        alerts.c.variant == prefix,
        alerts.c.closed_at.is_(None),
    )
    return connection.execute(query).scalars().all()


def _expire_some(connection: Connection, *, now: datetime, today: date) -> int | None:
    """End a batch of alerts of a signal that is over; None: there is no such signal."""
    over = connection.execute(
        select(signals.c.id, signals.c.rule)
        .where(signals.c.ended_at.is_(None), signals.c.expires_at <= now)
        .order_by(signals.c.expires_at)
        .limit(1)
    ).one_or_none()
    if over is None:
        return None
    ids = open_alerts_of(connection, over.rule, over.id, limit=BATCH)
    endings = [Ending(alert_id, Closed.EXPIRED) for alert_id in ids]
    close(connection, endings, today=today, now=now)
    if len(ids) < BATCH:
        connection.execute(update(signals).where(signals.c.id == over.id).values(ended_at=now))
    return len(ids)


def open_alerts_of(
    connection: Connection, rule: str, signal_id: str, *, limit: int | None = None
) -> Sequence[str]:
    """Answer the open alerts of a signal."""
    query = select(alerts.c.id).where(
        alerts.c.rule == rule, alerts.c.anchor == signal_id, alerts.c.closed_at.is_(None)
    )
    return connection.execute(query.order_by(alerts.c.id).limit(limit)).scalars().all()


def _climb_some(
    connection: Connection,
    plan: EvaluationPlan,
    rows: Sequence[Row[Any]],
    *,
    now: datetime,
    today: date,
) -> int:
    over: list[str] = []
    moved: list[tuple[Row[Any], WatchedRule, RungTiming, Stand]] = []
    for row in rows:
        rule = plan.rule(row.rule)
        ladder = _ladder(rule, row.variant)
        stand = Stand(row.rung, row.occurrence, row.began_at, row.next_at)
        after = None if row.closed_at is not None else climbed(ladder, stand, now)
        if after is None or rule is None:
            over.append(row.alert_id)
        else:
            moved.append((row, rule, ladder[after.rung], after))
    if over:
        connection.execute(delete(rungs).where(rungs.c.alert_id.in_(over)))
    if moved:
        _write(connection, moved, now=now, today=today)
    return len(moved)


def _ladder(rule: WatchedRule | None, prefix: str) -> tuple[RungTiming, ...]:
    for variant in rule.variants if rule else ():
        if variant.prefix == prefix and isinstance(variant.timing, OnSignal):
            return variant.timing.ladder
    return ()


def _write(
    connection: Connection,
    moved: Sequence[tuple[Row[Any], WatchedRule, RungTiming, Stand]],
    *,
    now: datetime,
    today: date,
) -> None:
    """Note the new rungs, and write a step for each that was not said yet."""
    ids = new_ids(now, len(moved))
    insert_new(
        connection,
        steps,
        [
            {
                "id": id_,
                "alert_id": row.alert_id,
                "step": after.step,
                "occurrence": after.occurrence,
                "skipped": _skipped(row, after),
                "on_date": today,
                "known_on": today,
                "after_due": today > row.due_on,
                "escalation": after.rung > 0,
                "urgent": rule.urgent,
                "waiting": waiting(rung.tell),
            }
            for id_, (row, rule, rung, after) in zip(ids, moved, strict=True)
        ],
    )
    connection.execute(
        update(rungs)
        .where(rungs.c.alert_id == bindparam("of_alert"))
        .values(
            rung=bindparam("now_rung"),
            occurrence=bindparam("now_occurrence"),
            began_at=bindparam("now_began"),
            next_at=bindparam("now_next"),
        ),
        [
            {
                "of_alert": row.alert_id,
                "now_rung": after.rung,
                "now_occurrence": after.occurrence,
                "now_began": after.began_at,
                "now_next": after.next_at,
            }
            for row, _, _, after in moved
        ],
    )


def _skipped(row: Row[Any], after: Stand) -> int:
    return max(after.occurrence - row.occurrence - 1, 0) if after.rung == row.rung else 0
