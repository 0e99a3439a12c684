"""What fell due in a term and what came of it, from the records themselves.

Of a duty every record that counts is the beginning of an obligation: due so long after it, met by
the next one. Of windows, periods and clocks that a record starts each is one of its own. The dates are those evaluation opens alerts by, and only anchors that can fall due in the term
are read (DESIGN.md 4).
"""

from collections.abc import Callable, Iterator
from datetime import date
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.selectable import Subquery

from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.facts import ACTIVE
from alerts.filters import Ages, in_scope, matches
from alerts.tables import first_dues
from alerts.terms import Term
from alerts.timings import Duty, FromDay, InSpells
from config.groups import Group
from config.lean import dataclass
from ledgers.acts import DONE
from ledgers.tables import entries, records
from schedules.calendars import shifted_days
from schedules.deadlines import Deadline


class Met(IntEnum):
    """What came of an obligation; of several of one entry the highest is counted."""

    NOT_YET = 0  # due later in a term that is still running
    ON_TIME = 1
    LATE_ENTERED = 2  # in time, but recorded more than 30 days after (补录)
    LEFT = 3  # the entry left the ledger in the term
    NEVER = 4  # nothing was recorded by its first due date
    OVERDUE = 5


@dataclass(frozen=True, slots=True)
class Obligation:
    """One entry's obligation of a term. `region` is where the entry lives."""

    entry_id: str
    region: str
    due_on: date
    met: Met


@dataclass(frozen=True, slots=True)
class Period:
    """A term, the day it is looked at from, and the rules in force."""

    plan: EvaluationPlan
    term: Term
    today: date

    @property
    def as_of(self) -> date:
        """Answer the last day of the term that has come."""
        return min(self.today, self.term.last)


def obligations(connection: Connection, period: Period, rule: WatchedRule) -> Iterator[Obligation]:
    """Yield all obligations of a rule that fell, or will fall, due in the term."""
    for variant in rule.variants:
        who = and_(population(period, rule.group), in_scope(rule, variant))
        if isinstance(variant.timing, Duty):
            for level, deadline in variant.timing.deadlines.items():
                of_level = and_(who, entries.c.level == level) if variant.timing.by_level else who
                yield from _after_records(connection, period, (rule, variant, deadline), of_level)
            yield from _first(connection, period, rule, who)
        elif rule.counts:
            yield from _once(connection, period, (rule, variant), who)


def population(period: Period, group: Group) -> ColumnElement[bool]:
    """Answer who belongs to a group at the end of the term, or left the ledger in it."""
    stay = {name: wanted for name, wanted in group.where.items() if name != "status"}
    status = group.where.get("status")
    asks_active = status in (None, ACTIVE, (ACTIVE,))
    kept = group.model_copy(update={"where": stay if asks_active else group.where})
    return and_(matches(kept, Ages.on(period.plan, period.as_of)), was_there(period))


def was_there(period: Period) -> ColumnElement[bool]:
    """Say that an entry was in the ledger on some day of the term."""
    return and_(
        entries.c.entered_on <= period.as_of,
        or_(
            and_(entries.c.left_on.is_(None), entries.c.status == ACTIVE),
            entries.c.left_on >= period.term.first,
        ),
    )


def _after_records(
    connection: Connection,
    period: Period,
    of: tuple[WatchedRule, Variant, Deadline],
    who: ColumnElement[bool],
) -> Iterator[Obligation]:
    rule, variant, deadline = of
    term = period.term
    until = deadline.latest_anchor(term.last)
    after = deadline.latest_anchor(shifted_days(term.first, -1))
    if until is None:
        return
    acts = _acts(rule)
    query = (
        select(*_ENTRY, acts.c.happened_on, acts.c.next_on, acts.c.next_late)
        .join(acts, acts.c.entry_id == entries.c.id)
        .where(who, acts.c.happened_on <= until)
    )
    if after is not None:
        query = query.where(acts.c.happened_on > after)
    dues: dict[date, date] = {}
    for row in connection.execute(query):
        anchor = row.happened_on
        due = dues.get(anchor) or dues.setdefault(anchor, deadline.due(anchor))
        if due >= row.entered_on and _in_force(variant, due):
            yield Obligation(row.id, row.lives_in, due, _met(period, row, due, Met.OVERDUE))


def _first(
    connection: Connection, period: Period, rule: WatchedRule, who: ColumnElement[bool]
) -> Iterator[Obligation]:
    acts = _acts(rule)
    first = (
        select(acts.c.entry_id, func.min(acts.c.happened_on).label("happened_on"))
        .group_by(acts.c.entry_id)
        .subquery()
    )
    query = (
        select(*_ENTRY, first_dues.c.due_on, acts.c.happened_on.label("next_on"), acts.c.is_late)
        .join(first_dues, first_dues.c.entry_id == entries.c.id)
        .outerjoin(first, first.c.entry_id == entries.c.id)
        .outerjoin(
            acts,
            and_(acts.c.entry_id == first.c.entry_id, acts.c.happened_on == first.c.happened_on),
        )
        .where(
            who,
            first_dues.c.rule == rule.name,
            first_dues.c.due_on.between(period.term.first, period.term.last),
        )
    )
    for row in connection.execute(query):
        met = _met(period, row, row.due_on, Met.NEVER)
        yield Obligation(row.id, row.lives_in, row.due_on, met)


def _once(
    connection: Connection,
    period: Period,
    of: tuple[WatchedRule, Variant],
    who: ColumnElement[bool],
) -> Iterator[Obligation]:
    """Yield what is owed once in each window or period, or once after each record of a kind."""
    rule, variant = of
    match variant.timing:
        case InSpells() as timing:
            spells = timing.spells.between(period.term.first, period.term.last)
            dues = {one.start: one.due_on for one in spells if rule.started_on <= one.due_on}
            for start, due in dues.items():
                query = _with_next(rule, literal(start, Date))
                query = query.where(who, entries.c.entered_on <= due)
                yield from _found(connection, period, variant, (query, dues.__getitem__))
        case FromDay(record=str() as kind) as timing:
            begun = _BEGUN.c.happened_on
            query = (
                _with_next(rule, begun)
                .join(_BEGUN, _BEGUN.c.entry_id == entries.c.id)
                .where(who, _BEGUN.c.kind == kind, _BEGUN.c.result == DONE)
                .where(_BEGUN.c.voided_at.is_(None), begun <= period.term.last)
            )
            yield from _found(connection, period, variant, (query, timing.due))


def _found(
    connection: Connection,
    period: Period,
    variant: Variant,
    of: tuple[Select[Any], Callable[[date], date]],
) -> Iterator[Obligation]:
    query, due_of = of
    for row in connection.execute(query):
        due = due_of(row.begun_on)
        if due in period.term and _in_force(variant, due):
            yield Obligation(row.id, row.lives_in, due, _met(period, row, due, Met.OVERDUE))


def _with_next(rule: WatchedRule, begun: ColumnElement[date]) -> Select[Any]:
    """Ask for entries, the day from which an act counts, the first such act, and if it came late."""
    counting = (
        records.c.entry_id == entries.c.id,
        records.c.kind.in_(rule.counts),
        records.c.result == DONE,
        records.c.voided_at.is_(None),
        records.c.happened_on >= begun,
    )
    order = (records.c.happened_on, records.c.late_entry)
    late = case((records.c.late_entry, 1), else_=0)
    first, is_late = (
        select(column).where(*counting).order_by(*order).limit(1).scalar_subquery()
        for column in (records.c.happened_on, late)
    )
    return select(
        *_ENTRY, begun.label("begun_on"), first.label("next_on"), is_late.label("is_late")
    )


def _met(period: Period, row: Any, due: date, missed: Met) -> Met:
    if row.next_on is not None and row.next_on <= due:
        return Met.LATE_ENTERED if row[-1] else Met.ON_TIME
    if row.left_on is not None and row.left_on in period.term:
        return Met.LEFT
    if row.next_on is None and due >= period.today:
        return Met.NOT_YET
    return missed


def _in_force(variant: Variant, due: date) -> bool:
    begun = variant.valid_from is None or variant.valid_from <= due
    return begun and (variant.valid_to is None or due <= variant.valid_to)


_BEGUN = records.alias("begun")
_ENTRY = (entries.c.id, entries.c.lives_in, entries.c.entered_on, entries.c.left_on)


def _acts(rule: WatchedRule) -> Subquery:
    """Answer each day on which something counts, the next such day, and whether both came late."""
    late = func.min(case((records.c.late_entry, 1), else_=0)).label("is_late")
    days = (
        select(records.c.entry_id, records.c.happened_on, late)
        .where(
            records.c.kind.in_(rule.counts),
            records.c.result == DONE,
            records.c.voided_at.is_(None),
        )
        .group_by(records.c.entry_id, records.c.happened_on)
        .subquery()
    )
    entry, day = days.c.entry_id, days.c.happened_on
    return select(
        entry,
        day,
        days.c.is_late,
        func.lead(day, type_=day.type).over(partition_by=entry, order_by=day).label("next_on"),
        func.lead(days.c.is_late, type_=Integer)
        .over(partition_by=entry, order_by=day)
        .label("next_late"),
    ).subquery()
