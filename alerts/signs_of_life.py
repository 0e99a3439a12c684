"""The daily word to the operator: that the watch is kept, what went out, and what is the matter."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from alerts.desk import Desk, Opening, publish
from alerts.directory import OPERATOR
from alerts.matters import mark_told, still_open
from alerts.recipients import Ladder, Subject
from alerts.states import NoticeState
from alerts.tables import notices
from alerts.timetable import Timetable
from alerts.views import Concern, Day, OperatorView
from ledgers.database import Database

_DAY = timedelta(days=1)


def open_operator_notice(
    database: Database, timetable: Timetable, day: date, *, now: datetime
) -> int:
    """Make the operator's notice of a day, the canary; a second call adds nothing.

    Answers how many notices were published: 0 too when the operator has no address.
    """
    with database.writing() as connection:
        ladder = Ladder.to_operator(connection, timetable.configuration, day)
        opening = Opening(
            f"{OPERATOR}:{day.isoformat()}",
            OPERATOR,
            timetable.due_at(now, now=now),
            timetable.patience(urgent=False),
        )
        found = ladder.recipients(OPERATOR, Subject("", "")).recipients
        addressees = {one.addressee for one in found if one.addressee is not None}
        desk = Desk(connection, opening, now)
        desk.prepare(addressees)
        for addressee in addressees:
            desk.place(addressee, late=False)
        desk.write()
        mark_told(connection, [m.id for m in still_open(connection, role=OPERATOR)], day)
        return publish(connection, opening, hold_over=len(addressees), now=now)[0]


def operator_view(
    connection: Connection,
    office: str,
    today: Day,
    concerns: tuple[Concern, ...],
    *,
    now: datetime,
) -> OperatorView:
    """Count what delivery did in the past day and what stands there now."""
    ended = _counts(connection, notices.c.ended_at > now - _DAY)
    standing = _counts(connection, notices.c.ended_at.is_(None))
    under_way = (NoticeState.PENDING, NoticeState.SENDING, NoticeState.UNKNOWN)
    return OperatorView(
        office=office,
        today=today,
        sent=ended.get(NoticeState.SENT, 0) + ended.get(NoticeState.DELIVERED, 0),
        waiting=sum(standing.get(state, 0) for state in under_way),
        held=standing.get(NoticeState.HELD, 0),
        failed=ended.get(NoticeState.FAILED, 0),
        concerns=concerns,
    )


def _counts(connection: Connection, which: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(
        select(notices.c.state, func.count())
        .where(which, notices.c["class"] != OPERATOR)
        .group_by(notices.c.state)
    )
    return {row[0]: row[1] for row in rows}
