"""Who a rule is for: a ledger and filters on its plain fields."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from config.values import Day, Model, Span, Words


class AgeRange(Model):
    """Reached ages: `at_least` is inclusive, `under` exclusive; in years or months."""

    at_least: Span | None = Field(
        default=None, description="已满多大（含） / age reached, inclusive"
    )
    under: Span | None = Field(default=None, description="未满多大 / age not yet reached")


class DateRange(Model):
    """Dates from `since` to `until`, both included."""

    since: Day | None = Field(default=None, description="从哪天起（含） / first day, inclusive")
    until: Day | None = Field(default=None, description="到哪天止（含） / last day, inclusive")


class SetFilter(Model):
    """Filter on a field with several values (triggers) or against a list."""

    any_of: Words | None = Field(
        default=None, description="有其中任何一项 / has at least one of these"
    )
    all_of: Words | None = Field(default=None, description="每一项都有 / has all of these")
    none_of: Words | None = Field(default=None, description="一项也没有 / has none of these")


def _filter_form(value: Any) -> str:
    if isinstance(value, str):
        return "equal"
    if isinstance(value, (AgeRange, DateRange, SetFilter)):
        return {AgeRange: "age", DateRange: "dates", SetFilter: "set"}[type(value)]
    if isinstance(value, dict):
        if value.keys() & AgeRange.model_fields.keys():
            return "age"
        return "dates" if value.keys() & DateRange.model_fields.keys() else "set"
    return "list"


Filter = str | tuple[str, ...] | SetFilter | AgeRange | DateRange
"""Equality, one of a list, or a range. Which forms a field takes is in `config.fields`."""

WrittenFilter = Annotated[
    Annotated[str, Tag("equal")]
    | Annotated[tuple[str, ...], Tag("list")]
    | Annotated[SetFilter, Tag("set")]
    | Annotated[AgeRange, Tag("age")]
    | Annotated[DateRange, Tag("dates")],
    Discriminator(_filter_form),
]
"""A `Filter` told apart by its shape, so that a mistake gets one message and not five."""


class Group(Model):
    """A named selection of entries. Fields that `where` does not name are not looked at."""

    ledger: str = Field(description="哪个台账，例如 children / which ledger, such as children")
    where: dict[str, WrittenFilter] = Field(
        default_factory=dict,
        description="筛选条件，须同时满足 / filters by field; all of them must hold",
    )
