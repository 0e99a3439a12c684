"""What comes next for an entry under a rule: which step, in whose message, told to whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from alerts.changes import KnownAlert
from alerts.effective import WatchedRule
from alerts.expected_slots import Dated, first_slot
from alerts.explain_owed import Owed
from alerts.explanation import Coming, Expected
from alerts.forecast import Span, steps_ahead
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.newcomers import Newcomers, untold
from alerts.recipients import Ladder, Recipient, Subject
from alerts.waiting import Told, WaitingStep
from config.lean import dataclass
from schedules.calendars import shifted_days

_FAR = 400
"""Days ahead within which a step is looked for."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """From which day on something can be said, of whom, and how persons are called.

    `said` holds by open alert the steps that were told, and to whom.
    """

    in_force: InForce
    newcomers: Newcomers
    said: Mapping[str, tuple[Sequence[WaitingStep], Sequence[Told]]]
    subject: Subject
    handles: dict[str, str]
    opened: dict[str, date]  # per role the last slot that was opened
    not_before: date
    urgent: bool = False
    loud: bool = False  # on all channels at once


@dataclass(frozen=True, slots=True)
class _Due:
    """A step and a role it is still to be told to."""

    rule: str
    variant: str
    step: str
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
    here = rule.name, found.variant.prefix
    timings = {step.key: step for step in found.variant.steps}
    made: dict[str, int] = {}
    for row in alert.made if alert else ():
        made[row.key] = max(made.get(row.key, -1), row.occurrence)
        timing = timings.get(row.key)
        for role in row.waiting:
            escalation = timing is not None and timing.escalation
            late = row.on_date > matter.due_on
            yield _Due(*here, row.key, row.on_date, late, escalation, role)
    if alert is not None:
        yield from _told_again(outlook, alert)
    today = outlook.not_before
    last = max(shifted_days(matter.due_on, _FAR), shifted_days(today, _FAR))
    span = Span(today, last, outlook.in_force.timetable.look_ahead(), outlook.in_force.calendar)
    seen: set[str] = set()
    for ahead in steps_ahead(rule, found.variant, matter, span, made):
        if ahead.timing.key not in seen:
            seen.add(ahead.timing.key)
            for role in ahead.timing.tell:
                timing, on, late = ahead.timing, ahead.on_date, ahead.after_due
                yield _Due(*here, timing.key, on, late, timing.escalation, role)


def _told_again(outlook: Outlook, alert: KnownAlert) -> Iterator[_Due]:
    """Yield what somebody who took a post over is still to be told of it."""
    steps, told = outlook.said.get(alert.id, ((), ()))
    configuration = outlook.in_force.configuration
    for role in configuration.roles:
        people = outlook.newcomers.at(role, outlook.subject)
        one = untold(configuration, role, people, steps=steps, told=told)
        if one is not None and role not in one.waiting:
            yield _Due(one.rule, one.variant, one.step, one.on_date, one.after_due, False, role)


def _coming(outlook: Outlook, due: _Due) -> Coming:
    found = outlook.newcomers.ladder.recipients(due.role, outlook.subject)
    new = outlook.newcomers.grace(due, due.role, outlook.subject)
    if new is not None and new.free_on <= max(due.on_date, outlook.not_before):
        new = None
    not_before = max(outlook.not_before, new.free_on) if new else outlook.not_before
    return Coming(
        on_date=due.on_date,
        role=due.role,
        escalation=due.escalation,
        slot=_slot(outlook, due, _through(found.recipients), not_before),
        expected=expected(
            found.recipients, outlook.handles, outlook.newcomers.ladder if outlook.loud else None
        ),
        gaps=tuple(gap.role for gap in found.gaps),
        spares=new,
        urgent=outlook.urgent,
    )


def _slot(outlook: Outlook, due: _Due, through: set[str], not_before: date) -> date | None:
    """Answer on which day it goes out: what is urgent waits for no slot."""
    if outlook.urgent:
        return max(due.on_date, not_before) if through else None
    slots = [
        first_slot(
            outlook.in_force.timetable,
            due.role,
            Dated(due.on_date, due.after_due),
            through=role,
            not_before=_from(outlook, role, not_before),
        )
        for role in through
    ]
    return min((slot for slot in slots if slot), default=None)


def expected(
    recipients: Sequence[Recipient], handles: dict[str, str], loud: Ladder | None = None
) -> tuple[Expected, ...]:
    """Answer recipients by their handles; on all channels at once that a `loud` ladder has."""
    return tuple(
        Expected(
            handles.get(one.person, one.person),
            None if one.via is None else handles.get(one.via, one.via),
            None if one.addressee is None else one.addressee.channel,
            also=_also(one, loud),
        )
        for one in recipients
    )


def _also(one: Recipient, loud: Ladder | None) -> tuple[str, ...]:
    if loud is None or one.addressee is None:
        return ()
    channels = loud.channels(one.addressee.person, one.addressee.role)
    return tuple(name for name in channels if name != one.addressee.channel)


def _through(recipients: Sequence[Recipient]) -> set[str]:
    return {one.addressee.role for one in recipients if one.addressee is not None}


def _from(outlook: Outlook, role: str, not_before: date) -> date:
    opened = outlook.opened.get(role)
    return not_before if opened is None else max(not_before, shifted_days(opened, 1))
