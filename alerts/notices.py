"""Notices as an operator sees them: listed and shown by ids, states and codes; never their words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, true, update

from alerts.closing import end_closed
from alerts.directory import batches
from alerts.errors import NoticeUnknown
from alerts.holding import Allowed
from alerts.matters import MatterKind, close_matters
from alerts.outcomes import move
from alerts.states import NoticeState, Outcome
from alerts.tables import attempts, notices, tellings
from alerts.within import notices_within
from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.tables import persons


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in a list. `person` is a handle; `items` counts the tellings in it."""

    id: str
    person: str
    role: str
    channel: str
    klass: str
    slot: str
    revision: int
    state: NoticeState
    reason: str | None
    items: int
    tries: int
    made_at: datetime
    due_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt. `result` None: no answer yet; `detail` holds codes and phases only."""

    out_id: str
    channel: str
    started_at: datetime
    ended_at: datetime | None
    result: str | None
    reason: str | None
    detail: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One notice whole: its line, its tries, its tellings by state."""

    line: NoticeLine
    give_up_at: datetime
    may_repeat: bool
    tries: tuple[Try, ...]
    tellings: tuple[tuple[Outcome, int], ...]


def list_notices(
    connection: Connection,
    *,
    states: Iterable[NoticeState] = (),
    person: str | None = None,
    limit: int | None = None,
    within: Scope | None = None,
) -> list[NoticeLine]:
    """Answer notices, the newest first; of some states, of one person's handle, `within` divisions."""
    query = _lines(within).order_by(notices.c.due_at.desc(), notices.c.id.desc())
    wanted = [state.value for state in states]
    if wanted:
        query = query.where(notices.c.state.in_(wanted))
    if person is not None:
        query = query.where(persons.c.handle == person)
    return [_line(row) for row in connection.execute(query.limit(limit))]


def count_notices(connection: Connection, *, within: Scope | None = None) -> dict[NoticeState, int]:
    """Count all notices by state, or those `within` divisions; every state is there."""
    query = select(notices.c.state, func.count()).where(_lies(within))
    rows = connection.execute(query.group_by(notices.c.state))
    found: dict[str, int] = dict(iter(rows))
    return {state: found.get(state.value, 0) for state in NoticeState}


def show_notice(
    connection: Connection, notice_id: str, *, within: Scope | None = None
) -> NoticeShown:
    """Answer one notice whole.

    Raises:
        NoticeUnknown: there is none of that id, or none that lies `within` some divisions.
    """
    row = connection.execute(_lines(within).where(notices.c.id == notice_id)).one_or_none()
    if row is None:
        raise NoticeUnknown(notice_id)
    inside = connection.execute(
        select(tellings.c.state, func.count())
        .where(tellings.c.notice_id == notice_id)
        .group_by(tellings.c.state)
        .order_by(tellings.c.state)
    )
    return NoticeShown(
        _line(row),
        row.give_up_at,
        row.may_repeat,
        tuple(_tries(connection, notice_id)),
        tuple((Outcome(state), count) for state, count in inside),
    )


def failed_notices(connection: Connection, *, within: Scope | None = None) -> list[str]:
    """Answer the dead letters that can still be re-driven, the oldest first."""
    query = select(notices.c.id).where(
        notices.c.state == NoticeState.FAILED.value, _has_failed_tellings(), _lies(within)
    )
    return list(connection.scalars(query.order_by(notices.c.due_at, notices.c.id)))


def redrive(
    connection: Connection, notice_ids: Sequence[str], allowed: Allowed, *, now: datetime
) -> int:
    """Try dead letters again from the start; answer how many were.

    Only one whose tellings failed with it: what went on by another route is not said twice. Each
    is written anew when its turn comes, so what was done meanwhile is not in it.
    """
    count = 0
    for batch in batches(notice_ids):
        rows = connection.execute(
            select(notices)
            .where(
                notices.c.id.in_(batch),
                notices.c.state == NoticeState.FAILED.value,
                _has_failed_tellings(),
            )
            .with_for_update()
        ).all()
        count += sum(_redrive(connection, row, allowed, now=now) for row in rows)
    _close_matters(connection, now=now)
    return count


def _redrive(connection: Connection, row: Row[Any], allowed: Allowed, *, now: datetime) -> bool:
    due_at = now if row._mapping["class"] == "urgent" else allowed(now)
    changed = connection.execute(
        update(notices)
        .where(notices.c.id == row.id, notices.c.state == NoticeState.FAILED.value)
        .values(
            state=NoticeState.PENDING.value,
            reason=None,
            ended_at=None,
            unknown_since=None,
            next_attempt_at=due_at,
            # As long as if it had just been made.
            give_up_at=due_at + (row.give_up_at - row.due_at),
        )
    )
    if changed.rowcount == 0:
        return False
    query = select(tellings.c.id).where(
        tellings.c.notice_id == row.id, tellings.c.state == Outcome.FAILED.value
    )
    failed = list(connection.scalars(query))
    move(connection, failed, Outcome.PENDING, now=now, reason="operator")
    end_closed(connection, failed, now=now)
    return True


def _close_matters(connection: Connection, *, now: datetime) -> None:
    """Close “delivery failed” of channels that have no dead letter left."""
    left = set(
        connection.scalars(
            select(notices.c.channel)
            .distinct()
            .where(notices.c.state == NoticeState.FAILED.value, _has_failed_tellings())
        )
    )
    known = set(connection.scalars(select(notices.c.channel).distinct()))
    close_matters(connection, MatterKind.DELIVERY_FAILED, sorted(known - left), now=now)


def _has_failed_tellings() -> Any:
    return (
        select(tellings.c.id)
        .where(tellings.c.notice_id == notices.c.id, tellings.c.state == Outcome.FAILED.value)
        .exists()
    )


def _lies(within: Scope | None) -> ColumnElement[bool]:
    return true() if within is None else notices_within(within)


def _lines(within: Scope | None) -> Any:
    items = (
        select(func.count())
        .where(tellings.c.notice_id == notices.c.id)
        .scalar_subquery()
        .label("items")
    )
    query = select(notices, persons.c.handle, items)
    return query.join(persons, persons.c.id == notices.c.person_id).where(_lies(within))


def _line(row: Row[Any]) -> NoticeLine:
    return NoticeLine(
        id=row.id,
        person=row.handle,
        role=row.role,
        channel=row.channel,
        klass=row._mapping["class"],
        slot=row.slot,
        revision=row.revision,
        state=NoticeState(row.state),
        reason=row.reason,
        items=row.items,
        tries=row.attempts,
        made_at=row.made_at,
        due_at=row.due_at,
        next_try_at=row.next_attempt_at,
        ended_at=row.ended_at,
    )


def _tries(connection: Connection, notice_id: str) -> Iterable[Try]:
    columns = (
        attempts.c.out_id,
        attempts.c.channel,
        attempts.c.started_at,
        attempts.c.ended_at,
        attempts.c.result,
        attempts.c.reason,
        attempts.c.detail,
        attempts.c.reference,
    )
    query = select(*columns).where(attempts.c.notice_id == notice_id)
    return (Try(*row) for row in connection.execute(query.order_by(attempts.c.id)))
