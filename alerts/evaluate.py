"""Entry + rule + today → what to open, change and close. Pure: no SQL, no clock (DESIGN.md 3a)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from alerts.changes import (
    Change,
    Close,
    Course,
    DueStep,
    Facts,
    Horizon,
    Keep,
    KnownAlert,
    MadeStep,
    Moved,
    Open,
)
from alerts.effective import (
    Matter,
    StepTiming,
    Variant,
    WatchedRule,
    days_ahead,
    exists,
    step_day,
)
from alerts.states import Closed
from schedules.calendars import shifted_days
from schedules.deadlines import newest_occurrence, occurrence_date


@dataclass(frozen=True, slots=True)
class Before:
    """What an alert has already: nothing, for one that is being opened."""

    made: Mapping[str, int] = field(default_factory=dict)  # step: its highest occurrence
    version: int | None = None


_NEW = Before()


def matter_of(variant: Variant, facts: Facts, today: date) -> Matter | None:
    """Answer what is owed; None if nothing is, or not yet (no first due day was given)."""
    if not variant.in_force(today):
        return None
    if facts.anchor is not None:
        matter = Matter(facts.anchor, variant.deadline.due(facts.anchor))
    elif facts.first_due is not None:
        matter = Matter(None, facts.first_due)
    else:
        return None
    return None if is_past_validity(variant, matter) else matter


def is_past_validity(variant: Variant, matter: Matter) -> bool:
    """Say whether it would fall due only after the rule has run out."""
    return variant.valid_to is not None and matter.due_on > variant.valid_to


def course(
    rule: WatchedRule,
    variant: Variant,
    matter: Matter,
    horizon: Horizon,
    before: Before = _NEW,
) -> Course:
    """Answer a matter's steps that are to be rows by now and are not, and when to look again."""
    due_steps: list[DueStep] = []
    next_days: list[date] = []
    for step in variant.steps:
        first = step_day(rule, step, matter, horizon.calendar)
        if not exists(first, matter):
            continue
        ahead = days_ahead(step, matter, horizon.look_ahead)
        row, later = _one_step(step, first, (horizon.today, ahead), before)
        if row is not None:
            due_steps.append(_dated(step, row, matter))
        if later is not None:
            next_days.append(later)
    due_steps.sort(key=lambda due: (due.on_date, due.timing.key))
    return Course(matter.due_on, tuple(due_steps), min(next_days, default=None))


_Row = tuple[int, int, date]
"""Occurrence, how many before it are skipped, its day."""


def _dated(step: StepTiming, row: _Row, matter: Matter) -> DueStep:
    occurrence, skipped, day = row
    return DueStep(step, occurrence, skipped, day, after_due=day > matter.due_on)


def _one_step(
    step: StepTiming, first: date, when: tuple[date, int], before: Before
) -> tuple[_Row | None, date | None]:
    """Answer the row a step needs now, and the day on which it needs the next.

    `when` is today and how many days before its date the step is written. Repeats never are.
    """
    today, ahead = when
    made = before.made.get(step.key, -1)
    if step.repeat is None and made >= 0:
        return None, None
    if first > shifted_days(today, ahead):
        return None, shifted_days(first, -ahead)
    if step.repeat is None or first > today:
        row = None if made >= 0 or _too_new(step, first, before) else (0, 0, first)
        return row, None if step.repeat is None else occurrence_date(first, step.repeat, 1)
    newest = newest_occurrence(first, step.repeat, today)
    number, day = (newest.number, newest.on) if newest else (0, first)
    fresh = number > made and not _too_new(step, day, before)
    row = (number, number - made - 1, day) if fresh else None
    # The row of a later occurrence may be there already if the due date has moved on.
    return row, occurrence_date(first, step.repeat, max(number, made) + 1)


def _too_new(step: StepTiming, day: date, before: Before) -> bool:
    """Say whether the step came into the rule after the alert opened, for days after this one."""
    return before.version is not None and before.version < step.version and day < step.since


def judge(rule: WatchedRule, facts: Facts, horizon: Horizon) -> Iterator[Change]:
    """Answer everything to be done about one entry under one rule; nothing if all is well."""
    variant = facts.variant
    matter = matter_of(variant, facts, horizon.today) if variant else None
    for alert in facts.alerts:
        if alert.is_open and (matter is None or alert.anchor != matter.anchor):
            yield _closing(facts, alert)
    if variant is None or matter is None:
        return
    same = [alert for alert in facts.alerts if alert.anchor == matter.anchor]
    newest = max(same, key=lambda alert: alert.cycle, default=None)
    if newest is not None and newest.is_open:
        yield _still_open(rule, facts, (matter, newest), horizon)
    elif newest is None or not newest.is_satisfied:
        now = course(rule, variant, matter, horizon)
        if now.steps:
            cycle = newest.cycle + 1 if newest else 1
            yield Open(facts.entry_id, matter, cycle, variant.prefix, now, facts.known_on)


def _closing(facts: Facts, alert: KnownAlert) -> Close:
    """Say how an alert ends whose anchor is not the entry's, or under which nothing is owed."""
    if facts.anchor is not None and (alert.anchor is None or facts.anchor > alert.anchor):
        return Close(alert, facts.entry_id, Closed.DONE, facts.anchor)
    if facts.variant is None:
        return Close(alert, facts.entry_id, facts.leaving)
    if facts.anchor != alert.anchor:
        return Close(alert, facts.entry_id, Closed.RECORD_VOIDED)
    return Close(alert, facts.entry_id, Closed.NO_LONGER_DUE)


def _still_open(
    rule: WatchedRule, facts: Facts, standing: tuple[Matter, KnownAlert], horizon: Horizon
) -> Change:
    """Answer how an alert goes on whose due date may have moved; what was told stays told."""
    matter, alert = standing
    variant = facts.variant
    assert variant is not None  # noqa: S101  # a matter has one
    made = {step.key: -1 for step in alert.made}
    for step in alert.made:
        made[step.key] = max(made[step.key], step.occurrence)
    now = course(rule, variant, matter, horizon, Before(made, alert.version))
    if matter.due_on > alert.due_on and not _is_due(rule, variant, matter, horizon):
        return Close(alert, facts.entry_id, Closed.NO_LONGER_DUE)
    moved = tuple(_moves(rule, variant, matter, (alert, horizon)))
    return Keep(alert, variant.prefix, now, moved, facts.known_on)


def _is_due(rule: WatchedRule, variant: Variant, matter: Matter, horizon: Horizon) -> bool:
    for step in variant.steps:
        day = step_day(rule, step, matter, horizon.calendar)
        ahead = days_ahead(step, matter, horizon.look_ahead)
        if exists(day, matter) and shifted_days(day, -ahead) <= horizon.today:
            return True
    return False


def _moves(
    rule: WatchedRule, variant: Variant, matter: Matter, standing: tuple[KnownAlert, Horizon]
) -> Iterator[Moved]:
    """Answer the rows not yet told whose date or roles are others now."""
    alert, horizon = standing
    timings = {step.key: step for step in variant.steps}
    for row in alert.made:
        if not row.waiting:
            continue
        step = timings.get(row.key)
        if step is None:
            late = row.on_date > matter.due_on
            yield Moved(row.id, row.waiting, row.on_date, (), after_due=late)
            continue
        day = _row_day(step, row, step_day(rule, step, matter, horizon.calendar))
        roles = _roles_waiting(step, row)
        if (day, roles) != (row.on_date, row.waiting):
            yield Moved(row.id, row.waiting, day, roles, after_due=day > matter.due_on)


def _roles_waiting(step: StepTiming, row: MadeStep) -> tuple[str, ...]:
    """Answer whom a row still waits for; the rule may name others by now.

    Where some were told, the rest stays: a slot may have added those above them for lateness.
    """
    if row.is_told:
        return row.waiting
    return tuple(role for role in row.waiting if role in step.tell) or step.tell


def _row_day(step: StepTiming, row: MadeStep, first: date) -> date:
    return occurrence_date(first, step.repeat, row.occurrence) if step.repeat else first
