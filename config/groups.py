"""Who a rule is for: a ledger and filters on its plain fields."""

from datetime import date

from pydantic import Field

from config.values import Model, Span, Words


class AgeRange(Model):
    """Reached ages: `at_least` is inclusive, `under` exclusive; in years or months."""

    at_least: Span | None = None
    under: Span | None = None


class DateRange(Model):
    """Dates from `since` to `until`, both included."""

    since: date | None = None
    until: date | None = None


class SetFilter(Model):
    """Filter on a field with several values (triggers) or against a list."""

    any_of: Words | None = None
    all_of: Words | None = None
    none_of: Words | None = None


Filter = str | tuple[str, ...] | SetFilter | AgeRange | DateRange
"""Equality, one of a list, or a range. Which forms a field takes is in `config.fields`."""


class Group(Model):
    """A named selection of entries. Fields that `where` does not name are not looked at."""

    ledger: str
    where: dict[str, Filter] = Field(default_factory=dict)
