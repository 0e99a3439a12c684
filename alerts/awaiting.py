"""Messages whose receipts are still out: which they are, and which to ask for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from alerts.inserting import insert_new
from alerts.settle import Answer
from alerts.states import NoticeState
from alerts.tables import attempts, awaited, notices, receipts
from channels.inbound import Asked
from config.lean import dataclass
from ledgers.among import among
from ledgers.ids import new_id
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons

_KEPT = timedelta(days=30)
"""For so long something may still be said of a message."""

_FIRST_ASKED_AFTER = timedelta(minutes=1)
_ASKED_FOR = timedelta(days=3)
"""Vendors keep what became of an SMS for three days at least."""

_SELDOMEST = timedelta(hours=6)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a channel. `within` None: receipts may take any time.

    `is_asked`: its far side does not tell by itself.
    """

    channel: str
    within: timedelta | None = None
    is_asked: bool = False


def await_receipts(
    connection: Connection, expected: Expected, accepted: Sequence[Answer]
) -> list[str]:
    """Await receipts of messages just taken; answer the names by which they may come."""
    rows = [_row(expected, answer) for answer in accepted]
    if rows:
        connection.execute(insert(awaited), rows)
    return [str(row[name]) for row in rows for name in ("out_id", "reference") if row[name]]


def adopt_unanswered(connection: Connection, channel: str, names: Sequence[str]) -> None:
    """Await receipts also of attempts whose answer was lost, unless they are just being repeated."""
    notice_ids = {name.partition(".")[0] for name in names}
    rows = connection.execute(
        select(attempts.c.id, attempts.c.notice_id, attempts.c.out_id, attempts.c.started_at)
        .join(notices, notices.c.id == attempts.c.notice_id)
        .where(
            among(connection, attempts.c.notice_id, notice_ids),
            attempts.c.channel == channel,
            attempts.c.result == "unknown",
            notices.c.state == NoticeState.UNKNOWN.value,
        )
        .order_by(attempts.c.started_at)
    ).all()
    last = {row.out_id: row for row in rows if row.out_id in names}
    insert_new(
        connection,
        awaited,
        [
            {
                "attempt_id": row.id,
                "notice_id": row.notice_id,
                "channel": channel,
                "out_id": row.out_id,
                "reference": "",
                "sent_at": row.started_at,
            }
            for row in last.values()
        ],
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a far side said of a notice's message. `reason` is the vendor's own code."""

    received_at: datetime
    channel: str
    part: int
    arrived: bool
    reason: str


def heard_of(connection: Connection, notice_id: str) -> list[Heard]:
    """Answer all that was said of a notice's messages, in the order it came in."""
    named = or_(
        receipts.c.message == awaited.c.out_id,
        and_(awaited.c.reference != "", receipts.c.message == awaited.c.reference),
    )
    rows = connection.execute(
        select(receipts)
        .distinct()
        .join(awaited, and_(awaited.c.channel == receipts.c.channel, named))
        .where(awaited.c.notice_id == notice_id)
        .order_by(receipts.c.id)
    )
    return [Heard(row.received_at, row.channel, row.part, row.arrived, row.reason) for row in rows]


def to_ask(
    connection: Connection, channel: str, vault: Vault, *, kind: str, now: datetime
) -> list[Asked]:
    """Answer messages to ask the far side for now, the oldest first, and when to ask again.

    `kind` is the kind of address the channel has. A message is asked for after a minute, then ever
    more seldom, and after three days no more.
    """
    sealed = persons.c[f"sealed_{kind}"]
    rows = connection.execute(
        select(awaited, notices.c.person_id, sealed.label("sealed"))
        .join(notices, notices.c.id == awaited.c.notice_id)
        .join(persons, persons.c.id == notices.c.person_id)
        .where(awaited.c.channel == channel, awaited.c.ask_at <= now)
        .order_by(awaited.c.ask_at)
        .limit(_AT_ONCE)
    ).all()
    if rows:
        connection.execute(
            update(awaited)
            .where(awaited.c.attempt_id == bindparam("attempt"))
            .values(ask_at=bindparam("again")),
            [{"attempt": row.attempt_id, "again": _ask_again(row.sent_at, now)} for row in rows],
        )
    return [
        Asked(
            row.out_id,
            row.reference,
            vault.open(row.sealed, Spot("persons", f"sealed_{kind}", row.person_id)),
            row.sent_at,
        )
        for row in rows
        if row.sealed is not None
    ]


def forget(connection: Connection, *, now: datetime) -> None:
    """Delete what no far side speaks of any more."""
    before = new_id(now - _KEPT)
    connection.execute(delete(awaited).where(awaited.c.attempt_id < before))
    connection.execute(delete(receipts).where(receipts.c.id < before))


def _row(expected: Expected, answer: Answer) -> dict[str, Any]:
    handover = answer.handover
    reference = answer.receipt.reference[:200] if answer.receipt else ""
    return {
        "attempt_id": handover.attempt_id,
        "notice_id": handover.claim.notice_id,
        "channel": expected.channel,
        "out_id": handover.message.out_id,
        "reference": reference,
        "sent_at": answer.at,
        "missed_at": answer.at + expected.within if expected.within else None,
        "ask_at": answer.at + _FIRST_ASKED_AFTER if expected.is_asked else None,
    }


def _ask_again(sent_at: datetime, now: datetime) -> datetime | None:
    age = now - sent_at
    if age >= _ASKED_FOR:
        return None
    return now + min(max(age / 2, _FIRST_ASKED_AFTER), _SELDOMEST)
