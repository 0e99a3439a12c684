"""The outcome table of a trial: who got how much, what became of it, and was it done in time."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, or_, select

from alerts.states import Closed, NoticeState
from alerts.tables import alerts, notices, steps, tellings
from config.lean import dataclass
from ledgers.tables import persons, records

_SENT = frozenset({"sent", "delivered", "relayed"})
_WENT_OUT = (NoticeState.SENT.value, NoticeState.DELIVERED.value)


@dataclass(frozen=True, slots=True)
class Span:
    """Which days are counted, on whose clock, and of whom; None: of everybody."""

    first: date
    last: date
    zone: ZoneInfo
    person: str | None = None

    def holds(self, row: Any) -> bool:
        """Say whether something was made in these days."""
        day: date = row.made_at.astimezone(self.zone).date()
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """One role's year. `due`: matters told to it that fell due; `on_time`: done by then."""

    role: str
    messages: int
    outcomes: dict[str, int]
    due: int
    on_time: int
    escalations: int

    @property
    def rate(self) -> float | None:
        """The share that was done in time; None: nothing fell due."""
        return round(self.on_time / self.due, 3) if self.due else None


@dataclass(frozen=True, slots=True)
class Month:
    """The messages of a role in a month, and how many items stood in them."""

    month: str
    role: str
    messages: int
    items: int


@dataclass(frozen=True, slots=True)
class WorstWeek:
    """The week in which a person got the most messages. `person` is a handle."""

    person: str
    role: str
    week: str
    messages: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everything the outcome table shows, in a lasting order."""

    roles: tuple[RoleFigures, ...]
    months: tuple[Month, ...]
    weeks: tuple[WorstWeek, ...]


def read_outcomes(connection: Connection, span: Span, roles: Iterable[str]) -> Outcomes:
    """Count what a trial left behind; what the operator gets is not counted."""
    sent = _sent(connection, span)
    told = _told(connection, span)
    items = Counter(row.notice_id for row in told if row.state in _SENT)
    return Outcomes(
        tuple(_role(role, sent, told, span) for role in roles),
        tuple(_months(sent, items, span)),
        tuple(_worst(sent, span)),
    )


def _sent(connection: Connection, span: Span) -> list[Any]:
    query = (
        select(
            notices.c.id, notices.c.role, notices.c.made_at, notices.c.ended_at, persons.c.handle
        )
        .join(persons, persons.c.id == notices.c.person_id)
        .where(notices.c.state.in_(_WENT_OUT), notices.c["class"] != "operator")
    )
    if span.person is not None:
        query = query.where(notices.c.person_id == span.person)
    return [row for row in connection.execute(query) if span.holds(row)]


def _told(connection: Connection, span: Span) -> list[Any]:
    query = (
        select(
            tellings.c.role,
            tellings.c.state,
            tellings.c.made_at,
            tellings.c.notice_id,
            tellings.c.alert_id,
            steps.c.escalation,
            alerts.c.due_on,
            alerts.c.closed_how,
            records.c.happened_on,
        )
        .join(steps, steps.c.id == tellings.c.step_id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .outerjoin(records, records.c.id == alerts.c.closing_record)
    )
    if span.person is not None:
        mine = or_(tellings.c.person_id == span.person, tellings.c.via == span.person)
        query = query.where(mine)
    return [row for row in connection.execute(query) if span.holds(row)]


def _role(role: str, sent: list[Row[Any]], told: list[Row[Any]], span: Span) -> RoleFigures:
    mine = [row for row in told if row.role == role]
    counts = Counter(row.state for row in mine)
    due = {
        row.alert_id: row
        for row in mine
        if span.first <= row.due_on <= span.last and row.closed_how in (None, Closed.DONE.value)
    }
    on_time = [row for row in due.values() if row.happened_on and row.happened_on <= row.due_on]
    return RoleFigures(
        role=role,
        messages=sum(row.role == role for row in sent),
        outcomes={state: counts[state] for state in sorted(counts)},
        due=len(due),
        on_time=len(on_time),
        escalations=sum(row.escalation and row.state in _SENT for row in mine),
    )


def _months(sent: list[Row[Any]], items: Counter[str], span: Span) -> Iterable[Month]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sent:
        found[f"{row.made_at.astimezone(span.zone):%Y-%m}", row.role].append(row.id)
    for (month, role), ids in sorted(found.items()):
        yield Month(month, role, len(ids), sum(items[id_] for id_ in ids))


def _worst(sent: list[Row[Any]], span: Span) -> Iterable[WorstWeek]:
    """Yield each person's fullest week, the fullest of all first; of several the earliest."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in sent:
        year, week, _day = row.ended_at.astimezone(span.zone).isocalendar()
        counts[row.handle, row.role, f"{year}-W{week:02}"] += 1
    worst: dict[str, WorstWeek] = {}
    for (handle, role, week), count in sorted(counts.items()):
        if handle not in worst or count > worst[handle].messages:
            worst[handle] = WorstWeek(handle, role, week, count)
    yield from sorted(worst.values(), key=lambda one: (-one.messages, one.person))
