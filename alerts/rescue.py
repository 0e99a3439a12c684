"""What a channel that keeps shut holds, and what must not wait for it."""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from alerts.breaker import paused
from alerts.claims import claims_of
from alerts.rerouting import Fallen, Routes, take_next_route
from alerts.states import NoticeState, Outcome
from alerts.tables import notices, tellings

CHANNEL_PAUSED = "channel-paused"
"""Reason of what went another way because its channel let nothing through."""

_AT_ONCE = 100


def rescue(connection: Connection, channel: str, *, routes: Routes, now: datetime) -> int:
    """Let what may not wait go by another channel that is open; answer how many notices that were.

    Urgent ones may not, nor the operator's, nor those whose time is over. Without another route
    they are held like all others: nothing fails because a channel is paused.
    """
    due = connection.scalars(
        select(notices.c.id)
        .where(
            notices.c.ended_at.is_(None),
            notices.c.next_attempt_at <= now,
            notices.c.channel == channel,
            notices.c.state == NoticeState.PENDING.value,
            or_(notices.c["class"].in_(("urgent", "operator")), notices.c.give_up_at <= now),
        )
        .order_by(notices.c.due_at, notices.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    shut = paused(connection) | {channel}
    moved = 0
    for claim in claims_of(connection, list(due), (NoticeState.PENDING,)):
        said = connection.scalars(
            select(tellings.c.id).where(
                tellings.c.notice_id == claim.notice_id, tellings.c.state == Outcome.PENDING.value
            )
        )
        fallen = Fallen(claim, tuple(said), CHANNEL_PAUSED, claim.may_repeat, avoid=shut)
        moved += take_next_route(connection, fallen, routes, now=now, or_else_keep=True)
    return moved
