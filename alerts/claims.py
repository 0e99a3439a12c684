"""Who may send a notice: claims by compare-and-swap, with a lease and a fencing number.

A claim moves `next_attempt_at` to the end of its lease, so a claim that ran out is simply due
again; `fence` grows with every claim, and whoever writes an outcome names the fence it claimed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, true, update

from alerts.states import NoticeState
from alerts.tables import notices
from config.lean import dataclass
from ledgers.among import among

LEASE = timedelta(minutes=10)
SEND_TIMEOUT = timedelta(minutes=4)
"""Under half the lease (DESIGN.md 7), so nobody else can hold a claim while a send is under way."""

_NEEDED = (
    notices.c.id,
    notices.c.fence,
    notices.c.channel,
    notices.c.person_id,
    notices.c.role,
    notices.c["class"].label("klass"),
    notices.c.revision,
    notices.c.attempts,
    notices.c.due_at,
    notices.c.give_up_at,
    notices.c.unknown_since,
    notices.c.may_repeat,
)
_DUE = {
    only_operator: select(*_NEEDED)
    .where(
        notices.c.ended_at.is_(None),
        notices.c.next_attempt_at <= bindparam("now"),
        notices.c.channel == bindparam("on_channel"),
        notices.c.state != NoticeState.HELD.value,
        notices.c["class"] == "operator" if only_operator else true(),
    )
    .order_by(case((notices.c["class"] == "urgent", 0), else_=1), notices.c.due_at, notices.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    for only_operator in (False, True)
}
"""Written once: lanes ask all the time, and mostly there is nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One notice held by this worker until the lease ends."""

    notice_id: str
    fence: int
    channel: str
    person_id: str
    role: str
    klass: str  # digest, urgent, operator
    revision: int
    attempts: int
    due_at: datetime
    give_up_at: datetime
    unknown_since: datetime | None
    may_repeat: bool

    @property
    def urgent(self) -> bool:
        """Whether it goes at any hour, and before others."""
        return self.klass == "urgent"


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims, for which channel, and up to how many at once.

    `only_operator`: nothing but notices to the operator, while delivery is held.
    """

    name: str
    channel: str
    limit: int
    only_operator: bool = False


def claim_due(connection: Connection, worker: Worker, *, now: datetime) -> list[Claim]:
    """Claim due notices of one channel, urgent ones first, then the oldest."""
    due = {"now": now, "on_channel": worker.channel, "most": worker.limit}
    rows = connection.execute(_DUE[worker.only_operator], due).all()
    if not rows:
        return []
    connection.execute(
        update(notices)
        .where(among(connection, notices.c.id, [row.id for row in rows]))
        .values(
            state=NoticeState.SENDING.value,
            claimed_by=worker.name,
            lease_until=now + LEASE,
            next_attempt_at=now + LEASE,
            fence=notices.c.fence + 1,
        )
    )
    return [_claim(row, 1) for row in rows]


def claims_of(
    connection: Connection, notice_ids: Sequence[str], states: Collection[NoticeState]
) -> list[Claim]:
    """Answer notices in one of some states as they were claimed last, locked for the caller."""
    rows = connection.execute(
        select(*_NEEDED)
        .where(
            among(connection, notices.c.id, notice_ids),
            notices.c.state.in_([state.value for state in states]),
        )
        .order_by(notices.c.id)
        .with_for_update()
    )
    return [_claim(row, 0) for row in rows]


def _claim(row: Any, later: int) -> Claim:
    return Claim(
        row.id,
        row.fence + later,
        row.channel,
        row.person_id,
        row.role,
        row.klass,
        row.revision,
        row.attempts,
        row.due_at,
        row.give_up_at,
        row.unknown_since,
        row.may_repeat,
    )


def put_off(
    connection: Connection,
    channel: str,
    *,
    now: datetime,
    until: datetime,
    but: Sequence[str] = ("urgent",),
) -> None:
    """Let what is due on a channel wait, as for the end of quiet hours; some classes do not.

    What was due in the evening may still be there at night: the channel was away, or the daemon.
    """
    connection.execute(
        update(notices)
        .where(
            notices.c.ended_at.is_(None),
            notices.c.next_attempt_at <= now,
            notices.c.channel == channel,
            notices.c.state != NoticeState.HELD.value,
            notices.c["class"].not_in(but),
        )
        .values(next_attempt_at=until)
    )


def take_over(connection: Connection, worker_names: Sequence[str], *, now: datetime) -> int:
    """Make the claims of workers known to be dead due at once; answer how many there were.

    Only for a caller that knows: the one daemon of an SQLite file, or whoever got the dead
    worker's advisory lock on PostgreSQL.
    """
    if not worker_names:
        return 0
    changed = connection.execute(
        update(notices)
        .where(
            notices.c.ended_at.is_(None),
            notices.c.state == NoticeState.SENDING.value,
            notices.c.claimed_by.in_(worker_names),
        )
        .values(next_attempt_at=now, lease_until=now)
    )
    return changed.rowcount


def claiming_workers(connection: Connection) -> list[str]:
    """Answer the names of all workers that hold claims now."""
    return list(
        connection.execute(
            select(notices.c.claimed_by)
            .where(
                notices.c.ended_at.is_(None),
                notices.c.state == NoticeState.SENDING.value,
                notices.c.claimed_by.is_not(None),
            )
            .distinct()
        ).scalars()
    )
