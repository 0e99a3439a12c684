"""Who is in a rule's group on which days of a span: ages, stays, grades and posts move people."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, Connection, false, func, or_, select
from sqlalchemy.sql.selectable import Select

from alerts.effective import EvaluationPlan
from alerts.filters import Ages, by_grade, matches, moving_bounds, school_year
from alerts.forecast import Span
from config.groups import Group
from config.lean import dataclass
from ledgers.tables import entries, imports
from schedules.calendars import shifted_days


@dataclass(frozen=True, slots=True)
class Inside:
    """One time in a group. `since` None: already when the span begins; `until`: the day of leaving.

    `by_grade`: a new school year brought it, which no note of a change tells.
    """

    since: date | None = None
    until: date | None = None
    by_grade: bool = False


ALWAYS: tuple[Inside, ...] = (Inside(),)


def times_inside(
    connection: Connection, plan: EvaluationPlan, group: Group, span: Span
) -> dict[str, tuple[Inside, ...]]:
    """Answer by entry when it is in the group within a span, as daily passes will find it.

    Rows of an import that is not finished are left out.
    """
    whole = connection.scalars(_all(group, Ages.on(plan, span.first)))
    found: dict[str, tuple[Inside, ...]] = dict.fromkeys(whole, ALWAYS)
    moved: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for day, entry_id, is_grade in _flips(connection, plan, (group, span), set(found)):
        moved[entry_id].append((day, is_grade))
    for entry_id, days in moved.items():
        found[entry_id] = tuple(_times(days, is_inside=entry_id in found))
    return found


def _times(days: list[tuple[date, bool]], *, is_inside: bool) -> Iterator[Inside]:
    """Turn the days on which somebody came or went into times inside."""
    begun: Inside | None = Inside() if is_inside else None
    for day, is_grade in days:
        if begun is None:
            begun = Inside(day, by_grade=is_grade)
        else:
            yield Inside(begun.since, day, begun.by_grade)
            begun = None
    if begun is not None:
        yield begun


def _flips(
    connection: Connection, plan: EvaluationPlan, of: tuple[Group, Span], current: set[str]
) -> Iterator[tuple[date, str, bool]]:
    """Yield who comes or goes on which day, in the order of days; `current` are inside before."""
    group, span = of
    bounds = moving_bounds(group)
    ends = Ages.on(plan, span.first), Ages.on(plan, span.last)
    moves = [bound for bound in bounds if _any(connection, group, bound.crossed(*ends))]
    before, day = ends[0], shifted_days(span.first, 1)
    while day <= span.last and (moves or by_grade(group)):
        now = Ages.on(plan, day)
        changed: set[str] = set()
        if moves:
            crossed = or_(*(bound.crossed(before, now) for bound in moves))
            rows = connection.execute(_judged(group, now).where(crossed))
            changed = {row.id for row in rows if bool(row.is_inside) is not (row.id in current)}
        yield from ((day, entry_id, False) for entry_id in sorted(changed))
        current ^= changed
        if by_grade(group) and school_year(day) != school_year(before.today):
            graded = current ^ set(connection.scalars(_all(group, now)))
            yield from ((day, entry_id, True) for entry_id in sorted(graded))
            current ^= graded
        before, day = now, shifted_days(day, 1)


def _any(connection: Connection, group: Group, crossed: ColumnElement[bool]) -> bool:
    query = select(entries.c.id).where(entries.c.ledger == group.ledger, crossed).limit(1)
    return connection.execute(query).first() is not None


def _whole() -> ColumnElement[bool]:
    unfinished = select(imports.c.id).where(imports.c.finished_at.is_(None))
    return or_(entries.c.import_id.is_(None), entries.c.import_id.not_in(unfinished))


def _all(group: Group, ages: Ages) -> Select[str]:
    return select(entries.c.id).where(matches(group, ages), _whole())


def _judged(group: Group, ages: Ages) -> Select[str, bool]:
    is_inside = func.coalesce(matches(group, ages), false()).label("is_inside")
    return select(entries.c.id, is_inside).where(entries.c.ledger == group.ledger, _whole())
