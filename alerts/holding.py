"""Held delivery: nothing goes out until an operator has looked (DESIGN.md 3, 6)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from alerts.desk import DELIVERY_HELD
from alerts.directory import batches
from alerts.matters import MatterKind, close_matters, still_open
from alerts.outcomes import move
from alerts.states import NoticeState, Outcome
from alerts.tables import notices, tellings
from alerts.within import notices_within
from ledgers.access.scopes import Scope
from ledgers.site_facts import drop_fact, fact, put_fact

Allowed = Callable[[datetime], datetime]
"""Moves an instant out of quiet hours."""


class HeldFor(StrEnum):
    """Why everything waits."""

    RESTORED = "restored"
    CLOCK_JUMPED = "clock-jumped"
    BY_HAND = "by-hand"


def hold_delivery(connection: Connection, why: HeldFor, *, now: datetime) -> None:
    """Hold everything from here on; what a channel has been handed already ends as it ends."""
    if fact(connection, DELIVERY_HELD) is None:
        put_fact(connection, DELIVERY_HELD, why.value, now=now)


def held_for(connection: Connection) -> HeldFor | None:
    """Answer why delivery is held; None: it is not."""
    held = fact(connection, DELIVERY_HELD)
    return None if held is None else HeldFor(held.value)


def held_notices(connection: Connection, *, within: Scope | None = None) -> list[str]:
    """Answer the notices that wait for a look, the oldest first; only those `within` divisions."""
    query = select(notices.c.id).where(
        notices.c.state == NoticeState.HELD.value, notices.c.ended_at.is_(None)
    )
    if within is not None:
        query = query.where(notices_within(within))
    return list(connection.scalars(query.order_by(notices.c.due_at, notices.c.id)))


def release_delivery(connection: Connection, allowed: Allowed, *, now: datetime) -> int:
    """Let everything go that is held; answer how many notices that are."""
    drop_fact(connection, DELIVERY_HELD)
    for kind in (MatterKind.BACKLOG_HELD, MatterKind.CLOCK_JUMPED):
        subjects = [found.matter.subject for found in still_open(connection, kind=kind)]
        close_matters(connection, kind, subjects, now=now)
    ids = held_notices(connection)
    return release_notices(connection, ids, allowed, now=now)


def release_notices(
    connection: Connection, notice_ids: Sequence[str], allowed: Allowed, *, now: datetime
) -> int:
    """Let single notices go; answer how many were held.

    Each is tried as soon as quiet hours let it, and for as long as if it had just been made.
    """
    count = 0
    for batch in batches(notice_ids):
        released = connection.execute(
            select(notices)
            .where(notices.c.id.in_(batch), notices.c.state == NoticeState.HELD.value)
            .with_for_update()
        ).all()
        for row in released:
            urgent = row._mapping["class"] == "urgent"
            due_at = max(row.due_at, now if urgent else allowed(now))
            connection.execute(
                update(notices)
                .where(notices.c.id == row.id)
                .values(
                    state=NoticeState.PENDING.value,
                    reason=None,
                    next_attempt_at=due_at,
                    give_up_at=due_at + (row.give_up_at - row.due_at),
                )
            )
        _move(connection, [row.id for row in released], Outcome.PENDING, now=now)
        count += len(released)
    return count


def hold_notices(connection: Connection, notice_ids: Sequence[str], *, now: datetime) -> int:
    """Hold single notices that wait for their first or next try; answer how many were."""
    count = 0
    for batch in batches(notice_ids):
        waiting = list(
            connection.scalars(
                select(notices.c.id)
                .where(notices.c.id.in_(batch), notices.c.state == NoticeState.PENDING.value)
                .with_for_update()
            )
        )
        connection.execute(
            update(notices).where(notices.c.id.in_(waiting)).values(state=NoticeState.HELD.value)
        )
        _move(connection, waiting, Outcome.HELD, now=now)
        count += len(waiting)
    return count


def _move(
    connection: Connection, notice_ids: Sequence[str], became: Outcome, *, now: datetime
) -> None:
    was = Outcome.HELD if became is Outcome.PENDING else Outcome.PENDING
    for batch in batches(notice_ids):
        inside = connection.scalars(
            select(tellings.c.id).where(
                tellings.c.notice_id.in_(batch), tellings.c.state == was.value
            )
        )
        move(connection, list(inside), became, now=now, reason="operator")
