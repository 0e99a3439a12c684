"""One unit of work of a slot: a batch of alerts with waiting steps, told and written together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from alerts.desk import Desk, Opening, lock_opening
from alerts.directory import Directory, assigned_by_name
from alerts.echoes import echo
from alerts.handovers import HandOvers
from alerts.items import informing
from alerts.lateness import Lateness, Timing, judge, proper_slot
from alerts.newcomers import Newcomers
from alerts.outcomes import NewTelling, make, move
from alerts.quieted import Silences
from alerts.recipients import Gap, Ladder, Recipient, Subject
from alerts.states import Outcome
from alerts.tables import steps, tellings
from alerts.telling import Placement, Plan, Planner, Surveyor
from alerts.timetable import Timetable
from alerts.waiting import WaitingStep, load_orphans, load_steps, told_before
from alerts.windows import Window
from alerts.written import ends_with, late_policy, written_step
from config.lean import dataclass
from config.model import Configuration
from ledgers.ids import new_id
from schedules.calendars import shifted_days

PASSED_ON = "passed-on"
"""Reason of a telling that somebody else was told in place of."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot being opened: whose, when, and what it takes. `anyone`: whoever the addressee is."""

    role: str
    day: date
    windows: tuple[Window, ...]
    opening: Opening
    anyone: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One batch of a slot. `today` is later than the slot's day if it opens late."""

    slot: Slot
    timetable: Timetable
    directory: Directory
    alert_ids: Sequence[str]
    today: date


@dataclass(slots=True)
class Done:
    """What a batch did."""

    tellings: int = 0
    merged: int = 0
    unreachable: int = 0
    gaps: dict[Gap, None] = field(default_factory=dict)
    late: Counter[Lateness] = field(default_factory=Counter)


def write(connection: Connection, task: Task, *, now: datetime) -> Done:
    """Decide and write one batch; everything of it or nothing.

    1. the slot is locked against another daemon, the steps against whoever closes their alerts;
    2. recipients are asked, whoever was told already is left out;
    3. notices are found or made, tellings written, told roles taken off their steps.
    """
    slot = task.slot
    configuration = task.timetable.configuration
    lock_opening(connection, slot.opening.slot)
    by_registration = frozenset(
        name for name, rule in configuration.rules.items() if rule.place == "registered_in"
    )
    found = load_steps(connection, task.alert_ids, slot.windows, by_registration=by_registration)
    told = told_before(connection, task.alert_ids)
    by_id = {telling.id: telling for of_alert in told.values() for telling in of_alert}
    orphans = load_orphans(connection, task.alert_ids, task.today, by_registration=by_registration)
    waiting = [*(step for of_role in found.values() for step in of_role), *(s for s, _ in orphans)]
    entry_ids = {step.entry_id for step in waiting}
    assigned = assigned_by_name(connection, sorted(entry_ids), task.today)
    urgent = slot.opening.klass == "urgent"
    ladder = Ladder.of(configuration, task.directory, assigned, urgent=urgent)
    hand_overs = HandOvers.on(connection, task.today, entry_ids)
    quiet = Quiet(
        Silences.on(connection, task.today),
        Newcomers(configuration, ladder, hand_overs),
        task.today,
    )
    asking = surveyor(slot, task.timetable, quiet)
    survey = asking.survey(found, ((step, by_id[id_]) for step, id_ in orphans), told)
    desk = Desk(connection, slot.opening, now)
    desk.prepare(survey.addressees())
    planner = Planner(
        told,
        lambda c: desk.place(c.addressee, late=c.lateness is not Lateness.ORDINARY),
        lambda: new_id(now),
    )
    plan = planner.plan(survey)
    desk.write()
    _write_tellings(connection, plan, desk.held, now=now)
    _write_steps(connection, plan, configuration)
    if urgent:
        echo(connection, slot.opening, configuration, ladder, now=now)
    return _done(plan, survey.unreachable, survey.gaps)


@dataclass(frozen=True, slots=True)
class Quiet:
    """What is not told on a day: what lies under a silence, and what is above somebody new."""

    silences: Silences
    newcomers: Newcomers
    today: date

    def timing(self, step: WaitingStep, asked: str, recipient: Recipient) -> Timing:
        """Answer from when on a person could be told of a step."""
        subject = Subject(step.entry_id, step.place)
        new = self.newcomers.grace(step, asked, subject)
        known_on = self.newcomers.known_from(recipient.role, subject)
        deferred = [
            self.silences.deferred_to(step, recipient.person),
            shifted_days(new.free_on, -1) if new else None,
        ]
        return Timing(
            step.on_date,
            max(step.known_on, known_on or date.min),
            step.after_due,
            max((day for day in deferred if day is not None), default=None),
        )


def surveyor(slot: Slot, timetable: Timetable, quiet: Quiet) -> Surveyor:
    """Answer who asks at a slot, and judges how late a step is; `alerts.plan` asks the same."""
    configuration = timetable.configuration
    informs = informing(configuration)

    def is_last(step: WaitingStep) -> bool:
        return step.is_last or ends_with(configuration, step.rule, step.variant, step.step)

    def judged(step: WaitingStep, asked: str, recipient: Recipient) -> Lateness:
        if slot.opening.klass != "digest":
            return Lateness.ORDINARY
        timing = quiet.timing(step, asked, recipient)
        proper = proper_slot(timing, timetable.plans[asked])
        addressee = recipient.addressee
        if addressee is not None and addressee.role != asked:
            proper = timetable.plans[addressee.role].on_or_after(proper)
        late = late_policy(configuration, step.rule, step.variant)
        found = judge(proper, slot.day, late, timetable.calendar)
        if found is Lateness.RECORD and step.due_on < slot.day and is_last(step):
            return Lateness.LATE
        is_raised = step.rule not in informs and _is_for(configuration, step, asked)
        if found is Lateness.ESCALATE and not is_raised:
            return Lateness.LATE
        return found

    ladder = quiet.newcomers.ladder
    return Surveyor(
        slot.role,
        ladder,
        quiet.silences,
        quiet.newcomers,
        quiet.today,
        judged,
        anyone=slot.anyone,
    )


def _is_for(configuration: Configuration, step: WaitingStep, role: str) -> bool:
    """Say whether the rule itself names the role; one added by lateness is not raised further."""
    written = written_step(configuration, step.rule, step.variant, step.step)
    return written is not None and role in written.tell


def _write_tellings(connection: Connection, plan: Plan, held: set[str], *, now: datetime) -> None:
    new = [p for p in plan.placements if p.candidate.telling_id is None]
    make(connection, [_new_telling(placement, held) for placement in new], now=now)
    for placement in plan.placements:
        if placement.candidate.telling_id is not None:
            _place_again(connection, placement, held, now=now)
    move(connection, plan.passed_on, Outcome.SUPPRESSED, now=now, reason=PASSED_ON)
    if plan.merged_away:
        move(connection, list(plan.merged_away), Outcome.MERGED, now=now)
        connection.execute(
            update(tellings)
            .where(tellings.c.id == bindparam("old"))
            .values(merged_into=bindparam("into")),
            [{"old": old, "into": into} for old, into in plan.merged_away.items()],
        )


def _new_telling(placement: Placement, held: set[str]) -> NewTelling:
    candidate = placement.candidate
    outcome = placement.outcome
    if outcome is Outcome.PENDING and placement.notice_id in held:
        outcome = Outcome.HELD
    return NewTelling(
        id=placement.telling_id,
        step_id=candidate.step.id,
        alert_id=candidate.step.alert_id,
        person_id=candidate.recipient.person,
        role=candidate.recipient.role,
        state=outcome,
        via=candidate.recipient.via,
        notice_id=placement.notice_id,
        merged_into=placement.merged_into,
    )


def _place_again(
    connection: Connection, placement: Placement, held: set[str], *, now: datetime
) -> None:
    """Put a telling that was taken out of its notice into another, or end it."""
    connection.execute(
        update(tellings)
        .where(tellings.c.id == placement.telling_id)
        .values(
            notice_id=placement.notice_id,
            via=placement.candidate.recipient.via,
            merged_into=placement.merged_into,
        )
    )
    outcome = Outcome.HELD if placement.notice_id in held else placement.outcome
    if outcome is not Outcome.PENDING:
        move(connection, [placement.telling_id], outcome, now=now)


def _write_steps(connection: Connection, plan: Plan, configuration: Configuration) -> None:
    changes = []
    for step_id, (step, told_roles) in plan.told_roles.items():
        left = [role for role in step.waiting if role not in told_roles]
        _, late_for = plan.escalate.get(step_id, (step, []))
        for role in late_for:
            above = configuration.roles[role].up
            if above and above not in step.waiting:
                left.append(above)
        changes.append({"told": step_id, "left": _joined(left)})
    if changes:
        connection.execute(
            update(steps).where(steps.c.id == bindparam("told")).values(waiting=bindparam("left")),
            changes,
        )
    _end_known(connection, [step for step, _ in plan.told_roles.values() if step.raised_by])


def _end_known(connection: Connection, known: Sequence[WaitingStep]) -> None:
    """End steps that nobody was told of, because the only one to be told raised the signal."""
    if not known:
        return
    told = select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists()
    connection.execute(
        update(steps)
        .where(steps.c.id.in_([step.id for step in known]), steps.c.waiting == "", ~told)
        .values(ended=Outcome.SUPPRESSED.value, ended_reason="raised-it")
    )


def _joined(roles: Sequence[str]) -> str:
    return f"|{'|'.join(dict.fromkeys(roles))}|" if roles else ""


def _done(plan: Plan, unreachable: int, gaps: Mapping[Gap, None]) -> Done:
    done = Done(unreachable=unreachable, gaps=dict(gaps))
    for placement in plan.placements:
        if placement.outcome is Outcome.MERGED:
            done.merged += 1
        else:
            done.tellings += 1
            done.late[placement.candidate.lateness] += 1
    done.merged += len(plan.merged_away)
    return done
