"""How far each rule has been looked at, and what must be looked at anew after a change."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Row, delete, func, literal, select, update
from sqlalchemy import Date as DateType

from alerts.changes import Horizon
from alerts.effective import EvaluationPlan, WatchedRule
from alerts.filters import Ages, by_grade, moving_bounds, school_year
from alerts.specs import digest_of
from alerts.tables import alerts, progress, watches
from config.lean import dataclass
from ledgers.tables import entries, level_changes, touched
from ledgers.upserting import upserting

Key = tuple[str, str]
"""Variant and lead."""

_RULE: Key = ("", "*rule")  # the rule has been taken up with this stamp
AGES: Key = ("", "*ages")  # what time alone moves has been looked at up to this day
SPREAD: Key = ("", "*spread")  # first due days have been given to all there were

_STANDING = select(
    progress,
    select(touched.c.id).exists().label("is_touched"),
    select(func.min(alerts.c.next_at))
    .where(alerts.c.closed_at.is_(None))
    .scalar_subquery()
    .label("look_on"),
    select(func.min(watches.c.look_on)).scalar_subquery().label("watch_on"),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """What one rule has been through: the stamp it was taken up with, and days by key."""

    stamp: str
    days: Mapping[Key, date]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pass begins: progress by rule, also of removed rules.

    `is_touched`: something may have changed, be it in an import that is not whole yet. `look_on` is
    the first day on which an open alert must be looked at, `watch_on` an entry for its own history.
    """

    progress: dict[str, Progress]
    is_touched: bool
    look_on: date | None
    watch_on: date | None = None


def standing(connection: Connection) -> Standing:
    """Read all that a pass must know before it does anything, in one statement."""
    rows = connection.execute(_STANDING).all()
    if not rows:
        # The first pass of all: every rule is taken up, and looked at whole.
        return Standing({}, is_touched=True, look_on=None)
    row = rows[0]
    return Standing(_by_rule(rows), bool(row.is_touched), row.look_on, row.watch_on)


def load(connection: Connection) -> dict[str, Progress]:
    """Read the progress of all rules, also of removed ones."""
    return _by_rule(connection.execute(select(progress)))


def _by_rule(rows: Iterable[Row[tuple[Any, ...]]]) -> dict[str, Progress]:
    stamps: dict[str, str] = {}
    days: dict[str, dict[Key, date]] = {}
    for row in rows:
        stamps[row.rule] = row.timing_hash
        days.setdefault(row.rule, {})[row.variant, row.step] = row.through
    return {rule: Progress(stamps[rule], days[rule]) for rule in stamps}


def stamp_of(rule: WatchedRule, horizon: Horizon) -> str:
    """Answer what the rows of a rule depend on beside the ledger; a school year is a part of it."""
    year = school_year(horizon.today) if by_grade(rule.group) else None
    return digest_of([rule.stamp, horizon.look_ahead, year])


def take_up(connection: Connection, rule: WatchedRule, horizon: Horizon) -> Progress:
    """Begin anew: everything of the rule is found and judged again; the keys keep it from doubling."""
    connection.execute(delete(progress).where(progress.c.rule == rule.name))
    connection.execute(
        update(alerts)
        .where(alerts.c.rule == rule.name, alerts.c.closed_at.is_(None))
        .values(next_at=horizon.today)
    )
    if rule.has_own_dates:
        _watch_changed(connection, rule, horizon.today)
    stamp = stamp_of(rule, horizon)
    days = {_RULE: horizon.today, AGES: horizon.today}
    write(connection, {rule.name: Progress(stamp, days)})
    return Progress(stamp, {AGES: horizon.today})


def _watch_changed(connection: Connection, rule: WatchedRule, today: date) -> None:
    """Let all whose level ever changed be judged by their own history; most need not stay watched."""
    connection.execute(delete(watches).where(watches.c.rule == rule.name))
    changed = select(literal(rule.name), entries.c.id, literal(today, DateType)).where(
        entries.c.ledger == rule.group.ledger,
        select(level_changes.c.id).where(level_changes.c.entry_id == entries.c.id).exists(),
    )
    connection.execute(watches.insert().from_select(["rule", "entry_id", "look_on"], changed))


def write(connection: Connection, reached: Mapping[str, Progress]) -> None:
    """Note how far rules are now."""
    rows = [
        {
            "rule": rule,
            "variant": variant,
            "step": step,
            "timing_hash": now.stamp,
            "through": day,
        }
        for rule, now in reached.items()
        for (variant, step), day in now.days.items()
    ]
    if rows:
        connection.execute(_upsert(connection.dialect.name), rows)


def touch_crossed(
    connection: Connection, plan: EvaluationPlan, rule: WatchedRule, since: date, *, today: date
) -> bool:
    """Note whom time alone brought into the rule's group after `since`, or out of it.

    Birthdays, stays that are long enough, posts taken up: nobody else writes that down. Answers
    whether there is anybody.
    """
    return _touch_between(connection, plan, rule, (since, today), known_on=today)


def turn_back(
    connection: Connection, plan: EvaluationPlan, rule: WatchedRule, known: Progress, *, today: date
) -> Progress:
    """Begin again after `today` where a rule was looked at for days to come, as a wrong clock does.

    Whatever changes until then is judged by today: without this, what these days make due of it
    would never be found. Whom time had moved by then is judged again as well.
    """
    if known.days[AGES] > today:
        _touch_between(connection, plan, rule, (today, known.days[AGES]), known_on=today)
    back = Progress(known.stamp, {key: min(day, today) for key, day in known.days.items()})
    write(connection, {rule.name: back})
    return back


def _touch_between(
    connection: Connection,
    plan: EvaluationPlan,
    rule: WatchedRule,
    days: tuple[date, date],
    *,
    known_on: date,
) -> bool:
    count = 0
    before, after = (Ages.on(plan, day) for day in days)
    for bound in moving_bounds(rule.group):
        crossed = select(entries.c.id, literal(known_on, DateType)).where(
            entries.c.ledger == rule.group.ledger, bound.crossed(before, after)
        )
        into = touched.insert().from_select(["entry_id", "known_on"], crossed)
        counted = into.execution_options(preserve_rowcount=True)
        count += connection.execute(counted).rowcount
    return count > 0


@cache
def _upsert(dialect: str) -> Insert:
    statement = upserting(progress, dialect)
    now = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(progress.primary_key.columns),
        set_={"through": now.through, "timing_hash": now.timing_hash},
    )
