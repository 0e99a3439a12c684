"""First due days of entries that were never recorded: spread over a term, never overdue at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Row, and_, func, select
from sqlalchemy.sql.selectable import Select

from alerts.effective import EvaluationPlan, WatchedRule
from alerts.facts import Placed
from alerts.filters import Ages, matches
from alerts.inserting import insert_new
from alerts.tables import first_dues
from config.durations import Duration, Unit
from config.lean import dataclass
from ledgers.database import Database
from ledgers.tables import entries, imports, last_acts, touched
from schedules.deadlines import Deadline
from schedules.periods import Period

_BATCH = 5000
_UNRANKED = -1


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An entry without any record under a rule. `known_on`: when that could first be known."""

    entry_id: str
    number: str
    level: str | None
    placed: Placed
    entered_on: date
    known_on: date


def spread(
    plan: EvaluationPlan, rule: WatchedRule, village: Sequence[Newcomer]
) -> Iterator[tuple[str, date]]:
    """Answer the first due day of each: the highest level first, evenly over the term. Pure."""
    ordered = sorted(
        village,
        key=lambda one: (
            -plan.level_ranks.get(one.level or "", _UNRANKED),
            len(one.number),
            one.number,
        ),
    )
    for position, one in enumerate(ordered, start=1):
        variant = one.placed.variant(rule)
        start = max(
            plan.launch_on,
            one.entered_on,
            rule.started_on,
            one.known_on,
            variant.valid_from or date.min,
        )
        deadline = variant.deadline(one.level)
        if deadline is None:
            continue  # no interval for its level: not configured, never guessed
        interval, _ = deadline.history[-1]
        term = min(rule.spread.after(start), interval.after(start)) - start
        days = max(position * term.days // len(ordered), 1)
        yield one.entry_id, _rolled(start, days, deadline)


def _rolled(start: date, days: int, like: Deadline) -> date:
    after = Period.of(Duration(days, Unit.DAYS), like.calendar)
    return Deadline(((after, None),), like.roll, like.calendar).due(start)


def spread_villages(
    connection: Connection,
    plan: EvaluationPlan,
    rule: WatchedRule,
    villages: Iterable[str],
    *,
    today: date,
) -> dict[tuple[str, str], date]:
    """Give first due days to all newcomers of some villages; answer them by (rule, entry)."""
    query = _newcomers(plan, rule, today).where(entries.c.lives_in.in_(sorted(set(villages))))
    rows = connection.execute(query).all()
    dues = dict(_dues(plan, rule, rows, today))
    _write(connection, rule, dues)
    return {(rule.name, entry_id): day for entry_id, day in dues.items()}


def foreseen(
    connection: Connection, plan: EvaluationPlan, rule: WatchedRule, *, today: date
) -> dict[str, date]:
    """Answer the first due days that the next pass will give, by entry; writes nothing."""
    # Asked for in their villages' order, SQLite reads the whole ledger in that order to find a few.
    query = _newcomers(plan, rule, today).order_by(None)
    rows = sorted(connection.execute(query), key=attrgetter("lives_in"))
    return dict(_dues(plan, rule, rows, today))


def spread_everywhere(
    database: Database, plan: EvaluationPlan, rule: WatchedRule, *, today: date
) -> int:
    """Give first due days to all newcomers, village by village, in bounded units; answer how many."""
    count = 0
    waiting: dict[str, date] = {}
    with database.reading() as reader:
        streamed = reader.execution_options(yield_per=_BATCH).execute(_newcomers(plan, rule, today))
        for entry_id, day in _dues(plan, rule, streamed, today):
            waiting[entry_id] = day
            if len(waiting) == _BATCH:
                count += _write_unit(database, rule, waiting)
                waiting = {}
    return count + _write_unit(database, rule, waiting)


def _dues(
    plan: EvaluationPlan, rule: WatchedRule, rows: Iterable[Row[tuple[object, ...]]], today: date
) -> Iterator[tuple[str, date]]:
    for _, village in groupby(rows, key=attrgetter("lives_in")):
        yield from spread(plan, rule, [_newcomer(row, today) for row in village])


def _newcomer(row: Row[tuple[object, ...]], today: date) -> Newcomer:
    return Newcomer(
        row.id,
        row.number,
        row.level,
        Placed(row.status, row.lives_in, row.registered_in, row.entered_on, row.level),
        row.entered_on,
        row.known_on or today,
    )


def _newcomers(plan: EvaluationPlan, rule: WatchedRule, today: date) -> Select[tuple[object, ...]]:
    """Select the entries a rule is for that have neither a record nor a first due day."""
    recorded, given = last_acts.alias("recorded"), first_dues.alias("given")
    unfinished = imports.alias("unfinished")
    known = select(func.min(touched.c.known_on)).where(touched.c.entry_id == entries.c.id)
    return (
        select(
            entries.c.id,
            entries.c.number,
            entries.c.level,
            entries.c.status,
            entries.c.lives_in,
            entries.c.registered_in,
            entries.c.entered_on,
            known.scalar_subquery().label("known_on"),
        )
        .outerjoin(
            unfinished,
            and_(unfinished.c.id == entries.c.import_id, unfinished.c.finished_at.is_(None)),
        )
        .where(
            unfinished.c.id.is_(None),
            matches(rule.group, Ages.on(plan, today)),
            ~select(recorded.c.entry_id)
            .where(recorded.c.entry_id == entries.c.id, recorded.c.kind.in_(rule.counts))
            .exists(),
            ~select(given.c.entry_id)
            .where(given.c.entry_id == entries.c.id, given.c.rule == rule.name)
            .exists(),
        )
        .order_by(entries.c.lives_in)
    )


def _write_unit(database: Database, rule: WatchedRule, dues: Mapping[str, date]) -> int:
    if dues:
        with database.writing() as connection:
            _write(connection, rule, dues)
    return len(dues)


def _write(connection: Connection, rule: WatchedRule, dues: Mapping[str, date]) -> None:
    insert_new(
        connection,
        first_dues,
        [
            {"rule": rule.name, "entry_id": entry_id, "due_on": day}
            for entry_id, day in dues.items()
        ],
    )
