"""Legal holds: while one lasts, nothing of an entry or a person is erased or reduced."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from config.lean import dataclass
from ledgers.ids import new_id
from ledgers.rights_tables import legal_holds

REASONS = ("court", "inquiry", "audit", "complaint", "statute", "other")
"""Why something must be kept."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Whom it is on, and why; `made_by` as the audit chain names them.

    `until_on` is its last day; None: until it is ended.
    """

    subject: str
    reason: str
    from_on: date
    until_on: date | None
    made_by: str


def add_hold(connection: Connection, hold: Hold, *, now: datetime) -> str:
    """Hold an entry or a person; answer the hold's id."""
    id_ = new_id(now)
    row = {**asdict(hold), "made_by": hold.made_by[:100]}
    connection.execute(insert(legal_holds).values(id=id_, made_at=now, **row))
    return id_


def end_holds(connection: Connection, subject: str, *, now: datetime) -> int:
    """End all holds on an entry or a person; answer how many there were."""
    ended = update(legal_holds).where(
        legal_holds.c.subject == subject, legal_holds.c.ended_at.is_(None)
    )
    return connection.execute(ended.values(ended_at=now)).rowcount


def holds_on(
    connection: Connection, *, today: date, subjects: Collection[str] | None = None
) -> list[Hold]:
    """Answer the holds that last, the oldest first; of some subjects, or all."""
    query = select(legal_holds).where(lasts(today)).order_by(legal_holds.c.id)
    if subjects is not None:
        query = query.where(legal_holds.c.subject.in_(subjects))
    return [
        Hold(row.subject, row.reason, row.from_on, row.until_on, row.made_by)
        for row in connection.execute(query)
    ]


def is_held(subject: ColumnElement[str], today: date) -> ColumnElement[bool]:
    """Say that a hold lasts on what a column names."""
    return select(legal_holds.c.id).where(legal_holds.c.subject == subject, lasts(today)).exists()


def lasts(today: date) -> ColumnElement[bool]:
    """Say that a hold has begun and is not over."""
    return and_(
        legal_holds.c.ended_at.is_(None),
        legal_holds.c.from_on <= today,
        or_(legal_holds.c.until_on.is_(None), legal_holds.c.until_on >= today),
    )
