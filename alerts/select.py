"""Finds only what a pass can touch now: ranges in an index, read in bounded batches."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Label,
    Row,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import tuple_ as row_of
from sqlalchemy.sql.selectable import Select

from alerts.cutoffs import Lead, Range, Source, Where
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.filters import Ages, in_scope, matches, moves
from alerts.moments import Matter
from alerts.states import SATISFIED
from alerts.tables import alerts, first_dues, watches
from config.lean import dataclass
from ledgers.tables import entries, entry_fields, imports, last_acts, touched

_SATISFIED = [how.value for how in SATISFIED]


Found = Row[str, date, int, date | None, str | None]
"""An entry whose matter opens: `entry_id`, `day`, the `cycle` that this is, `recorded_on`, `number`.

The day is its anchor, or its first due day if it was never recorded. `recorded_on` is the newest day
on which an act was written down that would count, `number` the entry's; None where they do not matter.
"""
_Question = Select[str, date, int, date | None, str | None]


class Page(NamedTuple):
    """Where in the index a page ended."""

    day: date
    entry_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to an index: a rule in one of its variants, a lead and one of its sources.

    The range is one of its days.
    """

    plan: EvaluationPlan
    rule: WatchedRule
    variant: Variant
    source: Source
    lead: Lead
    range: Range
    today: date

    @property
    def key(self) -> str:
        """What tells it from the other questions of the variant."""
        return self.lead.key

    @property
    def is_never(self) -> bool:
        """Say whether it is about entries that were never recorded."""
        return self.source.where is Where.FIRST_DUES

    def matter_of(self, day: date) -> Matter:
        """Answer what is owed for a day of the source."""
        return self.lead.matter_of(day)


@dataclass(frozen=True, slots=True)
class SpellAsk:
    """Whom of a rule's group a window or period concerns that opens."""

    plan: EvaluationPlan
    rule: WatchedRule
    variant: Variant
    matter: Matter
    today: date

    @property
    def key(self) -> str:
        """What tells it from the other questions of the variant."""
        return self.matter.key

    def matter_of(self, day: date) -> Matter:
        """Answer the matter of the window or period."""
        return self.matter


def newly_due(
    connection: Connection, ask: Ask, *, after: Page | None, limit: int
) -> Sequence[Found]:
    """Answer entries of the range that have no alert for their anchor, in the order of the index.

    `after` is the last one of the page before. Entries that were touched are left out: they are
    judged with all that changed; so are those whose dates hang on their own history.
    """
    values: dict[str, object] = {"until": ask.range.until, "most": limit}
    if after is not None:
        values |= {"reached_day": after.day, "reached_id": after.entry_id}
    elif ask.range.after is not None:
        values["since"] = ask.range.after
    statement = _remembered(ask, paged=after is not None)
    return connection.execute(statement, values).all()


def inside_spell(
    connection: Connection, ask: SpellAsk, *, after: Page | None, limit: int
) -> Sequence[Found]:
    """Answer the entries of a group that a window or period concerns and that have no alert for it."""
    matter = ask.matter
    start = literal(matter.anchor, Date)
    key = alerts.c.anchor == matter.key
    own = and_(alerts.c.rule == ask.rule.name, alerts.c.entry_id == entries.c.id, key)
    standing = select(alerts.c.id).where(own, _is_finished()).exists()
    query = select(
        entries.c.id.label("entry_id"),
        start.label("day"),
        _next_cycle(own),
        literal(None, Date).label("recorded_on"),
        _number(ask.rule),
    ).where(
        *_eligible(ask.rule, ask.variant, Ages.on(ask.plan, ask.today)),
        entries.c.entered_on <= matter.due_on,
        ~standing,
    )
    if ask.rule.counts:
        done = select(last_acts.c.entry_id).where(
            last_acts.c.entry_id == entries.c.id,
            last_acts.c.kind.in_(ask.rule.counts),
            last_acts.c.happened_on >= matter.anchor,
        )
        query = query.where(~done.exists())
    if after is not None:
        query = query.where(entries.c.id > after.entry_id)
    return connection.execute(query.order_by(entries.c.id).limit(limit)).all()


def _remembered(ask: Ask, *, paged: bool) -> _Question:
    """Build a question once, but for what moves with the day: ages and grades."""
    is_moving = moves(ask.rule.group)
    key = (
        "question",
        ask.rule.name,
        ask.variant.prefix,
        ask.source,
        ask.range.after is None,
        paged,
    )
    day = ask.today if is_moving else None
    built: tuple[date | None, _Question] | None = ask.plan.memo.get(key)
    if built is None or built[0] != day:
        built = ask.plan.memo[key] = (day, _question(ask, paged=paged))
    return built[1]


def _question(ask: Ask, *, paged: bool) -> _Question:
    day, entry_id, whose = _days(ask)
    anchor = None if ask.is_never else day
    bounds = [day <= bindparam("until", type_=Date)]
    if paged:
        # Instead of `since`, so that the index begins where the last page ended.
        reached = row_of(
            bindparam("reached_day", type_=Date), bindparam("reached_id", type_=String)
        )
        bounds.append(row_of(day, entry_id) > reached)
    elif ask.range.after is not None:
        bounds.append(day > bindparam("since", type_=Date))
    tables = (
        day.table if day.table is entries else day.table.join(entries, entries.c.id == entry_id)
    )
    own = _of_matter(ask.rule, entry_id, anchor)
    return (
        select(
            entry_id.label("entry_id"),
            day.label("day"),
            _next_cycle(own),
            _recorded_on(ask),
            _number(ask.rule),
        )
        .select_from(tables)
        .where(
            *bounds,
            *whose,
            *_eligible(ask.rule, ask.variant, Ages.on(ask.plan, ask.today)),
            ~select(alerts.c.id).where(own, _is_finished()).exists(),
        )
        .order_by(day, entry_id)
        .limit(bindparam("most", type_=Integer))
    )


def _days(ask: Ask) -> tuple[Column[date], Column[str], list[ColumnElement[bool]]]:
    """Answer the index of a question: its days, whose they are, and which of them are meant."""
    source, rule = ask.source, ask.rule
    whose: list[ColumnElement[bool]] = []
    if source.level is not None:
        whose.append(entries.c.level == source.level)
    match source.where:
        case Where.FIRST_DUES:
            entry_id = first_dues.c.entry_id
            whose += [first_dues.c.rule == rule.name, _never_recorded(rule, entry_id)]
            return first_dues.c.due_on, entry_id, [*whose, *_of_levels(rule, entry_id)]
        case Where.ACTS:
            day, entry_id = last_acts.c.happened_on, last_acts.c.entry_id
            kinds = rule.counts if rule.is_duty else (source.name,)
            whose += [last_acts.c.kind == source.name, _no_newer(kinds, source.name, entry_id, day)]
            if not rule.is_duty and rule.counts:
                whose.append(_not_done_since(rule, entry_id, day))
            return day, entry_id, [*whose, *_of_levels(rule, entry_id)]
        case Where.DECLARED:
            day, entry_id = entry_fields.c.on_date, entry_fields.c.entry_id
            month_only = entry_fields.c.month_only.is_(source.month_only)
            return day, entry_id, [*whose, entry_fields.c.field == source.name, month_only]
        case Where.COLUMN:
            day = entries.c[source.name]
            of_ledger = entries.c.ledger == rule.group.ledger
            return day, entries.c.id, [*whose, of_ledger, day.is_not(None), _month_known(source)]


def _month_known(source: Source) -> ColumnElement[bool]:
    """Only births may be known to the month; of other columns all dates are exact."""
    if source.name == "born_on":
        return entries.c.born_month_only.is_(source.month_only)
    return false() if source.month_only else true()


def _of_levels(rule: WatchedRule, entry_id: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    """Leave out entries whose dates hang on the levels they had: they are watched."""
    if rule.has_own_dates:
        yield (
            ~select(watches.c.entry_id)
            .where(watches.c.entry_id == entry_id, watches.c.rule == rule.name)
            .exists()
        )


def _recorded_on(ask: Ask) -> Label[Any]:
    if not (ask.source.is_field and ask.rule.counts):
        return literal(None, Date).label("recorded_on")
    newest = select(func.max(last_acts.c.recorded_on)).where(
        last_acts.c.entry_id == entries.c.id, last_acts.c.kind.in_(ask.rule.counts)
    )
    return newest.scalar_subquery().label("recorded_on")


def _number(rule: WatchedRule) -> Label[Any]:
    """Only days that are suggested hang on it: nobody else has it read."""
    number = entries.c.number if rule.suggests_days else literal(None, String)
    return number.label("number")


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


_UNFINISHED = imports.alias("unfinished")
_CHANGED = (
    select(touched.c.id, touched.c.entry_id, touched.c.known_on)
    .join(entries, entries.c.id == touched.c.entry_id)
    .outerjoin(
        _UNFINISHED,
        and_(_UNFINISHED.c.id == entries.c.import_id, _UNFINISHED.c.finished_at.is_(None)),
    )
    .where(touched.c.id > bindparam("after"), _UNFINISHED.c.id.is_(None))
    .order_by(touched.c.id)
    .limit(bindparam("most"))
)


def changed(connection: Connection, *, after: int, limit: int) -> Touched:
    """Answer the next batch of touched entries, oldest first.

    Those that an unfinished import wrote wait until it is whole.
    """
    rows = connection.execute(_CHANGED, {"after": after, "most": limit}).all()
    known_on: dict[str, date] = {}
    for row in rows:
        known_on[row.entry_id] = min(row.known_on, known_on.get(row.entry_id, row.known_on))
    return Touched(known_on, [row.id for row in rows], rows[-1].id if rows else after)


def to_judge(connection: Connection, rule: str, today: date, limit: int) -> list[str]:
    """Answer entries of a rule that are to be judged for their own history's sake."""
    query = (
        select(watches.c.entry_id)
        .where(watches.c.rule == rule, watches.c.look_on <= today)
        .order_by(watches.c.look_on)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _eligible(rule: WatchedRule, variant: Variant, ages: Ages) -> tuple[ColumnElement[bool], ...]:
    pending = touched.alias("pending")
    return (
        matches(rule.group, ages),
        in_scope(rule, variant),
        ~select(pending.c.id).where(pending.c.entry_id == entries.c.id).exists(),
    )


def _never_recorded(rule: WatchedRule, entry_id: ColumnElement[str]) -> ColumnElement[bool]:
    recorded = last_acts.alias("recorded")
    return ~(
        select(recorded.c.entry_id)
        .where(recorded.c.entry_id == entry_id, recorded.c.kind.in_(rule.counts))
        .exists()
    )


def _not_done_since(
    rule: WatchedRule, entry_id: ColumnElement[str], day: ColumnElement[date]
) -> ColumnElement[bool]:
    answer = last_acts.alias("answer")
    return ~(
        select(answer.c.entry_id)
        .where(
            answer.c.entry_id == entry_id,
            answer.c.kind.in_(rule.counts),
            answer.c.happened_on >= day,
        )
        .exists()
    )


def _no_newer(
    kinds: Sequence[str], kind: str, entry_id: ColumnElement[str], day: ColumnElement[date]
) -> ColumnElement[bool]:
    """Say that no other counting kind has a newer date; of equal dates one kind speaks for both."""
    others = [other for other in kinds if other != kind]
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


def _is_finished() -> ColumnElement[bool]:
    """Say that an alert is open, or ended as it should."""
    return or_(alerts.c.closed_at.is_(None), alerts.c.closed_how.in_(_SATISFIED))


def _next_cycle(own: ColumnElement[bool]) -> Label[int]:
    newest = select(func.max(alerts.c.cycle)).where(own)
    return (func.coalesce(newest.scalar_subquery(), 0) + 1).label("cycle")
