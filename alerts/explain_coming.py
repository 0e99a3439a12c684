"""What comes next for an entry under a rule: which step, in whose message, told to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerts.changes import KnownAlert
from alerts.effective import WatchedRule
from alerts.expected_slots import Dated, first_slot
from alerts.explain_owed import Owed
from alerts.explanation import Coming, Expected
from alerts.forecast import Span, steps_ahead
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.recipients import Ladder, Recipient, Subject
from schedules.calendars import shifted_days

_FAR = 400
"""Days ahead within which a step is looked for."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """From which day on something can be said, of whom, and how persons are called."""

    in_force: InForce
    ladder: Ladder
    subject: Subject
    handles: dict[str, str]
    opened: dict[str, date]  # per role the last slot that was opened
    not_before: date


@dataclass(frozen=True, slots=True)
class _Due:
    """A step and a role it is still to be told to."""

    on_date: date
    after_due: bool
    escalation: bool
    role: str


def coming_of(
    outlook: Outlook, rule: WatchedRule, of: tuple[Owed, Matter], alert: KnownAlert | None
) -> tuple[Coming, ...]:
    """Answer what is still to be told of a matter, the next first; one line for each role and message."""
    told: dict[tuple[str, date | None, tuple[Expected, ...]], Coming] = {}
    for due in sorted(_due(outlook, rule, of, alert), key=lambda due: due.on_date):
        coming = _coming(outlook, due)
        # Of several steps in one message the newest is told.
        told[coming.role, coming.slot, coming.expected] = coming
    return tuple(sorted(told.values(), key=lambda c: (c.slot or date.max, c.on_date)))


def _due(
    outlook: Outlook, rule: WatchedRule, of: tuple[Owed, Matter], alert: KnownAlert | None
) -> Iterator[_Due]:
    found, matter = of
    timings = {step.key: step for step in found.variant.steps}
    made: dict[str, int] = {}
    for row in alert.made if alert else ():
        made[row.key] = max(made.get(row.key, -1), row.occurrence)
        timing = timings.get(row.key)
        for role in row.waiting:
            escalation = timing is not None and timing.escalation
            yield _Due(row.on_date, row.on_date > matter.due_on, escalation, role)
    today = outlook.not_before
    last = max(shifted_days(matter.due_on, _FAR), shifted_days(today, _FAR))
    span = Span(today, last, outlook.in_force.timetable.look_ahead(), outlook.in_force.calendar)
    seen: set[str] = set()
    for ahead in steps_ahead(rule, found.variant, matter, span, made):
        if ahead.timing.key not in seen:
            seen.add(ahead.timing.key)
            for role in ahead.timing.tell:
                yield _Due(ahead.on_date, ahead.after_due, ahead.timing.escalation, role)


def _coming(outlook: Outlook, due: _Due) -> Coming:
    found = outlook.ladder.recipients(due.role, outlook.subject)
    slots = [
        first_slot(
            outlook.in_force.timetable,
            due.role,
            Dated(due.on_date, due.after_due),
            through=through,
            not_before=_from(outlook, through),
        )
        for through in _through(found.recipients)
    ]
    return Coming(
        on_date=due.on_date,
        role=due.role,
        escalation=due.escalation,
        slot=min((slot for slot in slots if slot), default=None),
        expected=expected(found.recipients, outlook.handles),
        gaps=tuple(gap.role for gap in found.gaps),
    )


def expected(recipients: Sequence[Recipient], handles: dict[str, str]) -> tuple[Expected, ...]:
    """Answer recipients by their handles."""
    return tuple(
        Expected(
            handles.get(one.person, one.person),
            None if one.via is None else handles.get(one.via, one.via),
            None if one.addressee is None else one.addressee.channel,
        )
        for one in recipients
    )


def _through(recipients: Sequence[Recipient]) -> set[str]:
    return {one.addressee.role for one in recipients if one.addressee is not None}


def _from(outlook: Outlook, role: str) -> date:
    opened = outlook.opened.get(role)
    after = outlook.not_before if opened is None else shifted_days(opened, 1)
    return max(outlook.not_before, after)
