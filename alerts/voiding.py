"""Declaring a record a mistake: it stays, counts no more, and what it closed opens again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert, select, update

from alerts import locks
from alerts.effective import EvaluationPlan
from alerts.errors import RecordUnknown
from alerts.lastacts import recount
from alerts.matters import MatterKind, close_matters
from alerts.states import Closed
from alerts.stays import recount_stays
from alerts.tables import alerts
from ledgers.acts import DONE
from ledgers.tables import records, touched


@dataclass(frozen=True, slots=True)
class Voiding:
    """Which records are void, why, and who says so; None: the office."""

    record_ids: Sequence[str]
    reason: str
    by: str | None = None


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
    its next cycle if it is still due. Nothing is deleted.

    Raises:
        RecordUnknown: there is no record of that id; then none is voided.
    """
    rows = _read(connection, voiding.record_ids)
    # The same locks as evaluation, so that it sees all of this or nothing.
    locks.hold(connection, {r.name for row in rows for r in plan.concerning(row.kind)}, shared=True)
    standing = [row for row in rows if row.voided_at is None]
    if not standing:
        return 0
    connection.execute(
        update(records)
        .where(records.c.id.in_([row.id for row in standing]))
        .values(voided_at=now, voided_by=voiding.by, void_reason=voiding.reason[:100])
    )
    recount(connection, {(row.entry_id, row.kind) for row in standing})
    _unsettle(connection, plan, [row.id for row in standing])
    came_or_went = [row.entry_id for row in standing if row.kind in plan.stays.kinds]
    recount_stays(connection, plan.stays, came_or_went, calendar=plan.calendar, today=today)
    entry_ids = sorted({row.entry_id for row in standing})
    connection.execute(insert(touched), [{"entry_id": id_, "known_on": today} for id_ in entry_ids])
    _withdraw_matters(connection, entry_ids, now)
    return len(standing)


def _read(
    connection: Connection, record_ids: Sequence[str]
) -> Sequence[Row[str, str, str, datetime | None]]:
    rows = connection.execute(
        select(records.c.id, records.c.entry_id, records.c.kind, records.c.voided_at).where(
            records.c.id.in_(record_ids)
        )
    ).all()
    for missing in sorted(set(record_ids) - {row.id for row in rows}):
        raise RecordUnknown(missing)
    return rows


def _unsettle(connection: Connection, plan: EvaluationPlan, record_ids: Sequence[str]) -> None:
    """Find another record for each alert these closed; those without one are not settled."""
    closed = connection.execute(
        select(alerts.c.id, alerts.c.rule, alerts.c.entry_id, alerts.c.anchor_on).where(
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


def _other_record(
    connection: Connection, alert: Row[str, str, str, date | None], counts: Sequence[str]
) -> str | None:
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
