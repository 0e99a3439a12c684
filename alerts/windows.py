"""Which steps a slot takes: its window as a question, and the alerts that have some in it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Select

from alerts.states import Outcome
from alerts.tables import alerts, steps, tellings
from config.lean import dataclass
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


def waiting_alerts(connection: Connection, windows: Sequence[Window]) -> list[str]:
    """Answer the alerts with a step in one of the windows, entries of one village together."""
    found: dict[str, None] = {}
    for window in windows:
        query = _alerts_in(window.urgent, window.since is not None)
        rows = connection.execute(query, values_of(window))
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
        .where(in_window(urgent, is_between))
        .order_by(entries.c.lives_in, alerts.c.id)
    )


@cache
def _orphans(urgent: bool) -> Select[str]:
    return (
        select(tellings.c.alert_id)
        .join(steps, steps.c.id == tellings.c.step_id)
        .where(is_orphan(), steps.c.urgent.is_(urgent))
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
        .where(is_orphan(), steps.c.urgent.is_(True))
    )
    return never_told.limit(1), told_again.limit(1)


def is_orphan() -> ColumnElement[bool]:
    """Say that a telling is to be told and in no notice."""
    return and_(tellings.c.notice_id.is_(None), tellings.c.state == Outcome.PENDING.value)


def values_of(window: Window) -> dict[str, object]:
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


def in_window(urgent: bool, is_between: bool) -> ColumnElement[bool]:
    """Say that a step is in a window, as far as one is like the others of its kind."""
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
        is_open(_day("opened_on")),
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


def is_open(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Say that an alert is open, and nobody has put it off beyond a day."""
    acknowledged = and_(alerts.c.deferred_until.is_not(None), alerts.c.deferred_until >= day)
    return and_(alerts.c.closed_at.is_(None), ~acknowledged)
