"""Declaring a record a mistake: it stays, counts no more, and what it closed opens again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from alerts import locks
from alerts.closing import Ending, close
from alerts.effective import EvaluationPlan
from alerts.errors import RecordUnknown
from alerts.ladders import open_alerts_of
from alerts.lastacts import recount
from alerts.matters import MatterKind, close_matters
from alerts.raising import record_source
from alerts.signals import on_signal, open_again
from alerts.states import Closed
from alerts.stays import recount_stays
from alerts.tables import alerts, signals
from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.acts import DONE
from ledgers.tables import entries, records, touched


@dataclass(frozen=True, slots=True)
class Voiding:
    """Which records are void, why, and who says so; None: the office.

    `within`: of entries that live in some divisions only; others are not there.
    """

    record_ids: Sequence[str]
    reason: str
    by: str | None = None
    within: Scope | None = None


def void(
    connection: Connection,
    plan: EvaluationPlan,
    voiding: Voiding,
    *,
    now: datetime,
    today: date,
) -> int:
    """Void records and answer how many were not void before.

    An alert that no other record settles is marked `record-voided`; the next pass opens it again as
    its next cycle if it is still due, one of a signal is opened at once. A signal that the record
    raised is over. Nothing is deleted.

    Raises:
        RecordUnknown: there is no record of that id; then none is voided.
    """
    rows = _read(connection, voiding)
    raised = _raised_by(connection, voiding.record_ids)
    rules = {r.name for row in rows for r in plan.concerning(row.kind)}
    # The same locks as evaluation, so that it sees all of this or nothing.
    locks.hold(connection, rules | {row.rule for row in raised}, shared=True)
    standing = [row for row in rows if row.voided_at is None]
    if not standing:
        return 0
    connection.execute(
        update(records)
        .where(records.c.id.in_([row.id for row in standing]))
        .values(voided_at=now, voided_by=voiding.by, void_reason=voiding.reason[:100])
    )
    recount(connection, {(row.entry_id, row.kind) for row in standing})
    _end_signals(connection, raised, now=now, today=today)
    _unsettle(connection, plan, [row.id for row in standing], now=now, today=today)
    came_or_went = [row.entry_id for row in standing if row.kind in plan.stays.kinds]
    recount_stays(connection, plan.stays, came_or_went, calendar=plan.calendar, today=today)
    entry_ids = sorted({row.entry_id for row in standing})
    connection.execute(insert(touched), [{"entry_id": id_, "known_on": today} for id_ in entry_ids])
    _withdraw_matters(connection, entry_ids, now)
    return len(standing)


def _read(
    connection: Connection, voiding: Voiding
) -> Sequence[Row[str, str, str, datetime | None]]:
    query = select(records.c.id, records.c.entry_id, records.c.kind, records.c.voided_at).where(
        records.c.id.in_(voiding.record_ids)
    )
    if voiding.within is not None:
        query = query.join(entries, entries.c.id == records.c.entry_id)
        query = query.where(voiding.within.where(entries.c.lives_in))
    rows = connection.execute(query).all()
    for missing in sorted(set(voiding.record_ids) - {row.id for row in rows}):
        raise RecordUnknown(missing)
    return rows


def _raised_by(connection: Connection, record_ids: Sequence[str]) -> Sequence[Row[str, str]]:
    """Answer the signals, with their rules, that these records raised and that are not over."""
    sources = [record_source(id_) for id_ in record_ids]
    query = select(signals.c.id, signals.c.rule)
    return connection.execute(
        query.where(signals.c.source.in_(sources), signals.c.ended_at.is_(None))
    ).all()


def _end_signals(
    connection: Connection, raised: Sequence[Row[str, str]], *, now: datetime, today: date
) -> None:
    for row in raised:
        ids = open_alerts_of(connection, row.rule, row.id)
        endings = [Ending(alert_id, Closed.RECORD_VOIDED) for alert_id in ids]
        close(connection, endings, today=today, now=now)
        connection.execute(update(signals).where(signals.c.id == row.id).values(ended_at=now))


def _unsettle(
    connection: Connection,
    plan: EvaluationPlan,
    record_ids: Sequence[str],
    *,
    now: datetime,
    today: date,
) -> None:
    """Find another record for each alert these closed; those without one are not settled."""
    closed = connection.execute(
        select(alerts).where(
            alerts.c.closing_record.in_(record_ids),
            alerts.c.closed_how == Closed.DONE.value,
            alerts.c.entry_id.in_(select(records.c.entry_id).where(records.c.id.in_(record_ids))),
        )
    ).all()
    for row in closed:
        rule = plan.rule(row.rule)
        other = _other_record(connection, row, rule.counts) if rule else None
        values = {"closing_record": other} if other else {"closed_how": Closed.RECORD_VOIDED.value}
        connection.execute(update(alerts).where(alerts.c.id == row.id).values(values))
        if other is None and on_signal(rule) is not None:
            open_again(connection, plan, row, now=now, today=today)


def _other_record(connection: Connection, alert: Row[Any], counts: Sequence[str]) -> str | None:
    query = select(records.c.id).where(
        records.c.entry_id == alert.entry_id,
        records.c.kind.in_(counts),
        records.c.result == DONE,
        records.c.voided_at.is_(None),
    )
    if alert.anchor_on is not None:
        query = query.where(records.c.happened_on > alert.anchor_on)
    return connection.execute(query.order_by(records.c.happened_on, records.c.id).limit(1)).scalar()


def _withdraw_matters(connection: Connection, entry_ids: Sequence[str], now: datetime) -> None:
    """Close “not well” where no record that stands says so any more."""
    unwell = connection.execute(
        select(records.c.entry_id).where(
            records.c.entry_id.in_(entry_ids),
            records.c.voided_at.is_(None),
            records.c.all_well.is_(False),
        )
    ).scalars()
    gone = sorted(set(entry_ids) - set(unwell))
    if gone:
        close_matters(connection, MatterKind.NOT_WELL, gone, now=now)
