"""Receipts: what becomes of a message after its channel took it (DESIGN.md 3, 1).

`sent` becomes `delivered`, or the next route is taken; what nobody confirms in time takes the next
route too, marked that it may repeat. Receipts may come twice, in any order, and before the answer
that a message was taken: each is written down once, and judged together with all others of its
message. That a message arrived is believed whatever else was said of it.

    sent ──arrived──▶ delivered            sent ──not──▶ the next route, else failed
    sent ──time over──▶ the next route (may repeat), else still sent
    unknown ──arrived──▶ delivered         (the answer was lost, the receipt was not)
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from alerts.awaiting import Expected, adopt_unanswered, await_receipts
from alerts.claims import claims_of
from alerts.inserting import insert_new
from alerts.locks import hold
from alerts.outcomes import Because, move_each, move_said
from alerts.rerouting import Fallen, Routes, take_next_route
from alerts.settle import Answer
from alerts.states import NoticeState, Outcome
from alerts.tables import attempts, awaited, notices, receipts, tellings
from channels.inbound import Report
from ledgers.among import among
from ledgers.ids import new_ids

NOT_DELIVERED = "not-delivered"
"""Reason of what the far side could not bring to its reader."""

NO_RECEIPT = "no-receipt"
"""Reason of what nobody confirmed in time."""

_AT_ONCE = 100


class Ended(StrEnum):
    """What receipts made of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    MISSED = "missed"  # none came in time, and another route was taken


def expect(
    connection: Connection,
    expected: Expected,
    accepted: Sequence[Answer],
    *,
    routes: Routes,
    now: datetime,
) -> None:
    """Await receipts of messages just taken; some may be here already.

    The caller holds the channel's lock since before it wrote the answers (`lock`).
    """
    names = await_receipts(connection, expected, accepted)
    if names and _known(connection, expected.channel, names):
        _judge(connection, expected.channel, names, routes=routes, now=now)


def take(
    connection: Connection,
    channel: str,
    reports: Sequence[Report],
    *,
    routes: Routes,
    now: datetime,
) -> int:
    """Write receipts down and let them move what they are about; answer how many were new.

    Calling it again with the same reports changes nothing. What says only that a message is under
    way counts for nothing, and what is about none of ours is kept for a while.
    """
    lock(connection, channel)
    news = [report for report in reports if report.arrived is not None]
    rows = _new_only(connection, channel, [_row(channel, report) for report in news])
    insert_new(
        connection,
        receipts,
        [
            {"id": id_, "received_at": now, **row}
            for id_, row in zip(new_ids(now, len(rows)), rows, strict=True)
        ],
    )
    names = sorted({name for one in news for name in (one.out_id, one.reference) if name})
    adopt_unanswered(connection, channel, names)
    _judge(connection, channel, names, routes=routes, now=now)
    return len(rows)


def arrived(connection: Connection, channel: str, out_ids: Collection[str]) -> set[str]:
    """Answer which of our messages a receipt says something good of, whole or in part."""
    query = select(receipts.c.message).where(
        receipts.c.channel == channel,
        receipts.c.arrived,
        among(connection, receipts.c.message, out_ids),
    )
    return set(connection.scalars(query)) if out_ids else set()


def give_up_waiting(
    connection: Connection, expected: Expected, *, routes: Routes, now: datetime
) -> int:
    """Let what nobody confirmed in time go by its next route; answer how many that were.

    Without another route a message stays sent, and its receipt may still come.
    """
    lock(connection, expected.channel)
    rows = connection.execute(
        select(awaited)
        .where(awaited.c.channel == expected.channel, awaited.c.missed_at <= now)
        .order_by(awaited.c.missed_at)
        .limit(_AT_ONCE)
    ).all()
    gone = 0
    for row in rows:
        fallen = _fallen(connection, row, (NoticeState.SENT,), NO_RECEIPT, may_repeat=True)
        moved = fallen is not None and take_next_route(
            connection, fallen, routes, now=now, or_else_keep=True
        )
        gone += moved
        ended = Ended.MISSED.value if moved else None
        _note(connection, row.attempt_id, {"missed_at": None, "ended": ended})
    return gone


def lock(connection: Connection, channel: str) -> None:
    """Let answers and receipts of a channel be written one after the other: neither misses the other."""
    hold(connection, [f"*receipts {channel}"])


def _row(channel: str, report: Report) -> dict[str, Any]:
    return {
        "channel": channel,
        "message": (report.out_id or report.reference)[:200],
        "part": report.part,
        "arrived": report.arrived,
        "parts": report.parts,
        "reason": report.reason[:64],
        "reported_at": report.at,
    }


def _new_only(
    connection: Connection, channel: str, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Leave out what was said before, now or earlier."""
    kept = {(row["message"], row["part"], row["arrived"]): row for row in reversed(rows)}
    known = connection.execute(
        select(receipts.c.message, receipts.c.part, receipts.c.arrived).where(
            receipts.c.channel == channel,
            among(connection, receipts.c.message, {row["message"] for row in rows}),
        )
    ).all()
    return [
        row for key, row in kept.items() if row["message"] and key not in set(map(tuple, known))
    ]


def _known(connection: Connection, channel: str, names: Sequence[str]) -> bool:
    query = select(receipts.c.id).where(
        receipts.c.channel == channel, among(connection, receipts.c.message, names)
    )
    return connection.execute(query.limit(1)).first() is not None


def _judge(
    connection: Connection,
    channel: str,
    names: Sequence[str],
    *,
    routes: Routes,
    now: datetime,
) -> None:
    """Look at all that was said of messages, and move what they carried."""
    rows = connection.execute(
        select(awaited)
        .where(
            awaited.c.channel == channel,
            or_(
                among(connection, awaited.c.out_id, names),
                among(connection, awaited.c.reference, names),
            ),
            or_(awaited.c.ended.is_(None), awaited.c.ended != Ended.DELIVERED.value),
        )
        .order_by(awaited.c.attempt_id)
        .with_for_update()
    ).all()
    for row in rows:
        ended = _verdict(connection, row)
        if ended is Ended.DELIVERED:
            _deliver(connection, row, now=now)
        elif ended is Ended.FAILED and row.ended is None:
            states = (NoticeState.SENT, NoticeState.UNKNOWN)
            fallen = _fallen(connection, row, states, NOT_DELIVERED)
            if fallen is not None:
                take_next_route(connection, fallen, routes, now=now)
        if ended is not None:
            _note(
                connection,
                row.attempt_id,
                {"ended": ended.value, "missed_at": None, "ask_at": None},
            )


def _verdict(connection: Connection, row: Row[Any]) -> Ended | None:
    """Answer what all receipts of a message say together; a part that arrived did arrive."""
    said = connection.execute(
        select(receipts.c.part, receipts.c.parts, receipts.c.arrived).where(
            receipts.c.channel == row.channel,
            receipts.c.message.in_([name for name in (row.out_id, row.reference) if name]),
        )
    ).all()
    there = {one.part for one in said if one.arrived}
    if there and len(there) >= max(one.parts for one in said):
        return Ended.DELIVERED
    return Ended.FAILED if {one.part for one in said if not one.arrived} - there else None


def _deliver(connection: Connection, row: Row[Any], *, now: datetime) -> None:
    """Let what a message said be delivered; also what waits to be said again, or was given up."""
    became = connection.execute(
        update(notices)
        .where(
            notices.c.id == row.notice_id,
            notices.c.state.in_([state.value for state in _MAY_ARRIVE]),
        )
        .values(
            state=NoticeState.DELIVERED.value,
            reason=None,
            ended_at=now,
            next_attempt_at=None,
            lease_until=None,
        )
    )
    if became.rowcount:
        said = _said(connection, row.attempt_id)
        because = Because(None, row.notice_id, row.attempt_id)
        # What was under way without an answer was sent first of all.
        move_said(connection, dict.fromkeys(said, because), now=now)
        own = connection.scalars(
            select(tellings.c.id).where(tellings.c.id.in_(said), tellings.c.via.is_(None))
        )
        move_each(connection, dict.fromkeys(own, because), Outcome.DELIVERED, now=now)
        connection.execute(
            update(attempts).where(attempts.c.notice_id == row.notice_id).values(sealed_body=None)
        )


_MAY_ARRIVE = (NoticeState.SENT, NoticeState.FAILED, NoticeState.UNKNOWN)
"""States of a notice that a receipt may make delivered; one being sent has its answer first."""


def _fallen(
    connection: Connection,
    row: Row[Any],
    states: Sequence[NoticeState],
    reason: str,
    *,
    may_repeat: bool = False,
) -> Fallen | None:
    """Answer what goes by another route; None: its notice has gone its way already."""
    held = claims_of(connection, [row.notice_id], states)
    if not held:
        return None
    claim = held[0]
    said = _said(connection, row.attempt_id)
    again = may_repeat or claim.may_repeat
    return Fallen(claim, said, reason, again, row.attempt_id)


def _said(connection: Connection, attempt_id: str) -> tuple[str, ...]:
    """Answer what a message said; an echo what its notice did, or what it took over from that."""
    query = select(attempts.c.telling_ids).where(attempts.c.id == attempt_id)
    said = tuple(json.loads(connection.execute(query).scalar_one()))
    if said:
        return said
    source = func.coalesce(notices.c.echo_of, notices.c.id)
    echoed = (
        select(tellings.c.id)
        .join(notices, source == tellings.c.notice_id)
        .join(attempts, attempts.c.notice_id == notices.c.id)
        .where(attempts.c.id == attempt_id)
    )
    return tuple(connection.scalars(echoed))


def _note(connection: Connection, attempt_id: str, values: dict[str, Any]) -> None:
    connection.execute(update(awaited).where(awaited.c.attempt_id == attempt_id).values(values))
