"""What figures of past terms ask of an entry, so that reducing it changes none of them."""

from collections.abc import Iterator
from datetime import date

from config.durations import Unit
from config.groups import AgeRange, Filter, Group, PlaceFilter, SetFilter
from config.lean import dataclass
from config.model import Configuration
from ledgers.codes import TOWN

_PLACES = ("lives_in", "registered_in")
_MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """`fields` that groups of the rules ask for, `ages` in months, whether villages matter."""

    fields: frozenset[str]
    ages: tuple[int, ...] = ()
    by_village: bool = False

    @classmethod
    def of(cls, configuration: Configuration) -> "Figures":
        """Take it from all rules and the groups they are for."""
        rules = configuration.rules.values()
        groups = [configuration.group_of(rule) for rule in rules]
        codes = {code for rule in rules for code in rule.regions}
        codes |= {code for group in groups for code in _codes(group, configuration)}
        return cls(
            frozenset(name for group in groups for name in group.where),
            tuple(sorted({months for group in groups for months in _ages(group)})),
            any(len(code) > TOWN for code in codes),
        )

    def birth(self, born: date, entered_on: date, last: date) -> date:
        """Answer the 1 January of a birth's year, or the first of its month.

        The month is kept only where some age is reached in a year in which the entry was in the
        ledger: figures of that year's terms differ by it.
        """
        year = born.replace(month=1, day=1)
        reached = {_year_after(day, months) for months in self.ages for day in (born, year)}
        if any(entered_on.year <= one <= last.year for one in reached):
            return born.replace(day=1)
        return year

    def place(self, code: str | None) -> str | None:
        """Answer the township of a place, or all of it where some rule asks for villages."""
        return code if code is None or self.by_village else code[:TOWN]


def _ages(group: Group) -> Iterator[int]:
    for asked in group.where.values():
        if isinstance(asked, AgeRange):
            for span in (asked.at_least, asked.under):
                if span is not None:
                    yield span.amount * (_MONTHS_IN_YEAR if span.unit is Unit.YEARS else 1)


def _codes(group: Group, configuration: Configuration) -> Iterator[str]:
    for name in _PLACES:
        if name in group.where:
            yield from _written(group.where[name], configuration)


def _written(asked: Filter, configuration: Configuration) -> Iterator[str]:
    match asked:
        case str():
            yield asked
        case tuple():
            yield from asked
        case SetFilter() | PlaceFilter():
            yield from asked.any_of or ()
            yield from asked.none_of or ()
    if isinstance(asked, PlaceFilter):
        for tag in asked.tagged:
            yield from configuration.region_tags.get(tag, ())


def _year_after(born: date, months: int) -> int:
    return (born.year * _MONTHS_IN_YEAR + born.month - 1 + months) // _MONTHS_IN_YEAR
