"""What raises signals by itself: records, changed fields, differences, posts that became vacant.

Each has a source that is the same however often it is seen, so it raises a rule's signal once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from alerts.effective import EvaluationPlan, WatchedRule
from alerts.raising_many import raise_of_entries
from alerts.signals import Signal, raise_signal, signal_rules
from alerts.tables import signals
from alerts.timings import Cause
from config.lean import dataclass
from ledgers.tables import (
    differences,
    entry_changes,
    level_changes,
    persons,
    post_holdings,
    posts,
)

LEVEL, POST = "level", "post"

_LEEWAY = timedelta(days=1)
"""Changes are looked for this much earlier than an entry was touched: days differ by zone."""

_LONG_VACANT = timedelta(days=30)
"""A post that has been vacant for longer is no news."""


@dataclass(frozen=True, slots=True)
class News:
    """A record as far as it may raise a signal."""

    record_id: str
    entry_id: str
    kind: str
    happened_on: date
    recorded_by: str | None


def of_records(
    connection: Connection,
    plan: EvaluationPlan,
    news: Sequence[News],
    *,
    now: datetime,
    today: date,
) -> int:
    """Raise what records raise, in their own transaction; answer how many signals are new.

    Not what happened before the rule began: a first import of old lists is no emergency.
    """
    rules = [(rule, on.cause.record) for rule, on in signal_rules(plan) if on.cause.record]
    wishes = (
        Signal(
            rule.name,
            rule.name,
            record_source(one.record_id),
            entry_id=one.entry_id,
            raised_by=one.recorded_by,
        )
        for rule, kind in rules
        for one in news
        if one.kind == kind and one.happened_on >= rule.started_on
    )
    return _raise_all(connection, plan, wishes, now=now, today=today)


def record_source(record_id: str) -> str:
    """Answer how the signals that a record raised are known."""
    return f"record:{record_id}"


def of_changes(
    connection: Connection,
    plan: EvaluationPlan,
    known_on: Mapping[str, date | None],
    *,
    now: datetime,
    today: date,
) -> int:
    """Raise what changes of touched entries raise; answer how many signals are new.

    Whoever writes a change touches its entry: that note is the marker, and goes in the same
    transaction in which these signals come.
    """
    since = min((day for day in known_on.values() if day is not None), default=today) - _LEEWAY
    found: list[Signal] = []
    for rule, on in signal_rules(plan):
        first = max(since, rule.started_on)
        if on.cause.changed == LEVEL:
            found += _of_levels(connection, (rule, on.cause), known_on, first)
        elif on.cause.changed is not None and on.cause.changed != POST:
            found += _of_fields(connection, (rule, on.cause.changed), known_on, first)
        elif on.cause.imported:
            found += _of_differences(connection, rule, known_on, first)
    return _raise_all(connection, plan, found, now=now, today=today)


def of_posts(connection: Connection, plan: EvaluationPlan, *, now: datetime, today: date) -> int:
    """Raise what a post raises that nobody holds any more; answer how many signals are new."""
    return _raise_all(connection, plan, _of_posts(connection, plan, today), now=now, today=today)


def has_post_news(connection: Connection, plan: EvaluationPlan, *, today: date) -> bool:
    """Say whether a post raises what was not raised yet; reads only."""
    wishes = {(wish.rule, wish.source) for wish in _of_posts(connection, plan, today)}
    if not wishes:
        return False
    sources = {source for _, source in wishes}
    kept = select(signals.c.rule, signals.c.source).where(signals.c.source.in_(sources))
    return bool(wishes - {(row.rule, row.source) for row in connection.execute(kept)})


def _of_posts(connection: Connection, plan: EvaluationPlan, today: date) -> list[Signal]:
    rules = [rule for rule, on in signal_rules(plan) if on.cause.changed == POST]
    vacated = connection.execute(_vacated(today)).all() if rules else []
    return [
        Signal(rule.name, rule.name, f"post:{row.id}:{row.last_on}", region=row.region)
        for rule in rules
        for row in vacated
        if row.last_on >= rule.started_on
    ]


def _raise_all(
    connection: Connection,
    plan: EvaluationPlan,
    wishes: Iterator[Signal] | Sequence[Signal],
    *,
    now: datetime,
    today: date,
) -> int:
    found = list(wishes)
    of_entries = [wish for wish in found if wish.entry_id is not None]
    count = raise_of_entries(connection, plan, of_entries, now=now, today=today)
    for wish in found:
        if wish.entry_id is None:
            raised = raise_signal(connection, plan, wish, now=now, today=today)
            count += raised is not None and raised.is_new
    return count


def _of_levels(
    connection: Connection,
    of: tuple[WatchedRule, Cause],
    ids: Mapping[str, date | None],
    since: date,
) -> Iterator[Signal]:
    rule, cause = of
    query = select(level_changes).where(
        level_changes.c.entry_id.in_(ids), level_changes.c.on_date >= since
    )
    for row in connection.execute(query.order_by(level_changes.c.id)).all():
        if cause.to is None or _direction(row, rule.level_ranks) == cause.to:
            yield Signal(rule.name, rule.name, f"level:{row.id}", entry_id=row.entry_id)


def _direction(row: Row[Any], ranks: Mapping[str, int]) -> str | None:
    """Say which way a level went; from none, or to none, is neither."""
    if row.was not in ranks or row.level not in ranks or row.was == row.level:
        return None
    return "raised" if ranks[row.level] > ranks[row.was] else "lowered"


def _of_fields(
    connection: Connection,
    of: tuple[WatchedRule, str],
    ids: Mapping[str, date | None],
    since: date,
) -> Iterator[Signal]:
    rule, field = of
    query = select(entry_changes.c.id, entry_changes.c.entry_id).where(
        entry_changes.c.entry_id.in_(ids),
        entry_changes.c.field == field,
        entry_changes.c.at >= _begin(since),
    )
    for row in connection.execute(query.order_by(entry_changes.c.id)).all():
        yield Signal(rule.name, rule.name, f"field:{row.id}", entry_id=row.entry_id)


def _of_differences(
    connection: Connection, rule: WatchedRule, ids: Mapping[str, date | None], since: date
) -> Iterator[Signal]:
    query = select(differences.c.id, differences.c.entry_id).where(
        differences.c.entry_id.in_(ids),
        differences.c.found_on >= since,
        differences.c.settled_on.is_(None),
    )
    for row in connection.execute(query.order_by(differences.c.id)).all():
        yield Signal(rule.name, rule.name, f"difference:{row.id}", entry_id=row.entry_id)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _vacated(today: date) -> Any:
    """Ask for the posts that somebody held a short while ago and nobody holds today."""
    held = post_holdings.alias("held")
    still_there = or_(persons.c.left_on.is_(None), persons.c.left_on > today)
    holds = (
        select(held.c.id)
        .join(persons, persons.c.id == held.c.person_id)
        .where(
            held.c.post_id == posts.c.id,
            or_(held.c.held_to.is_(None), held.c.held_to >= today),
            still_there,
        )
    )
    last_on = func.max(post_holdings.c.held_to)
    return (
        select(posts.c.id, posts.c.region, last_on.label("last_on"))
        .join(post_holdings, post_holdings.c.post_id == posts.c.id)
        .where(post_holdings.c.held_to.is_not(None), ~holds.exists())
        .group_by(posts.c.id, posts.c.region)
        .having(last_on >= today - _LONG_VACANT)
    )
