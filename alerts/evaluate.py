"""Entry + rule + today → what to open, change and close. Pure: no SQL, no clock (DESIGN.md 3a)."""

from collections.abc import Iterator, Mapping
from dataclasses import field
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
    Watch,
)
from alerts.effective import Variant, WatchedRule, step_day
from alerts.ended import closing
from alerts.levels import changes_since
from alerts.moments import Matter, StepTiming, last_number, written_on
from alerts.owing import first_written, matters_of, over
from alerts.states import Closed
from alerts.timings import Duty, OnSignal
from config.lean import dataclass
from schedules.deadlines import newest_occurrence, occurrence_date


@dataclass(frozen=True, slots=True)
class Before:
    """What an alert has already: nothing, for one that is being opened."""

    made: Mapping[str, int] = field(default_factory=dict)  # step: its highest occurrence
    version: int | None = None


_NEW = Before()


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
        if first is None:
            continue
        row, later = _one_step(step, (first, matter), horizon, before)
        if row is not None:
            due_steps.append(_dated(step, row, matter))
        if later is not None:
            next_days.append(later)
    over_on = over(rule, variant, matter, horizon)
    if over_on is not None:
        next_days.append(over_on)
    due_steps.sort(key=lambda due: (due.on_date, due.timing.key))
    return Course(matter.due_on, tuple(due_steps), min(next_days, default=None))


_Row = tuple[int, int, date]
"""Occurrence, how many before it are skipped, its day."""


def _dated(step: StepTiming, row: _Row, matter: Matter) -> DueStep:
    occurrence, skipped, day = row
    return DueStep(step, occurrence, skipped, day, after_due=day > matter.due_on)


def _one_step(
    step: StepTiming, of: tuple[date, Matter], horizon: Horizon, before: Before
) -> tuple[_Row | None, date | None]:
    """Answer the row a step needs now, and the day on which it needs the next.

    `of` is its first day, and the matter. A step is written ahead of its day, repeats never are.
    """
    first, matter = of
    today = horizon.today
    written = written_on(step, first, matter, horizon.look_ahead)
    made = before.made.get(step.key, -1)
    if made < 0 and written > today:
        return None, written
    if step.repeat is None:
        row = None if made >= 0 or _too_new(step, first, before) else (0, 0, first)
        return row, None
    newest = newest_occurrence(first, step.repeat, today)
    number, day = (newest.number, newest.on) if newest else (0, first)
    last = last_number(step, first, matter)
    if last is not None and number > last:
        number, day = last, occurrence_date(first, step.repeat, last)
    fresh = number > made and not _too_new(step, day, before)
    row = (number, number - made - 1, day) if fresh else None
    # The row of a later occurrence may be there already: the due date has moved on, or a clock that
    # was days ahead came back.
    later = max(number, made) + 1
    is_last = last is not None and later > last
    return row, None if is_last else occurrence_date(first, step.repeat, later)


def _too_new(step: StepTiming, day: date, before: Before) -> bool:
    """Say whether the step came into the rule after the alert opened, for days after this one."""
    return before.version is not None and before.version < step.version and day < step.since


def judge(rule: WatchedRule, facts: Facts, horizon: Horizon) -> Iterator[Change]:
    """Answer everything to be done about one entry under one rule; nothing if all is well."""
    matters = list(matters_of(rule, facts, horizon))
    owed = {matter.key for matter in matters}
    for alert in facts.alerts:
        if alert.is_open and alert.key not in owed:
            yield closing(rule, facts, alert, horizon)
    look_on = None
    for matter in matters:
        change, next_on = _of_matter(rule, facts, matter, horizon)
        if change is not None:
            yield change
        look_on = next_on or look_on
    if look_on != facts.watch_on:
        yield Watch(facts.entry_id, look_on)


def _of_matter(
    rule: WatchedRule, facts: Facts, matter: Matter, horizon: Horizon
) -> tuple[Change | None, date | None]:
    """Answer what becomes of a matter, and when to look at it if no cut-off nor alert does."""
    assert facts.variant is not None  # noqa: S101  # a matter has one
    same = [alert for alert in facts.alerts if alert.key == matter.key]
    newest = max(same, key=lambda alert: alert.cycle, default=None)
    if newest is not None and newest.is_satisfied:
        return None, None
    if newest is not None and newest.is_open:
        change = _still_open(rule, facts, (matter, newest), horizon)
        if isinstance(change, Keep):
            return change, None
    else:
        change = None
        now = course(rule, facts.variant, matter, horizon)
        if now.steps:
            cycle = newest.cycle + 1 if newest else 1
            prefix = facts.variant.prefix
            return Open(facts.entry_id, matter, cycle, prefix, now, facts.known_on), None
    opens_on = first_written(rule, facts.variant, matter, horizon)
    return change, opens_on if _has_own_dates(facts) else None


def _has_own_dates(facts: Facts) -> bool:
    """Say whether its dates hang on its own history, and not on its anchor alone."""
    timing = facts.variant.timing if facts.variant else None
    return isinstance(timing, Duty) and bool(changes_since(timing, facts))


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
    opens_on = first_written(rule, variant, matter, horizon)
    return opens_on is not None and opens_on <= horizon.today


def _moves(
    rule: WatchedRule, variant: Variant, matter: Matter, standing: tuple[KnownAlert, Horizon]
) -> Iterator[Moved]:
    """Answer the rows not yet told whose date or roles are others now."""
    alert, horizon = standing
    if isinstance(variant.timing, OnSignal) and variant.timing.ladder:
        return  # a ladder's steps have no dates of their own
    timings = {step.key: step for step in variant.steps}
    for row in alert.made:
        if not row.waiting:
            continue
        step = timings.get(row.key)
        first = step_day(rule, step, matter, horizon.calendar) if step else None
        if step is None or first is None:
            late = row.on_date > matter.due_on
            yield Moved(row.id, row.waiting, row.on_date, (), after_due=late)
            continue
        day = _row_day(step, row, first)
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
    if row.is_told:
        return row.on_date  # its day has come: it waits for others above, or for who came new
    return occurrence_date(first, step.repeat, row.occurrence) if step.repeat else first
