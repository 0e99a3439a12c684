"""Which slots a span of days opens, in which order, and who had messages already in its periods."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from alerts.digest import windows_of
from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.slot_marks import last_opened
from alerts.states import NoticeState
from alerts.tables import notices
from alerts.windows import Window
from config.lean import dataclass
from schedules.calendars import shifted_days

_LONGEST_PERIOD = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Due:
    """A slot that is opened on the day `on`; `slot_day` lies before it only for one that was missed."""

    role: str
    on: date
    slot_day: date
    slot: str
    windows: tuple[Window, ...]
    due_at: datetime
    cap: tuple[int, datetime, datetime] | None


def due_slots(connection: Connection, in_force: InForce, span: Span) -> Iterator[Due]:
    """Yield the slots of all roles, and the workdays between them, by their instants.

    A slot that was missed before the span is opened on its first day; one already opened is not.
    """
    found: list[tuple[datetime, int, Due]] = []
    for order, role in enumerate(in_force.configuration.roles):
        for opened_at, due in _of_role(connection, in_force, span, role):
            found.append((opened_at, order, due))
    found.sort(key=lambda one: (one[0], one[1]))
    yield from (due for _at, _order, due in found)


def _of_role(
    connection: Connection, in_force: InForce, span: Span, role: str
) -> Iterator[tuple[datetime, Due]]:
    timetable = in_force.timetable
    plan = timetable.plans[role]
    start = datetime.combine(span.first, time.min, timetable.zone)
    last = last_opened(connection, "slot", role)
    missed = timetable.current_slot(role, start)
    if last is not None and last < missed:
        yield start, _slot(in_force, role, missed, now=start)
    begin = span.first if last is None else max(span.first, shifted_days(last, 1))
    for day in plan.slots_between(begin, span.last):
        instant = plan.instant(day)
        yield instant, _slot(in_force, role, day, now=instant)
    yield from _between(connection, in_force, span, role)


def _between(
    connection: Connection, in_force: InForce, span: Span, role: str
) -> Iterator[tuple[datetime, Due]]:
    timetable = in_force.timetable
    plan = timetable.plans[role]
    if "overdue" not in in_force.configuration.delivery.digest_of(role).between:
        return
    # Nothing is told on the day that a role is first looked at: see `digest.open_due`.
    last = last_opened(connection, "between", role) or span.first
    day = max(span.first, shifted_days(last, 1))
    while day <= span.last:
        slot = plan.on_or_before(day)
        if slot != day and in_force.calendar.is_workday(day):
            window = Window(role, day, day, day, since=shifted_days(slot, 1))
            instant = plan.instant(day)
            yield instant, _due(in_force, role, day, (window,), now=instant)
        day = shifted_days(day, 1)


def _slot(in_force: InForce, role: str, day: date, *, now: datetime) -> Due:
    return _due(in_force, role, day, tuple(windows_of(in_force.timetable, role, day)), now=now)


def _due(
    in_force: InForce, role: str, day: date, windows: tuple[Window, ...], *, now: datetime
) -> Due:
    timetable = in_force.timetable
    instant = timetable.plans[role].instant(day)
    return Due(
        role=role,
        on=timetable.today(now),
        slot_day=day,
        slot=f"{instant:%Y-%m-%dT%H:%M:%SZ}",
        windows=windows,
        due_at=timetable.due_at(instant, now=now),
        cap=timetable.cap_period(role, day),
    )


def caps_used(connection: Connection, in_force: InForce, span: Span) -> dict[str, list[datetime]]:
    """Answer when each person was due a message in the periods that reach into the span."""
    begins = datetime.combine(span.first, time.min, in_force.timetable.zone) - _LONGEST_PERIOD
    rows = connection.execute(
        select(notices.c.person_id, notices.c.due_at).where(
            notices.c["class"] == "digest",
            notices.c.state != NoticeState.EMPTY.value,
            notices.c.due_at >= begins,
        )
    )
    found: dict[str, list[datetime]] = defaultdict(list)
    for person, due_at in rows:
        found[person].append(due_at)
    return dict(found)
