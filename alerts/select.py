"""Finds only what a pass can touch now: ranges in an index, read in bounded batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Date, String, and_, func, literal, or_, select
from sqlalchemy import tuple_ as row_of
from sqlalchemy.sql.selectable import Select

from alerts.cutoffs import Range
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.filters import Ages, in_scope, matches
from alerts.states import SATISFIED
from alerts.tables import alerts, first_dues
from ledgers.tables import entries, imports, last_acts, touched

_SATISFIED = [how.value for how in SATISFIED]


@dataclass(frozen=True, slots=True)
class Found:
    """An entry whose matter opens: `day` is its anchor, or its first due day if never recorded.

    `cycles` is how many cycles this matter has had already.
    """

    entry_id: str
    day: date
    cycles: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the index: a rule in one of its variants, a range, a batch's size."""

    plan: EvaluationPlan
    rule: WatchedRule
    variant: Variant
    range: Range
    today: date
    limit: int


def newly_due(connection: Connection, ask: Ask, kind: str, *, after: Found | None) -> list[Found]:
    """Answer entries whose last `kind` is in the range, counts, and has no alert yet.

    They come in the order of the index; `after` is the last one of the batch before. Entries that
    were touched are left out: they are judged with all that changed.
    """
    act = last_acts.alias("act")
    query = (
        select(
            act.c.entry_id, act.c.happened_on, _cycles(ask.rule, act.c.entry_id, act.c.happened_on)
        )
        .select_from(act)
        .join(entries, entries.c.id == act.c.entry_id)
        .where(
            act.c.kind == kind,
            *_within(act.c.happened_on, ask.range),
            *_eligible(ask),
            _no_newer(ask.rule, kind, act.c.entry_id, act.c.happened_on),
            ~_has_alert(ask.rule, act.c.entry_id, act.c.happened_on),
        )
    )
    return _page(connection, query, (act.c.happened_on, act.c.entry_id), ask.limit, after)


def newly_first_due(connection: Connection, ask: Ask, *, after: Found | None) -> list[Found]:
    """Answer never recorded entries whose first due day is in the range and that have no alert."""
    due = first_dues.alias("due")
    recorded = last_acts.alias("recorded")
    query = (
        select(due.c.entry_id, due.c.due_on, _cycles(ask.rule, due.c.entry_id, None))
        .select_from(due)
        .join(entries, entries.c.id == due.c.entry_id)
        .where(
            due.c.rule == ask.rule.name,
            *_within(due.c.due_on, ask.range),
            *_eligible(ask),
            ~select(recorded.c.entry_id)
            .where(recorded.c.entry_id == due.c.entry_id, recorded.c.kind.in_(ask.rule.counts))
            .exists(),
            ~_has_alert(ask.rule, due.c.entry_id, None),
        )
    )
    return _page(connection, query, (due.c.due_on, due.c.entry_id), ask.limit, after)


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
        .distinct()
        .where(alerts.c.closed_at.is_(None), alerts.c.next_at <= today)
    )
    return list(connection.execute(query).scalars())


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


def _page(
    connection: Connection,
    query: Select[str, date, int],
    order: tuple[ColumnElement[date], ColumnElement[str]],
    limit: int,
    after: Found | None,
) -> list[Found]:
    if after is not None:
        reached = row_of(literal(after.day, Date), literal(after.entry_id, String))
        query = query.where(row_of(*order) > reached)
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [Found(entry_id, day, cycles) for entry_id, day, cycles in rows]


def _within(column: ColumnElement[date], wanted: Range) -> list[ColumnElement[bool]]:
    bounds = [column <= wanted.until]
    return bounds if wanted.after is None else [*bounds, column > wanted.after]


def _eligible(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    pending = touched.alias("pending")
    return (
        matches(ask.rule.group, Ages.on(ask.plan, ask.today)),
        in_scope(ask.rule, ask.variant),
        ~select(pending.c.id).where(pending.c.entry_id == entries.c.id).exists(),
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


def _cycles(
    rule: WatchedRule, entry_id: ColumnElement[str], anchor: ColumnElement[date] | None
) -> ColumnElement[int]:
    newest = select(func.max(alerts.c.cycle)).where(_of_matter(rule, entry_id, anchor))
    return func.coalesce(newest.scalar_subquery(), 0)
