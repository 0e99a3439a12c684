"""Matters reach whoever must mend them: in the digest, the same day, or once a day until mended.

Only the notice is made here; its text lists what is open when it is sent (`alerts.concerns`).
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from alerts.desk import Desk, Opening, lock_opening, publish
from alerts.directory import OPERATOR, Directory
from alerts.matters import (
    ABOUT_ENTRIES,
    Matter,
    MatterKind,
    OpenMatter,
    close_matters,
    mark_told,
    open_matters,
    still_open,
)
from alerts.recipients import Addressee, Gap, Ladder, Subject
from alerts.timetable import Timetable
from config.model import Configuration
from ledgers.database import Database

CLASS = "matter"
"""Class of a notice that was made for matters alone."""


def tell_matters(desk: Desk, ladder: Ladder, found: Sequence[OpenMatter], *, day: date) -> int:
    """See that each matter has a reader's notice at this desk; answer how many have.

    A matter nobody can be told of stays untold; one its only reader recorded counts as told.
    """
    addressees = {matter.id: _addressees(ladder, matter.matter) for matter in found}
    desk.prepare({one for readers in addressees.values() for one in readers or ()})
    told = [
        id_
        for id_, readers in addressees.items()
        if readers is not None
        and (not readers or [one for one in readers if desk.place(one, late=False) is not None])
    ]
    desk.write()
    mark_told(desk.connection, told, day)
    return len(told)


def tell_between(
    database: Database, timetable: Timetable, *, daily: Sequence[str], now: datetime
) -> int:
    """Tell what does not wait for a slot; answer how many notices were made.

    A child who is not well or twice not reached is told the same day, outside quiet hours. A post
    nobody holds is told again on each workday, at their hour, to the roles in `daily`.
    """
    today = timetable.today(now)
    with database.reading() as connection:
        if not _pressing(connection, daily, today):
            return 0
    with database.writing() as connection:
        lock_opening(connection, CLASS)
        found = _pressing(connection, daily, today)
        ladder = Ladder.of(timetable.configuration, Directory.load(connection, today))
        opening = Opening(
            f"{CLASS}:{now:%Y-%m-%dT%H:%M:%S.%fZ}",
            CLASS,
            timetable.due_at(now, now=now),
            timetable.patience(urgent=False),
        )
        tell_matters(Desk(connection, opening, now), ladder, found, day=today)
        return publish(connection, opening, hold_over=len(found), now=now)[0]


def open_gaps(
    connection: Connection,
    configuration: Configuration,
    gaps: Sequence[Gap],
    *,
    now: datetime,
) -> None:
    """Open a matter for each post nobody holds, told to the rung above it."""
    open_matters(
        connection,
        [
            Matter(
                MatterKind.NO_RECIPIENT,
                f"{gap.role}:{gap.region}",
                configuration.roles[gap.role].up or OPERATOR,
                gap.region,
            )
            for gap in gaps
        ],
        now=now,
    )


def close_gaps(connection: Connection, ladder: Ladder, *, now: datetime) -> None:
    """Close the matters of posts that somebody holds again."""
    filled = [
        matter.matter.subject
        for matter in still_open(connection, kind=MatterKind.NO_RECIPIENT)
        if matter.matter.subject.split(":", 1)[0] in ladder.roles
        and ladder.is_filled(Gap(*matter.matter.subject.split(":", 1)))
    ]
    if filled:
        close_matters(connection, MatterKind.NO_RECIPIENT, filled, now=now)


def _addressees(ladder: Ladder, matter: Matter) -> set[Addressee] | None:
    """Answer who reads of a matter, without whoever recorded it; None: nobody can be reached."""
    recorder = matter.detail.get("recorded_by")
    found = ladder.recipients(
        matter.role,
        Subject("", matter.region or ""),
        recorded_by=recorder if isinstance(recorder, str) else None,
    ).recipients
    reached = {one.addressee for one in found if one.addressee is not None}
    return None if found and not reached else reached


def _pressing(connection: Connection, daily: Sequence[str], today: date) -> list[OpenMatter]:
    return [
        found
        for found in still_open(connection, untold_on=today)
        if found.matter.role != OPERATOR
        and (
            _is_new_about_a_child(found)
            or (found.matter.kind == MatterKind.NO_RECIPIENT and found.matter.role in daily)
        )
    ]


def _is_new_about_a_child(matter: OpenMatter) -> bool:
    return matter.matter.kind in ABOUT_ENTRIES and matter.last_told_on is None
