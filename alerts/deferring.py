"""Acknowledgements and silences: they defer what is told, they never use it up."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from alerts.errors import DeferralTooLong, SilenceBackwards, SilenceUnknown
from alerts.tables import alerts, silences
from config.lean import dataclass
from ledgers.ids import new_id

LONGEST_ACK = timedelta(days=30)
"""Longer than this is no acknowledgement but a silence, which is listed and has an end."""


GRACE = timedelta(days=14)
"""Days past its deadline up to which a matter may be put off; what is later is told."""


class Reason(StrEnum):
    """Reason nothing is told for a while. Closed, so that no child's story is kept in plain text."""

    IN_HAND = "in-hand"
    APPOINTED = "appointed"
    AWAY = "away"
    HANDING_OVER = "handing-over"
    CHECKING = "checking"
    EMERGENCY = "emergency"
    TRIAL = "trial"
    OTHER = "other"


class Scope(StrEnum):
    """What a silence lies over. A region's covers all divisions below it."""

    ENTRY = "entry"
    REGION = "region"
    PERSON = "person"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement up to `until` (included). `rule` None: of everything that is open."""

    until: date
    reason: Reason = Reason.IN_HAND
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence over something from the first to the last of `days`. `by` None: the office."""

    scope: Scope
    target: str
    days: tuple[date, date]
    reason: Reason
    by: str | None = None


def ack(connection: Connection, entry_id: str, wish: Ack, *, today: date) -> int:
    """Tell nothing new of an entry's open alerts for a while; answer of how many.

    Each at most up to 14 days past its deadline; one that is later than that is not put off.

    Raises:
        DeferralTooLong: more than 30 days from today.
    """
    if wish.until - today > LONGEST_ACK:
        raise DeferralTooLong(LONGEST_ACK.days)
    found = select(alerts.c.id, alerts.c.due_on).where(
        alerts.c.entry_id == entry_id, alerts.c.closed_at.is_(None)
    )
    if wish.rule is not None:
        found = found.where(alerts.c.rule == wish.rule)
    wishes = [
        {"put_off": row.id, "until": min(wish.until, row.due_on + GRACE)}
        for row in connection.execute(found)
        if row.due_on + GRACE >= today
    ]
    if wishes:
        one = (
            update(alerts)
            .where(alerts.c.id == bindparam("put_off"))
            .values(deferred_until=bindparam("until"), deferred_reason=wish.reason.value)
        )
        connection.execute(one, wishes)
    return len(wishes)


def silence(connection: Connection, wish: Silence, *, now: datetime) -> str:
    """Say nothing about something for a while; answer the silence's id.

    Raises:
        SilenceBackwards: it would end before it begins.
    """
    from_on, to_on = wish.days
    if to_on < from_on:
        raise SilenceBackwards(from_on, to_on)
    id_ = new_id(now)
    connection.execute(
        silences.insert().values(
            id=id_,
            scope=wish.scope.value,
            target=wish.target,
            from_on=from_on,
            to_on=to_on,
            reason=wish.reason.value,
            made_by=wish.by,
            made_at=now,
        )
    )
    return id_


def end_silence(
    connection: Connection,
    silence_id: str,
    *,
    now: datetime,
    only: ColumnElement[bool] | None = None,
) -> None:
    """End a silence before its last day; one that has ended stays as it is.

    `only` some silences may be ended (`alerts.within`); None: all.

    Raises:
        SilenceUnknown: there is none of that id, or none of those.
    """
    found = select(silences.c.id).where(silences.c.id == silence_id)
    if only is not None:
        found = found.where(only)
    if connection.scalar(found) is None:
        raise SilenceUnknown(silence_id)
    connection.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.ended_at.is_(None))
        .values(ended_at=now)
    )
