"""A group as SQL: which entries a rule is for, on plain columns only (DESIGN.md 6)."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import ColumnElement, and_, func, true

from alerts.ages import Ages, school_year
from alerts.conditions import (
    AgeBetween,
    Condition,
    DateBetween,
    FieldWords,
    GradeIs,
    InRegions,
    TriggersAre,
    Wanted,
    WordIs,
)
from alerts.effective import Variant, WatchedRule
from alerts.moving import AgeBound, Bound, born_until
from config.durations import Duration
from config.groups import AgeRange, DateRange, Filter, Group, SetFilter
from ledgers.tables import entries

__all__ = [
    "Ages",
    "ages_of",
    "born_until",
    "by_grade",
    "in_scope",
    "matches",
    "moves",
    "moving_bounds",
    "school_year",
    "without_upper_age",
]


def matches(group: Group, ages: Ages) -> ColumnElement[bool]:
    """Answer the condition on `entries` that a group states; fields it does not name are free."""
    wanted = [condition.sql(ages) for condition in _conditions(group)]
    return and_(entries.c.ledger == group.ledger, *wanted)


def moving_bounds(group: Group) -> tuple[Bound, ...]:
    """Answer what of a group changes by the mere passing of days; grades aside: see `by_grade`."""
    bounds = (bound for condition in _conditions(group) for bound in condition.bounds())
    return tuple(dict.fromkeys(bounds))


def moves(group: Group) -> bool:
    """Say whether who is in the group may be another today than yesterday, nothing having changed."""
    return by_grade(group) or bool(moving_bounds(group))


def in_scope(rule: WatchedRule, variant: Variant) -> ColumnElement[bool]:
    """Answer the condition that an entry falls under this variant of the rule."""
    place = func.coalesce(entries.c[rule.place], "")
    inside = place.startswith(variant.prefix) if variant.prefix else true()
    return and_(inside, *(~place.startswith(prefix) for prefix in variant.without))


def without_upper_age(group: Group) -> Group | None:
    """Answer the group as if nobody grew too old for it; None if nobody does."""
    value = group.where.get("age")
    if not isinstance(value, AgeRange) or not value.under:
        return None
    open_ended = AgeRange(at_least=value.at_least)
    return group.model_copy(update={"where": {**group.where, "age": open_ended}})


def ages_of(group: Group) -> tuple[Duration, ...]:
    """Answer the ages at which somebody comes into the group or leaves it."""
    return tuple(bound.age for bound in moving_bounds(group) if isinstance(bound, AgeBound))


def by_grade(group: Group) -> bool:
    """Say whether the group changes every 1 September."""
    return "grade" in group.where


def _conditions(group: Group) -> list[Condition]:
    return [_condition(name, value) for name, value in group.where.items()]


def _condition(name: str, value: Filter) -> Condition:
    if isinstance(value, AgeRange):
        return AgeBetween(value.at_least, value.under)
    if isinstance(value, DateRange):
        return DateBetween(name, value.since, value.until)
    return _OF_WORDS.get(name, partial(_words, name))(_wanted(value))


def _words(name: str, wanted: Wanted) -> Condition:
    """Read words against a column of the ledger's own, else against a field the site declared."""
    return WordIs(entries.c[name], wanted) if name in entries.c else FieldWords(name, wanted)


def _wanted(value: Filter) -> Wanted:
    """Read equality, a list or a set filter; other forms are refused by `config.later` so far."""
    if isinstance(value, SetFilter):
        return Wanted(value.any_of, value.all_of, value.none_of)
    if not isinstance(value, str | tuple):
        raise TypeError(type(value).__name__)
    return Wanted(any_of=(value,) if isinstance(value, str) else tuple(value))


_OF_WORDS: Mapping[str, Callable[[Wanted], Condition]] = {
    "triggers": TriggersAre,
    "grade": GradeIs,
    "lives_in": partial(InRegions, entries.c.lives_in),
    "registered_in": partial(InRegions, entries.c.registered_in),
}
