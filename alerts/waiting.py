"""Steps that wait to be told, and everything to decide about them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    select,
)
from sqlalchemy.sql.selectable import Select

from alerts.directory import batches
from alerts.states import Outcome
from alerts.tables import alerts, signals, steps, tellings
from alerts.windows import Window, in_window, is_open, is_orphan, values_of
from config.lean import dataclass
from ledgers.tables import entries


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A step of an open alert with the roles that are still to be told."""

    id: str
    alert_id: str
    rule: str
    variant: str
    step: str
    occurrence: int
    on_date: date
    known_on: date
    after_due: bool
    due_on: date
    waiting: tuple[str, ...]
    entry_id: str
    place: str
    lives_in: str
    deferred_until: date | None
    is_last: bool  # evaluation expects no later step of this alert
    raised_by: str | None = None  # who recorded what raised it, and is not told of it


@dataclass(frozen=True, slots=True)
class Told:
    """A telling that exists already."""

    id: str
    step_id: str
    alert_id: str
    person_id: str
    role: str
    state: Outcome
    notice_id: str | None
    on_date: date
    occurrence: int


def load_steps(
    connection: Connection,
    alert_ids: Sequence[str],
    windows: Sequence[Window],
    *,
    by_registration: frozenset[str],
) -> dict[str, list[WaitingStep]]:
    """Read and lock the steps of these alerts, by role of the window they are in.

    `by_registration` names the rules that go by `registered_in`. A step that somebody else has
    told or ended meanwhile is not among them.
    """
    found: dict[str, list[WaitingStep]] = {}
    for window in windows:
        of_role: list[WaitingStep] = []
        for batch in batches(alert_ids):
            query = _with_entries(window.urgent, window.since is not None)
            rows = connection.execute(query, {"alert_ids": batch, **values_of(window)})
            of_role.extend(_step(row, by_registration) for row in rows)
        found[window.role] = of_role
    return found


def load_orphans(
    connection: Connection,
    alert_ids: Sequence[str],
    day: date,
    *,
    by_registration: frozenset[str],
) -> list[tuple[WaitingStep, str]]:
    """Answer pending tellings that are in no notice, with their steps: (step, telling id).

    They were taken out of one (acknowledged, silenced, no address left) and wait for the next.
    """
    found: list[tuple[WaitingStep, str]] = []
    for batch in batches(alert_ids):
        query = (
            _columns()
            .add_columns(tellings.c.id.label("telling_id"))
            .join(tellings, tellings.c.step_id == steps.c.id)
            .where(
                tellings.c.alert_id.in_(batch),
                is_orphan(),
                is_open(day),
            )
            .order_by(tellings.c.id)
        )
        rows = connection.execute(query.with_for_update(of=tellings))
        found.extend((_step(row, by_registration), row.telling_id) for row in rows)
    return found


def told_steps(
    connection: Connection, alert_ids: Sequence[str], *, by_registration: frozenset[str]
) -> dict[str, list[WaitingStep]]:
    """Answer the steps of these alerts that somebody was told of, but the urgent ones, by alert."""
    found: dict[str, list[WaitingStep]] = defaultdict(list)
    was_told = select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists()
    for batch in batches(alert_ids):
        query = _columns().where(
            steps.c.alert_id.in_(batch), steps.c.urgent.is_(False), alerts.c.closed_at.is_(None)
        )
        for row in connection.execute(query.where(was_told)):
            found[row.alert_id].append(_step(row, by_registration))
    return found


def told_before(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[Told]]:
    """Answer all tellings of these alerts, by alert."""
    found: dict[str, list[Told]] = defaultdict(list)
    for batch in batches(alert_ids):
        rows = connection.execute(
            select(
                tellings.c.id,
                tellings.c.step_id,
                tellings.c.alert_id,
                tellings.c.person_id,
                tellings.c.role,
                tellings.c.state,
                tellings.c.notice_id,
                steps.c.on_date,
                steps.c.occurrence,
            )
            .join(steps, steps.c.id == tellings.c.step_id)
            .where(tellings.c.alert_id.in_(batch))
            .order_by(tellings.c.id)
        )
        for row in rows:
            told = Told(*row)
            found[row.alert_id].append(replace(told, state=Outcome(told.state)))
    return found


@cache
def _with_entries(urgent: bool, is_between: bool) -> Select[Any]:
    in_batch = steps.c.alert_id.in_(bindparam("alert_ids", expanding=True))
    found = _columns().where(in_batch, in_window(urgent, is_between)).order_by(steps.c.id)
    return found.with_for_update(of=steps)


def _columns() -> Select[Any]:
    return (
        select(
            steps,
            alerts.c.rule,
            alerts.c.variant,
            alerts.c.due_on,
            alerts.c.entry_id,
            alerts.c.deferred_until,
            alerts.c.next_at,
            entries.c.lives_in,
            entries.c.registered_in,
            signals.c.raised_by,
        )
        .join(alerts, alerts.c.id == steps.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .outerjoin(signals, signals.c.id == alerts.c.anchor)
    )


def _step(row: Row[Any], by_registration: frozenset[str]) -> WaitingStep:
    registered = row.registered_in if row.rule in by_registration else None
    return WaitingStep(
        id=row.id,
        alert_id=row.alert_id,
        rule=row.rule,
        variant=row.variant,
        step=row.step,
        occurrence=row.occurrence,
        on_date=row.on_date,
        known_on=row.known_on,
        after_due=row.after_due,
        due_on=row.due_on,
        waiting=tuple(role for role in row.waiting.split("|") if role),
        entry_id=row.entry_id,
        place=registered or row.lives_in,
        lives_in=row.lives_in,
        deferred_until=row.deferred_until,
        is_last=row.next_at is None,
        raised_by=row.raised_by,
    )
