"""Who a rule is for: a ledger and filters on its plain fields."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from config.values import Day, Flag, Model, Number, Span, Words


class AgeRange(Model):
    """Reached ages: `at_least` is inclusive, `under` exclusive; in years or months."""

    at_least: Span | None = Field(
        default=None, description="已满多大（含） / age reached, inclusive"
    )
    under: Span | None = Field(default=None, description="未满多大 / age not yet reached")


class NumberRange(Model):
    """Numbers: `at_least` is inclusive, `under` exclusive."""

    at_least: Number | None = Field(default=None, description="不小于（含） / this number or more")
    under: Number | None = Field(default=None, description="小于 / less than this number")


class DateRange(Model):
    """Dates from `since` to `until`, both included; `known` asks whether there is one."""

    since: Day | None = Field(default=None, description="从哪天起（含） / first day, inclusive")
    until: Day | None = Field(default=None, description="到哪天止（含） / last day, inclusive")
    known: Flag | None = Field(
        default=None, description="日期是否已知 / whether there is a date at all"
    )


class SetFilter(Model):
    """Filter on a field with several values (triggers) or against a list."""

    any_of: Words | None = Field(
        default=None, description="有其中任何一项 / has at least one of these"
    )
    all_of: Words | None = Field(default=None, description="每一项都有 / has all of these")
    none_of: Words | None = Field(default=None, description="一项也没有 / has none of these")


class PlaceFilter(Model):
    """Divisions, by code (prefixes count) and by the tags of `region_tags`."""

    any_of: Words | None = Field(
        default=None, description="在其中任何一个区划内 / inside at least one of these"
    )
    none_of: Words | None = Field(default=None, description="不在这些区划内 / inside none of these")
    tagged: Words = Field(
        description="在带这个标签的区划内（region_tags） / inside a division with this tag"
    )


class AssignmentFilter(Model):
    """Entries for which nobody has a role: neither by name nor by holding the post."""

    without: str = Field(description="没有这一角色的责任人 / nobody has this role for the entry")


_FORMS: dict[type[Model], str] = {
    AgeRange: "age",
    NumberRange: "number",
    DateRange: "dates",
    SetFilter: "set",
    PlaceFilter: "place",
    AssignmentFilter: "assignment",
}


def _filter_form(value: Any) -> str:
    if isinstance(value, str):
        return "equal"
    if isinstance(value, Model):
        return _FORMS[type(value)]
    if not isinstance(value, dict):
        return "list"
    if value.keys() & AgeRange.model_fields.keys():
        numbers = all(isinstance(one, str) and one.strip().isdecimal() for one in value.values())
        return "number" if numbers else "age"
    if value.keys() & DateRange.model_fields.keys():
        return "dates"
    if "tagged" in value:
        return "place"
    return "assignment" if "without" in value else "set"


Filter = (
    str
    | tuple[str, ...]
    | SetFilter
    | AgeRange
    | NumberRange
    | DateRange
    | PlaceFilter
    | AssignmentFilter
)
"""Equality, one of a list, or a range. Which forms a field takes is in `config.fields`."""

WrittenFilter = Annotated[
    Annotated[str, Tag("equal")]
    | Annotated[tuple[str, ...], Tag("list")]
    | Annotated[SetFilter, Tag("set")]
    | Annotated[AgeRange, Tag("age")]
    | Annotated[NumberRange, Tag("number")]
    | Annotated[DateRange, Tag("dates")]
    | Annotated[PlaceFilter, Tag("place")]
    | Annotated[AssignmentFilter, Tag("assignment")],
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
