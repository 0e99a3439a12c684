"""Opens the alerts of signals, any number of them at once, and puts them on their ladder."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, literal, null, select
from sqlalchemy import Integer as IntegerType

from alerts.changes import Course, DueStep, Horizon, Opening
from alerts.effective import Variant, WatchedRule
from alerts.evaluate import course
from alerts.moments import StepTiming
from alerts.outbox import open_alerts
from alerts.owing import signal_matter
from alerts.rungs import RungTiming, begun, step_of
from alerts.tables import alerts, rungs
from alerts.timings import OnSignal
from config.durations import Duration, Unit
from ledgers.among import among
from ledgers.columns import Instant

_AT_ONCE = Duration(0, Unit.DAYS)


def open_for(
    connection: Connection,
    of: tuple[WatchedRule, Variant],
    concerned: Mapping[str, Mapping[str, int]],
    horizon: Horizon,
    *,
    now: datetime,
) -> None:
    """Open alerts of some signals of one rule; `concerned` holds by signal whom it is about, with the cycle.

    That takes a handful of statements, however many signals there are.
    """
    rule, variant = of
    timing = variant.timing
    assert isinstance(timing, OnSignal)  # noqa: S101  # as every variant of the rule
    today = horizon.today
    openings: list[Opening] = []
    for signal_id, ids in concerned.items():
        matter = signal_matter(signal_id, today)
        if timing.ladder:
            due = rung_step(rule, timing.ladder[0], 0, today)
            steps_now = Course(today, (DueStep(due, 0, 0, today, after_due=False),), None)
        else:
            steps_now = course(rule, variant, matter, horizon)
        cycles = list(ids.values())
        openings.append(Opening(matter, variant.prefix, steps_now, today, list(ids), cycles))
    open_alerts(connection, rule, openings, today=today, now=now)
    if timing.ladder:
        _put_on_ladder(connection, rule, concerned.keys(), timing.ladder, now=now)


def rung_step(rule: WatchedRule, rung: RungTiming, number: int, today: date) -> StepTiming:
    """Answer a rung as a step of the day it is reached on."""
    return StepTiming(
        key=step_of(number),
        at=_AT_ONCE,
        tell=rung.tell,
        escalation=number > 0,
        repeat=None,
        version=rule.version,
        since=today,
    )


def _put_on_ladder(
    connection: Connection,
    rule: WatchedRule,
    signal_ids: Collection[str],
    ladder: Sequence[RungTiming],
    *,
    now: datetime,
) -> None:
    """Note for the alerts that have no rung yet when somebody else is called."""
    first = begun(ladder, now)
    next_at = null() if first.next_at is None else literal(first.next_at, Instant)
    standing = select(rungs.c.alert_id).where(rungs.c.alert_id == alerts.c.id).exists()
    rows = select(
        alerts.c.id,
        literal(0, IntegerType),
        literal(0, IntegerType),
        literal(now, Instant),
        next_at,
    ).where(
        alerts.c.rule == rule.name,
        among(connection, alerts.c.anchor, signal_ids),
        alerts.c.closed_at.is_(None),
        ~standing,
    )
    columns = ["alert_id", "rung", "occurrence", "began_at", "next_at"]
    connection.execute(insert(rungs).from_select(columns, rows))
