"""Finds only what a pass can touch now: ranges in an index, read in bounded batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy import tuple_ as row_of
from sqlalchemy.sql.selectable import Select

from alerts.cutoffs import Range
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.filters import Ages, in_scope, matches, moves
from alerts.states import SATISFIED
from alerts.tables import alerts, first_dues
from ledgers.tables import entries, imports, last_acts, touched

_SATISFIED = [how.value for how in SATISFIED]


Found = Row[str, date, int]
"""An entry whose matter opens: `entry_id`, `day` and the `cycle` that this is.

The day is its anchor, or its first due day if it was never recorded.
"""


class Page(NamedTuple):
    """Where in the index a page ended."""

    day: date
    entry_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the index: a rule in one of its variants, a counting kind, a range of days.

    Without a kind it is about entries that were never recorded, and the days are first due days.
    """

    plan: EvaluationPlan
    rule: WatchedRule
    variant: Variant
    kind: str | None
    range: Range
    today: date


def newly_due(
    connection: Connection, ask: Ask, *, after: Page | None, limit: int
) -> Sequence[Found]:
    """Answer entries of the range that have no alert for their anchor, in the order of the index.

    `after` is the last one of the page before. Entries that were touched are left out: they are
    judged with all that changed.
    """
    values: dict[str, object] = {"until": ask.range.until, "most": limit}
    if after is not None:
        values |= {"reached_day": after.day, "reached_id": after.entry_id}
    elif ask.range.after is not None:
        values["since"] = ask.range.after
    statement = _remembered(ask, paged=after is not None)
    return connection.execute(statement, values).all()


def _remembered(ask: Ask, *, paged: bool) -> Select[str, date, int]:
    """Build a question once, but for what moves with the day."""
    key = (
        "question",
        ask.rule.name,
        ask.variant.prefix,
        ask.kind,
        ask.range.after is None,
        paged,
    )
    day = ask.today if moves(ask.rule.group) else None
    built: tuple[date | None, Select[str, date, int]] | None = ask.plan.memo.get(key)
    if built is None or built[0] != day:
        built = ask.plan.memo[key] = (day, _question(ask, paged=paged))
    return built[1]


def _question(ask: Ask, *, paged: bool) -> Select[str, date, int]:
    if ask.kind is None:
        day, entry_id = first_dues.c.due_on, first_dues.c.entry_id
        whose = [first_dues.c.rule == ask.rule.name, _never_recorded(ask.rule, entry_id)]
        anchor = None
    else:
        day, entry_id = last_acts.c.happened_on, last_acts.c.entry_id
        whose = [last_acts.c.kind == ask.kind, _no_newer(ask.rule, ask.kind, entry_id, day)]
        anchor = day
    bounds = [day <= bindparam("until", type_=Date)]
    if paged:
        # Instead of `since`, so that the index begins where the last page ended.
        reached = row_of(
            bindparam("reached_day", type_=Date), bindparam("reached_id", type_=String)
        )
        bounds.append(row_of(day, entry_id) > reached)
    elif ask.range.after is not None:
        bounds.append(day > bindparam("since", type_=Date))
    return (
        select(entry_id.label("entry_id"), day.label("day"), _cycle(ask.rule, entry_id, anchor))
        .select_from(day.table)
        .join(entries, entries.c.id == entry_id)
        .where(*bounds, *whose, *_eligible(ask), ~_has_alert(ask.rule, entry_id, anchor))
        .order_by(day, entry_id)
        .limit(bindparam("most", type_=Integer))
    )


def to_look_at(connection: Connection, rule: str, today: date, limit: int) -> list[str]:
    """Answer entries with an open alert of a rule whose `next_at` has come."""
    query = (
        select(alerts.c.entry_id)
        .where(alerts.c.closed_at.is_(None), alerts.c.next_at <= today, alerts.c.rule == rule)
        .order_by(alerts.c.next_at)
        .limit(limit)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def rules_to_look_at(connection: Connection, today: date) -> list[str]:
    """Answer the rules with an open alert whose `next_at` has come."""
    query = (
        select(alerts.c.rule)
        .where(alerts.c.closed_at.is_(None), alerts.c.next_at <= today)
        # Distinct alone would read the index of all alerts that ever were, in the order of rules.
        .group_by(alerts.c.next_at, alerts.c.rule)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


@dataclass(frozen=True, slots=True)
class Touched:
    """What changed: per entry since when it could be known, and the rows to take away."""

    known_on: dict[str, date]
    row_ids: Sequence[int]
    last_id: int


def changed(connection: Connection, *, after: int, limit: int) -> Touched:
    """Answer the next batch of touched entries, oldest first.

    Those that an unfinished import wrote wait until it is whole.
    """
    unfinished = imports.alias("unfinished")
    rows = connection.execute(
        select(touched.c.id, touched.c.entry_id, touched.c.known_on)
        .join(entries, entries.c.id == touched.c.entry_id)
        .outerjoin(
            unfinished,
            and_(unfinished.c.id == entries.c.import_id, unfinished.c.finished_at.is_(None)),
        )
        .where(touched.c.id > after, unfinished.c.id.is_(None))
        .order_by(touched.c.id)
        .limit(limit)
    ).all()
    known_on: dict[str, date] = {}
    for row in rows:
        known_on[row.entry_id] = min(row.known_on, known_on.get(row.entry_id, row.known_on))
    return Touched(known_on, [row.id for row in rows], rows[-1].id if rows else after)


def _eligible(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    pending = touched.alias("pending")
    return (
        matches(ask.rule.group, Ages.on(ask.plan, ask.today)),
        in_scope(ask.rule, ask.variant),
        ~select(pending.c.id).where(pending.c.entry_id == entries.c.id).exists(),
    )


def _never_recorded(rule: WatchedRule, entry_id: ColumnElement[str]) -> ColumnElement[bool]:
    recorded = last_acts.alias("recorded")
    return ~(
        select(recorded.c.entry_id)
        .where(recorded.c.entry_id == entry_id, recorded.c.kind.in_(rule.counts))
        .exists()
    )


def _no_newer(
    rule: WatchedRule, kind: str, entry_id: ColumnElement[str], day: ColumnElement[date]
) -> ColumnElement[bool]:
    """Say that no other counting kind has a newer date; of equal dates one kind speaks for both."""
    others = [other for other in rule.counts if other != kind]
    newer = last_acts.alias("newer")
    if not others:
        return and_(True)
    same_day = [other for other in others if other < kind]
    return (
        ~select(newer.c.entry_id)
        .where(
            newer.c.entry_id == entry_id,
            or_(
                and_(newer.c.kind.in_(others), newer.c.happened_on > day),
                and_(newer.c.kind.in_(same_day), newer.c.happened_on == day),
            ),
        )
        .exists()
    )


def _of_matter(
    rule: WatchedRule, entry_id: ColumnElement[str], anchor: ColumnElement[date] | None
) -> ColumnElement[bool]:
    same = alerts.c.anchor_on.is_(None) if anchor is None else alerts.c.anchor_on == anchor
    return and_(alerts.c.rule == rule.name, alerts.c.entry_id == entry_id, same)


def _has_alert(
    rule: WatchedRule, entry_id: ColumnElement[str], anchor: ColumnElement[date] | None
) -> ColumnElement[bool]:
    """Say that the matter has an open alert, or one that ended as it should."""
    finished = or_(alerts.c.closed_at.is_(None), alerts.c.closed_how.in_(_SATISFIED))
    return select(alerts.c.id).where(_of_matter(rule, entry_id, anchor), finished).exists()


def _cycle(
    rule: WatchedRule, entry_id: ColumnElement[str], anchor: ColumnElement[date] | None
) -> ColumnElement[int]:
    """Answer the number of the cycle that opens."""
    newest = select(func.max(alerts.c.cycle)).where(_of_matter(rule, entry_id, anchor))
    return (func.coalesce(newest.scalar_subquery(), 0) + 1).label("cycle")
