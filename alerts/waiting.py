"""Steps that wait to be told: which alerts have some at a slot, and everything to decide about them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Row,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Select

from alerts.directory import batches
from alerts.states import Outcome
from alerts.tables import alerts, signals, steps, tellings
from ledgers.tables import entries


@dataclass(frozen=True, slots=True)
class Window:
    """What a slot of one role takes: steps up to `day`, and those up to `horizon` not after due.

    `opened_on` is the day itself. `since`: between slots, only an alert's first step after due,
    dated from that day on. `urgent`: only urgent steps, else only the others.
    """

    role: str
    opened_on: date
    day: date
    horizon: date
    since: date | None = None
    urgent: bool = False


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


def waiting_alerts(connection: Connection, windows: Sequence[Window]) -> list[str]:
    """Answer the alerts with a step in one of the windows, entries of one village together."""
    found: dict[str, None] = {}
    for window in windows:
        query = _alerts_in(window.urgent, window.since is not None)
        rows = connection.execute(query, _values_of(window))
        found.update(dict.fromkeys(row.id for row in rows))
    for urgent in sorted({window.urgent for window in windows}):
        found.update(dict.fromkeys(connection.scalars(_orphans(urgent))))
    return list(found)


@cache
def _alerts_in(urgent: bool, is_between: bool) -> Select[Any]:
    """Write once what each slot asks."""
    return (
        select(alerts.c.id)
        .distinct()
        .add_columns(entries.c.lives_in)
        .select_from(steps)
        .join(alerts, alerts.c.id == steps.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(_in_window(urgent, is_between))
        .order_by(entries.c.lives_in, alerts.c.id)
    )


@cache
def _orphans(urgent: bool) -> Select[str]:
    return (
        select(tellings.c.alert_id)
        .join(steps, steps.c.id == tellings.c.step_id)
        .where(_is_orphan(), steps.c.urgent.is_(urgent))
        .order_by(tellings.c.alert_id)
    )


def is_urgent_waiting(connection: Connection) -> bool:
    """Say whether anybody is still to be told of anything urgent, now or later."""
    return any(connection.execute(query).first() for query in _urgent())


@cache
def _urgent() -> tuple[Select[str], Select[str]]:
    """Write once what each pass asks."""
    never_told = select(steps.c.id).where(steps.c.waiting != "", steps.c.urgent.is_(True))
    told_again = (
        select(steps.c.id)
        .join(tellings, tellings.c.step_id == steps.c.id)
        .where(_is_orphan(), steps.c.urgent.is_(True))
    )
    return never_told.limit(1), told_again.limit(1)


def _is_orphan() -> ColumnElement[bool]:
    """Say that a telling is to be told and in no notice."""
    return and_(tellings.c.notice_id.is_(None), tellings.c.state == Outcome.PENDING.value)


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
            rows = connection.execute(query, {"alert_ids": batch, **_values_of(window)})
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
                _is_orphan(),
                _is_open(day),
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


def _values_of(window: Window) -> dict[str, object]:
    """Answer what the questions about a window are asked with."""
    since = {} if window.since is None else {"since": window.since}
    return {
        "of_role": f"%|{_escaped(window.role)}|%",
        "day": window.day,
        "horizon": window.horizon,
        "latest": max(window.day, window.horizon),
        "opened_on": window.opened_on,
        **since,
    }


def _escaped(text: str) -> str:
    """Let a pattern's signs stand for themselves."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _in_window(urgent: bool, is_between: bool) -> ColumnElement[bool]:
    due = or_(
        steps.c.on_date <= _day("day"),
        and_(steps.c.after_due.is_(False), steps.c.on_date <= _day("horizon")),
    )
    wanted = [
        steps.c.waiting != "",
        steps.c.waiting.like(bindparam("of_role"), escape="/"),
        steps.c.urgent.is_(urgent),
        # What the index on waiting steps can use.
        steps.c.on_date <= _day("latest"),
        due,
        _is_open(_day("opened_on")),
    ]
    if is_between:
        earlier = steps.alias("earlier")
        wanted += [
            steps.c.after_due.is_(True),
            steps.c.on_date >= _day("since"),
            ~select(earlier.c.id)
            .where(
                earlier.c.alert_id == steps.c.alert_id,
                earlier.c.after_due.is_(True),
                earlier.c.on_date < steps.c.on_date,
            )
            .exists(),
        ]
    return and_(*wanted)


def _day(name: str) -> BindParameter[date]:
    return bindparam(name, type_=Date)


def _is_open(day: date | BindParameter[date]) -> ColumnElement[bool]:
    acknowledged = and_(alerts.c.deferred_until.is_not(None), alerts.c.deferred_until >= day)
    return and_(alerts.c.closed_at.is_(None), ~acknowledged)


@cache
def _with_entries(urgent: bool, is_between: bool) -> Select[Any]:
    in_batch = steps.c.alert_id.in_(bindparam("alert_ids", expanding=True))
    found = _columns().where(in_batch, _in_window(urgent, is_between)).order_by(steps.c.id)
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
