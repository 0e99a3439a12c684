"""A group as SQL: which entries a rule is for, on plain columns only (DESIGN.md 6)."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import ColumnElement, and_, func, true

from alerts.ages import Ages, school_year
from alerts.conditions import (
    AgeBetween,
    Condition,
    Crosses,
    DateBetween,
    FieldWords,
    GradeIs,
    InRegions,
    NotBetweenDistricts,
    NumberBetween,
    StayBetween,
    TriggersAre,
    Wanted,
    WithoutHolder,
    WordIs,
)
from alerts.effective import Variant, WatchedRule
from alerts.lookups import Lookups
from alerts.moving import Bound, born_until
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    Group,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from ledgers.tables import entries

__all__ = [
    "Ages",
    "born_until",
    "by_grade",
    "codes_of",
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


def by_grade(group: Group) -> bool:
    """Say whether the group changes every 1 September."""
    return "grade" in group.where


def codes_of(group: Group, lookups: Lookups) -> list[list[str]]:
    """Answer the codes that a group's words stand for by now: when they change, so does the group."""
    found: list[list[str]] = []
    for name, value in group.where.items():
        if name in _PLACES:
            wanted = _wanted(value)
            words = (wanted.any_of, wanted.all_of, wanted.none_of)
            found += [list(lookups.current(some)) for some in words if some is not None]
        if isinstance(value, PlaceFilter):
            found.append(list(lookups.tagged(value.tagged)))
        if name == _DISTRICTS and isinstance(value, str):
            found.append(list(lookups.districts_of(value)))
    return found


def _conditions(group: Group) -> list[Condition]:
    return [_condition(name, value) for name, value in group.where.items()]


def _condition(name: str, value: Filter) -> Condition:
    match value:
        case AgeRange() if name == _STAY:
            return StayBetween(value.at_least, value.under)
        case AgeRange():
            return AgeBetween(value.at_least, value.under)
        case NumberRange():
            return NumberBetween(name, value.at_least, value.under)
        case DateRange():
            return DateBetween(name, value.since, value.until, value.known)
        case AssignmentFilter():
            return WithoutHolder(value.without)
        case str() if name == _DISTRICTS:
            return NotBetweenDistricts(value)
        case _ if name in _PLACES:
            tagged = value.tagged if isinstance(value, PlaceFilter) else None
            return InRegions(entries.c[name], _wanted(value), tagged)
        case _:
            return _OF_WORDS.get(name, partial(_words, name))(_wanted(value))


def _words(name: str, wanted: Wanted) -> Condition:
    """Read words against a column of the ledger's own, else against a field the site declared."""
    return WordIs(entries.c[name], wanted) if name in entries.c else FieldWords(name, wanted)


def _wanted(value: Filter) -> Wanted:
    """Read equality, a list, a set filter, or the codes of a place filter."""
    match value:
        case SetFilter():
            return Wanted(value.any_of, value.all_of, value.none_of)
        case PlaceFilter():
            return Wanted(any_of=value.any_of, none_of=value.none_of)
        case str():
            return Wanted(any_of=(value,))
        case tuple():
            return Wanted(any_of=value)
        case _:  # `config.checks_groups` lets no other form through to a field of words
            raise TypeError(type(value).__name__)


_STAY, _DISTRICTS = "stay", "not_between_districts_of"
_PLACES = frozenset({"lives_in", "registered_in"})
_OF_WORDS: Mapping[str, Callable[[Wanted], Condition]] = {
    "triggers": TriggersAre,
    "grade": GradeIs,
    "crosses": Crosses.by_level,
}
