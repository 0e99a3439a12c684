"""Messages that list an entry and are not through yet: what is to be sent is made without it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, select, update

from alerts.errors import StillSending
from alerts.outcomes import move
from alerts.states import NoticeState, Outcome
from alerts.tables import alerts, attempts, notices, tellings
from ledgers.among import among
from ledgers.codes import LENGTHS
from ledgers.tables import assignments, deputies, entries, post_holdings, posts

ERASED = "erased"
"""Why a telling goes back to wait: what it stood in is made anew without somebody."""


def withdraw(
    connection: Connection, entry_id: str, *, now: datetime, is_quiet: bool = False
) -> int:
    """Destroy the bytes of messages that may list an entry; answer how many are made anew.

    Such a message has no answer yet and would be sent again as it was. Whoever is told about the
    entry, or answers for where it lives, may have one; what else stood in it waits for the next.
    `is_quiet`: nobody is sending, as within a restore; what was on its way has no answer then.

    Raises:
        StillSending: one of them is on its way this very moment.
    """
    readers = _readers(connection, entry_id)
    rows = connection.execute(
        select(notices.c.id, notices.c.state)
        .where(notices.c.person_id.in_(readers), notices.c.ended_at.is_(None))
        .with_for_update()
    ).all()
    sending = [row.id for row in rows if row.state == NoticeState.SENDING.value]
    if sending and not is_quiet:
        raise StillSending
    unanswered = sending + [row.id for row in rows if row.state == NoticeState.UNKNOWN.value]
    if unanswered:
        _make_anew(connection, unanswered, now)
    return len(unanswered)


def _readers(connection: Connection, entry_id: str) -> Select[str]:
    lives_in = connection.scalars(select(entries.c.lives_in).where(entries.c.id == entry_id)).one()
    around = [lives_in[:length] for length in LENGTHS if length <= len(lives_in)]
    holders = select(post_holdings.c.person_id).join(posts).where(posts.c.region.in_(around))
    told = select(tellings.c.person_id).join(alerts).where(alerts.c.entry_id == entry_id)
    named = select(assignments.c.person_id).where(assignments.c.entry_id == entry_id)
    first_hand = holders.union(told, named).subquery()
    ids = select(first_hand.c[0])
    standing_in = select(deputies.c.deputy_id).where(deputies.c.person_id.in_(ids))
    return select(ids.union(standing_in).subquery().c[0])


def _make_anew(connection: Connection, notice_ids: Sequence[str], now: datetime) -> None:
    inside = select(tellings.c.id).where(
        among(connection, tellings.c.notice_id, notice_ids),
        tellings.c.state.in_([Outcome.UNKNOWN.value, Outcome.SENDING.value]),
    )
    waiting = list(connection.scalars(inside))
    of_them = among(connection, attempts.c.notice_id, notice_ids)
    connection.execute(update(attempts).where(of_them).values(sealed_body=None))
    lost = update(attempts).where(of_them, attempts.c.ended_at.is_(None))
    connection.execute(lost.values(ended_at=now, result="unknown", reason="crash"))
    connection.execute(
        update(notices)
        .where(among(connection, notices.c.id, notice_ids))
        .values(
            state=NoticeState.PENDING.value,
            next_attempt_at=now,
            lease_until=None,
            unknown_since=None,
            reason=ERASED,
        )
    )
    move(connection, waiting, Outcome.PENDING, now=now, reason=ERASED)
