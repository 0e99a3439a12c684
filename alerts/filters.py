"""A group as SQL: which entries a rule is for, on plain columns only (DESIGN.md 6)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, false, func, or_, select, true

from alerts.effective import EvaluationPlan, Variant, WatchedRule
from config.durations import Duration
from config.groups import AgeRange, DateRange, Filter, Group, SetFilter
from ledgers.tables import entries, entry_triggers
from schedules.calendars import WorkCalendar, shifted_days
from schedules.periods import Period, latest_anchor, month_end

_SCHOOL_YEAR_STARTS = 9
_PLACES = frozenset({"lives_in", "registered_in"})


@dataclass(frozen=True, slots=True)
class Ages:
    """How ages are counted, on which day."""

    today: date
    calendar: WorkCalendar
    reached_day_after: bool

    @classmethod
    def on(cls, plan: EvaluationPlan, today: date) -> "Ages":
        """Count them as the configuration says."""
        return cls(today, plan.calendar, plan.reached_day_after)

    def born_by(self, age: Duration) -> date:
        """Answer the last birthday of those who have reached `age` today."""
        return latest_anchor(lambda born: self.reached_on(born, age), self.today) or date.min

    def reached_on(self, born: date, age: Duration) -> date:
        """Answer the day on which somebody born on `born` reaches `age`."""
        reached = Period.of(age, self.calendar).after(born)
        return shifted_days(reached, 1) if self.reached_day_after else reached


def matches(group: Group, ages: Ages) -> ColumnElement[bool]:
    """Answer the condition on `entries` that a group states; fields it does not name are free."""
    wanted = [_field(name, value, ages) for name, value in group.where.items()]
    return and_(entries.c.ledger == group.ledger, *wanted)


def in_scope(rule: WatchedRule, variant: Variant) -> ColumnElement[bool]:
    """Answer the condition that an entry falls under this variant of the rule."""
    place = func.coalesce(entries.c[rule.place], "")
    inside = place.startswith(variant.prefix) if variant.prefix else true()
    return and_(inside, *(~place.startswith(prefix) for prefix in variant.without))


def without_upper_age(group: Group) -> Group | None:
    """Answer the group as if nobody grew too old for it; None if nobody does."""
    ages = {name: value for name, value in group.where.items() if isinstance(value, AgeRange)}
    if not any(value.under for value in ages.values()):
        return None
    open_ended = {name: AgeRange(at_least=value.at_least) for name, value in ages.items()}
    return group.model_copy(update={"where": {**group.where, **open_ended}})


def ages_of(group: Group) -> tuple[Duration, ...]:
    """Answer the ages at which somebody comes into the group or leaves it."""
    ranges = [value for value in group.where.values() if isinstance(value, AgeRange)]
    bounds = [bound for value in ranges for bound in (value.at_least, value.under)]
    return tuple(bound for bound in bounds if bound is not None)


def by_grade(group: Group) -> bool:
    """Say whether the group changes every 1 September."""
    return "grade" in group.where


def school_year(today: date) -> int:
    """Answer the year in which the running school year began."""
    return today.year if today.month >= _SCHOOL_YEAR_STARTS else today.year - 1


def born_until(bound: date) -> ColumnElement[bool]:
    """Answer the condition `born_on <= bound`; a birth known to the month counts as its last day."""
    whole = bound == month_end(bound.year, bound.month)
    months = bound if whole else shifted_days(bound.replace(day=1), -1)
    return or_(
        and_(entries.c.born_month_only.is_(False), entries.c.born_on <= bound),
        and_(entries.c.born_month_only.is_(True), entries.c.born_on <= months),
    )


def _field(name: str, value: Filter, ages: Ages) -> ColumnElement[bool]:
    if name == "triggers":
        return _triggers(value)
    if isinstance(value, AgeRange):
        return _age(value, ages)
    if name == "grade":
        return _grade(value, school_year(ages.today))
    column = entries.c[name]
    if isinstance(value, DateRange):
        return _dates(column, value)
    if name in _PLACES:
        return _sets(value, lambda codes: or_(false(), *(column.startswith(c) for c in codes)))
    return _sets(value, column.in_)


def _sets(
    value: Filter, among: Callable[[Iterable[str]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Read equality, a list or a set filter against a column of one value."""
    if isinstance(value, str):
        return among((value,))
    if not isinstance(value, SetFilter):
        return among(tuple(value))  # type: ignore[arg-type]
    wanted: list[ColumnElement[bool]] = []
    if value.any_of is not None:
        wanted.append(among(value.any_of))
    if value.all_of is not None:
        wanted.extend(among((one,)) for one in value.all_of)
    if value.none_of is not None:
        # Nothing known is none of them: NULL must not drop the entry.
        wanted.append(~func.coalesce(among(value.none_of), false()))
    return and_(true(), *wanted)


def _triggers(value: Filter) -> ColumnElement[bool]:
    def has(words: Iterable[str]) -> ColumnElement[bool]:
        return (
            select(entry_triggers.c.entry_id)
            .where(
                entry_triggers.c.entry_id == entries.c.id,
                entry_triggers.c.trigger.in_(tuple(words)),
            )
            .exists()
        )

    return _sets(value, has)


def _age(value: AgeRange, ages: Ages) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [entries.c.born_on.is_not(None)]
    if value.at_least is not None:
        wanted.append(born_until(ages.born_by(value.at_least)))
    if value.under is not None:
        wanted.append(~born_until(ages.born_by(value.under)))
    return and_(*wanted)


def _dates(column: Column[Any], value: DateRange) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [column.is_not(None)]
    if value.since is not None:
        wanted.append(column >= value.since)
    if value.until is not None:
        wanted.append(column <= value.until)
    return and_(*wanted)


def _grade(value: Filter, year: int) -> ColumnElement[bool]:
    """Compare grades as of the running school year: they advance every 1 September."""
    offset = entries.c.grade - func.coalesce(entries.c.grade_year, year)
    return _sets(
        value, lambda grades: offset.in_([int(grade) - year for grade in grades if grade.isdigit()])
    )
