"""The forms of filter as SQL on `entries`, one value each; what moves with the day says where.

Every condition is true or false of an entry, never NULL: what is not known is in no range and in no
list, and none of it is in `none_of`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    and_,
    exists,
    false,
    func,
    or_,
    true,
)

from alerts.ages import Ages, school_year
from alerts.moving import (
    AgeBound,
    Bound,
    HolderBound,
    StayBound,
    StayEndBound,
    born_until,
    has_holder,
    is_staying,
    on_or_before,
)
from config.durations import Duration
from config.lean import dataclass
from ledgers.tables import entries, entry_fields, entry_triggers
from schedules.calendars import shifted_days

_COUNTY = 6
_DIGITS = {"county": _COUNTY, "township": 9}
_FEW = 8
"""Prefixes up to this number are compared one by one; more as lists of one length each."""


class Condition(Protocol):
    """One thing that must hold of an entry on a day."""

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        """Answer it as a condition on `entries`."""

    def bounds(self) -> tuple[Bound, ...]:
        """Answer what of it changes by the mere passing of days."""


class _Fixed:
    """A condition that only a change of the entry can change."""

    __slots__ = ()

    def bounds(self) -> tuple[Bound, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a field with words; None asks nothing."""

    any_of: tuple[str, ...] | None = None
    all_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WordIs(_Fixed):
    """A column of one word."""

    column: Column[Any]
    wanted: Wanted

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        def among(words: Iterable[str]) -> ColumnElement[bool]:
            return func.coalesce(self.column.in_(tuple(words)), false())

        return _asked(self.wanted, among)


@dataclass(frozen=True, slots=True)
class TriggersAre(_Fixed):
    """The triggers of an entry."""

    wanted: Wanted

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        def has(words: Iterable[str]) -> ColumnElement[bool]:
            return exists().where(
                entry_triggers.c.entry_id == entries.c.id,
                entry_triggers.c.trigger.in_(tuple(words)),
            )

        return _asked(self.wanted, has)


@dataclass(frozen=True, slots=True)
class FieldWords(_Fixed):
    """A field that the site declared: a word, a set of words, or yes and no."""

    name: str
    wanted: Wanted

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        def has(words: Iterable[str]) -> ColumnElement[bool]:
            return _declared(self.name, entry_fields.c.word.in_(tuple(words)))

        return _asked(self.wanted, has)


@dataclass(frozen=True, slots=True)
class NumberBetween(_Fixed):
    """A declared number: `at_least` is inclusive, `under` exclusive."""

    name: str
    at_least: float | None
    under: float | None

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        number = entry_fields.c.number
        wanted: list[ColumnElement[bool]] = [number.is_not(None)]
        if self.at_least is not None:
            wanted.append(number >= self.at_least)
        if self.under is not None:
            wanted.append(number < self.under)
        return _declared(self.name, *wanted)


@dataclass(frozen=True, slots=True)
class DateBetween(_Fixed):
    """A date of the ledger's own (`born_on`) or a declared one; both ends are included.

    A date known to the month counts as its last day. `known: False` turns it round: none such.
    """

    name: str
    since: date | None = None
    until: date | None = None
    known: bool | None = None

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        own = entries.c.get(self.name)
        if own is not None:
            found = self._within(own, _month_only(self.name))
        else:
            day, month_only = entry_fields.c.on_date, entry_fields.c.month_only
            found = _declared(self.name, self._within(day, month_only))
        return ~found if self.known is False else found

    def _within(
        self, day: ColumnElement[date], month_only: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        wanted: list[ColumnElement[bool]] = [day.is_not(None)]
        if self.since is not None:
            wanted.append(~on_or_before(shifted_days(self.since, -1), day, month_only))
        if self.until is not None:
            wanted.append(on_or_before(self.until, day, month_only))
        return and_(*wanted)


@dataclass(frozen=True, slots=True)
class AgeBetween:
    """An age by the day of birth: `at_least` is inclusive, `under` exclusive."""

    at_least: Duration | None
    under: Duration | None

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        wanted: list[ColumnElement[bool]] = [entries.c.born_on.is_not(None)]
        if self.at_least is not None:
            wanted.append(born_until(ages.born_by(self.at_least)))
        if self.under is not None:
            wanted.append(~born_until(ages.born_by(self.under)))
        return and_(*wanted)

    def bounds(self) -> tuple[Bound, ...]:
        return tuple(AgeBound(age) for age in (self.at_least, self.under) if age is not None)


@dataclass(frozen=True, slots=True)
class GradeIs(_Fixed):
    """A school grade as of the running school year: grades advance every 1 September, 0 stays 0."""

    wanted: Wanted

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        year = school_year(ages.today)
        grade = entries.c.grade
        begun = grade - func.coalesce(entries.c.grade_year, year)

        def among(words: Iterable[str]) -> ColumnElement[bool]:
            grades = {int(word) for word in words if word.isdigit()}
            at_school = and_(grade > 0, begun.in_([g - year for g in sorted(grades - {0})]))
            either = or_(at_school, grade == 0) if 0 in grades else at_school
            return func.coalesce(either, false())

        return _asked(self.wanted, among)


@dataclass(frozen=True, slots=True)
class InRegions(_Fixed):
    """A place inside divisions: codes are prefixes, abolished ones stand for their successors."""

    column: Column[Any]
    wanted: Wanted
    tagged: tuple[str, ...] | None = None

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        def inside(codes: Iterable[str]) -> ColumnElement[bool]:
            return _inside(self.column, ages.lookups.current(codes))

        place = _asked(self.wanted, inside)
        if self.tagged is None:
            return place
        return and_(place, _inside(self.column, ages.lookups.tagged(self.tagged)))


@dataclass(frozen=True, slots=True)
class Crosses(_Fixed):
    """Lives in another division than registered in, cut to `digits` (6: county, 9: township)."""

    digits: int

    @classmethod
    def by_level(cls, wanted: Wanted) -> "Crosses":
        """Read `county` or `township`; whoever crosses the first crosses the second too."""
        return cls(max(_DIGITS[level] for level in wanted.any_of or _DIGITS))

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        here = func.substr(entries.c.lives_in, 1, self.digits)
        home = func.substr(entries.c.registered_in, 1, self.digits)
        # One that is known less exactly differs only if it is no part of the other.
        apart = and_(~here.startswith(home), ~home.startswith(here))
        return func.coalesce(apart, false())


@dataclass(frozen=True, slots=True)
class NotBetweenDistricts(_Fixed):
    """Not: living in one of a city's central districts and registered in another of them."""

    city: str

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        districts = ages.lookups.districts_of(self.city)
        here, home = entries.c.lives_in, entries.c.registered_in
        central = and_(_inside(here, districts), _inside(home, districts))
        return ~and_(central, Crosses(_COUNTY).sql(ages))


@dataclass(frozen=True, slots=True)
class StayBetween:
    """How long somebody has stayed by today; a short absence that is not over yet breaks nothing."""

    at_least: Duration | None
    under: Duration | None

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        since = entries.c.stay_since
        wanted = [is_staying(ages.today)]
        if self.at_least is not None:
            wanted.append(since <= ages.begun_by(self.at_least))
        if self.under is not None:
            wanted.append(since > ages.begun_by(self.under))
        return and_(*wanted)

    def bounds(self) -> tuple[Bound, ...]:
        spans = (span for span in (self.at_least, self.under) if span is not None)
        return (*(StayBound(span) for span in spans), StayEndBound())


@dataclass(frozen=True, slots=True)
class WithoutHolder:
    """Nobody has the role for the entry: neither a post above it that is held, nor by name."""

    role: str

    def sql(self, ages: Ages) -> ColumnElement[bool]:
        return ~has_holder(self.role, ages.today)

    def bounds(self) -> tuple[Bound, ...]:
        return (HolderBound(self.role),)


def _asked(wanted: Wanted, among: "Among") -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = []
    if wanted.any_of is not None:
        asked.append(among(wanted.any_of))
    if wanted.all_of is not None:
        asked.extend(among((one,)) for one in wanted.all_of)
    if wanted.none_of is not None:
        asked.append(~among(wanted.none_of))
    return and_(true(), *asked)


class Among(Protocol):
    """Says of a field that it is, or has, one of some words."""

    def __call__(self, words: Iterable[str], /) -> ColumnElement[bool]: ...


def _inside(column: Column[Any], codes: Iterable[str]) -> ColumnElement[bool]:
    wanted = sorted(set(codes))
    if len(wanted) <= _FEW:
        found = or_(false(), *(column.startswith(code) for code in wanted))
    else:
        lengths = sorted({len(code) for code in wanted})
        found = or_(
            false(),
            *(
                func.substr(column, 1, length).in_([c for c in wanted if len(c) == length])
                for length in lengths
            ),
        )
    return func.coalesce(found, false())


def _declared(name: str, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        entry_fields.c.entry_id == entries.c.id, entry_fields.c.field == name, *wanted
    )


def _month_only(name: str) -> ColumnElement[bool]:
    return entries.c.born_month_only if name == "born_on" else false()
