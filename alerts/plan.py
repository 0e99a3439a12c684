"""What would be sent on the coming days if nobody recorded anything, or a share did. Reads only.

The same functions decide as in a pass and at a slot (`evaluate`, `telling`, `recipients`,
`lateness`); only rows are missing: entries that fare alike are counted together.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.plan_reading import Cohorts
from alerts.plan_slots import Line, Rehearsal
from alerts.plan_unsent import unsent_lines
from alerts.voices import parts_of
from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.memory import collecting_rarely
from ledgers.tables import persons


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What one person gets on one day, by role, channel and rule. `person` is a handle.

    `items` counts entries told of, for themselves or to be passed on.
    """

    day: date
    person: str
    role: str
    channel: str
    rule: str
    items: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many messages a person gets in an ISO week (`2027-W23`), and parts of SMS at most."""

    person: str
    week: str
    messages: int
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent from one day to another. `unreachable`: items nobody can be told of."""

    first: date
    last: date
    rows: tuple[PlanRow, ...]
    weeks: tuple[WeekCount, ...]
    unreachable: int

    @property
    def messages(self) -> int:
        """Answer how many messages there are in all."""
        return sum(week.messages for week in self.weeks)

    @property
    def parts(self) -> int:
        """Answer how many parts of SMS they are billed as, at most."""
        return sum(week.parts for week in self.weeks)

    @property
    def people(self) -> int:
        """Answer how many people get any."""
        return len({week.person for week in self.weeks})


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a plan goes by: the share (0 to 1) of what falls due that is `done` on its due date.

    What is overdue already stays so. `within` divisions: only what is told of entries that live
    there is counted.
    """

    done: float = 0.0
    within: Scope | None = None


AS_IT_IS = Supposed()


@collecting_rarely()
def plan_messages(
    connection: Connection,
    in_force: InForce,
    *,
    first: date,
    last: date,
    supposed: Supposed = AS_IT_IS,
) -> Plan:
    """Say what daily passes and all slots from `first`, the day of the next pass, to `last` would send."""
    span = Span(first, last, in_force.timetable.look_ahead(), in_force.calendar)
    cohorts = Cohorts(connection, in_force, span)
    rehearsal = Rehearsal(connection, in_force, span, supposed.within)
    rehearsal.take(cohorts, supposed.done)
    rehearsal.run()
    lines: Counter[Line] = Counter(rehearsal.lines)
    lines.update(unsent_lines(connection, in_force, span, within=supposed.within))
    plan = _plan(connection, span, lines, parts=parts_of(in_force.configuration))
    return replace(plan, unreachable=rehearsal.unreachable)


def _plan(
    connection: Connection, span: Span, lines: Counter[Line], *, parts: Mapping[str, int]
) -> Plan:
    handles = dict(iter(connection.execute(select(persons.c.id, persons.c.handle))))
    rows = sorted(
        (
            PlanRow(
                line.day,
                handles.get(line.person, line.person),
                line.role,
                line.channel,
                line.rule,
                items,
            )
            for line, items in lines.items()
        ),
        key=lambda row: (row.day, row.person, row.role, row.channel, row.rule),
    )
    messages = {(line.slot, line.person, line.channel, line.day) for line in lines}
    return Plan(span.first, span.last, tuple(rows), _weeks(handles, messages, parts), 0)


def _weeks(
    handles: Mapping[str, str],
    messages: set[tuple[str, str, str, date]],
    parts: Mapping[str, int],
) -> tuple[WeekCount, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    billed: Counter[tuple[str, str]] = Counter()
    for _slot, person, channel, day in messages:
        year, week, _weekday = day.isocalendar()
        key = handles.get(person, person), f"{year}-W{week:02}"
        counts[key] += 1
        billed[key] += parts.get(channel, 0)
    return tuple(WeekCount(*key, counts[key], billed[key]) for key in sorted(counts))
