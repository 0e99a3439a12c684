"""At a person's slot: waiting steps become tellings, tellings become one notice (DESIGN.md 3a).

A slot is opened in short units of work, each holding a batch of alerts, so that nobody waits long
for the database; its notices are published to delivery together at the end. A crash in between
loses nothing: opening the slot again goes on where it stopped, because what is done no longer waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from alerts import batch
from alerts.batch import Slot
from alerts.desk import Desk, Opening, publish
from alerts.directory import Directory
from alerts.expected_slots import window_of
from alerts.lateness import Lateness
from alerts.matter_notices import close_gaps, open_gaps, tell_between, tell_matters
from alerts.matters import still_open
from alerts.recipients import Gap, Ladder
from alerts.slot_marks import all_opened, mark_opened
from alerts.staggering import Staggers
from alerts.takeovers import Wish, take_over
from alerts.timetable import Timetable
from alerts.vacancies import open_vacancies
from alerts.windows import Window, is_urgent_waiting, waiting_alerts
from ledgers.database import Database
from schedules.calendars import shifted_days

_BATCH = 400
"""Alerts in one unit of work: well under a second on both databases."""


@dataclass(slots=True)
class Opened:
    """What opening a slot did. `unreachable`: steps nobody up to the operator can be told of."""

    tellings: int = 0
    merged: int = 0
    notices: int = 0
    held: int = 0
    unreachable: int = 0
    late: dict[Lateness, int] = field(default_factory=dict)


def open_slot(
    database: Database, timetable: Timetable, role: str, slot_day: date, *, now: datetime
) -> Opened:
    """Open a role's slot: its own waiting steps, and those it passes on or stands in for.

    Opening it again, or on two daemons at once, adds nothing. `now` may be later than the slot.
    """
    windows = tuple(windows_of(timetable, role, slot_day))
    slot = _slot(timetable, role, slot_day, windows, now=now)
    return _open(database, timetable, slot, now=now, is_whole=True)


def open_between(
    database: Database, timetable: Timetable, role: str, day: date, *, now: datetime
) -> Opened:
    """Open a workday between two slots: only what has just become overdue, where a role wants it."""
    digest = timetable.configuration.delivery.digest_of(role)
    plan = timetable.plans[role]
    last = plan.on_or_before(day)
    if last == day or "overdue" not in digest.between or not timetable.calendar.is_workday(day):
        return Opened()
    window = Window(role, day, day, day, since=shifted_days(last, 1))
    return _open(database, timetable, _slot(timetable, role, day, (window,), now=now), now=now)


def open_urgent(database: Database, timetable: Timetable, *, now: datetime) -> Opened:
    """Tell urgent steps at once, whatever the hour."""
    today = timetable.today(now)
    total = Opened()
    with database.reading() as connection:
        if not is_urgent_waiting(connection):
            return total
    for role in timetable.configuration.roles:
        windows = (Window(role, today, today, today, urgent=True),)
        opening = Opening(
            f"urgent:{now:%Y-%m-%dT%H:%M:%S.%fZ}", "urgent", now, timetable.patience(urgent=True)
        )
        slot = Slot(role, today, windows, opening, anyone=True)
        _add(total, _open(database, timetable, slot, now=now))
    return total


def open_due(database: Database, timetable: Timetable, *, now: datetime) -> Opened:
    """Open every role's slot that has begun and was not opened: what a daemon and a tick call.

    Matters that do not wait for a slot are told too.
    A role seen for the first time starts with its next slot: a site set up on a Tuesday does not
    send Monday's messages.
    """
    total = Opened()
    daily = []
    looked: set[tuple[str, date]] = set()
    roles = timetable.configuration.roles
    with database.reading() as connection:
        opened = {kind: all_opened(connection, kind, roles) for kind in ("slot", "between")}
    for role in roles:
        for kind, day in _begun(timetable, role, now):
            if kind == "between" and timetable.calendar.is_workday(day):
                daily.append(role)
            last = opened[kind].get(role)
            if last is not None and last >= day:
                continue
            if (role, day) not in looked:
                open_vacancies(database, timetable.configuration, role, today=day, now=now)
                looked.add((role, day))
            if last is not None:
                opener = open_slot if kind == "slot" else open_between
                _add(total, opener(database, timetable, role, day, now=now))
            with database.writing() as connection:
                mark_opened(connection, kind, role, day, now=now)
    total.notices += tell_between(database, timetable, daily=daily, now=now)
    return total


def _begun(timetable: Timetable, role: str, now: datetime) -> Iterator[tuple[str, date]]:
    yield "slot", timetable.current_slot(role, now)
    today = timetable.today(now)
    if timetable.plans[role].instant(today) <= now:
        yield "between", today


def windows_of(timetable: Timetable, role: str, slot_day: date) -> Iterator[Window]:
    """Yield what a slot takes: of the role's own, and of those it passes on or stands in for."""
    ladder = Ladder.of(timetable.configuration, Directory({}, {}, {}, frozenset(), None))
    for asked in timetable.configuration.roles:
        if role in ladder.rungs(asked):
            yield window_of(timetable, asked, through=role, slot_day=slot_day)


def _slot(
    timetable: Timetable,
    role: str,
    slot_day: date,
    windows: Sequence[Window],
    *,
    now: datetime,
) -> Slot:
    instant = timetable.plans[role].instant(slot_day)
    opening = Opening(
        f"digest:{instant:%Y-%m-%dT%H:%M:%SZ}",
        "digest",
        timetable.due_at(instant, now=now),
        timetable.patience(urgent=False),
        timetable.cap_period(role, slot_day),
    )
    return Slot(role, slot_day, tuple(windows), opening)


def _open(
    database: Database, timetable: Timetable, slot: Slot, *, now: datetime, is_whole: bool = False
) -> Opened:
    # A slot that opens late finds other people at their posts than on its day.
    today = max(slot.day, timetable.today(now))
    with database.reading() as connection:
        directory = Directory.load(connection, today)
    if is_whole:
        asked = [window.role for window in slot.windows]
        take_over(database, Wish(timetable.configuration, directory, asked, today))
    with database.reading() as connection:
        alert_ids = waiting_alerts(connection, slot.windows)
    total = Opened()
    gaps: dict[Gap, None] = {}
    for at in range(0, len(alert_ids), _BATCH):
        with database.writing() as connection:
            done = batch.write(
                connection,
                batch.Task(slot, timetable, directory, alert_ids[at : at + _BATCH], today),
                now=now,
            )
        gaps.update(done.gaps)
        total.tellings += done.tellings
        total.merged += done.merged
        total.unreachable += done.unreachable
        for lateness, count in done.late.items():
            total.late[lateness] = total.late.get(lateness, 0) + count
    with database.writing() as connection:
        ladder = Ladder.of(timetable.configuration, directory)
        open_gaps(connection, timetable.configuration, list(gaps), now=now)
        close_gaps(connection, ladder, now=now)
        if slot.opening.klass == "digest":
            found = still_open(connection, role=slot.role, untold_on=slot.day)
            desk = Desk(connection, slot.opening, now)
            tell_matters(desk, ladder, found, day=slot.day)
        hold_over = timetable.configuration.delivery.hold_backlog_over
        total.notices, total.held = publish(
            connection,
            slot.opening,
            hold_over=hold_over,
            now=now,
            staggers=Staggers.of(timetable) if slot.opening.klass == "digest" else None,
        )
    return total


def _add(total: Opened, more: Opened) -> None:
    total.tellings += more.tellings
    total.merged += more.merged
    total.notices += more.notices
    total.held += more.held
    total.unreachable += more.unreachable
    for lateness, count in more.late.items():
        total.late[lateness] = total.late.get(lateness, 0) + count
