"""Calendars of windows, by year and region, and what a rule may say of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Union

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict

from config.days import DayOfYear, MonthDay
from config.lean import dataclass
from config.values import Day, Model, one_key_of

YEAR_KEY = re.compile(r"(\d{4})(?:-\w[\w-]*)?")
"""`2027`, or one of several in a year: `2027-spring`."""

TERMS = "terms"
"""The calendar that `period: term` goes by."""

FESTIVALS = (
    "春节",
    "spring-festival",
    "元宵",
    "lantern-festival",
    "清明",
    "qingming",
    "端午",
    "dragon-boat",
    "中秋",
    "mid-autumn",
    "重阳",
    "double-ninth",
)
"""Calendars that are there without being entered; one of the site's own of that name replaces it."""

_YEARS = "YYYY"


def _pair(value: Any) -> Any:
    if isinstance(value, str):
        return (value, value)
    return (value[0], value[0]) if isinstance(value, list) and len(value) == 1 else value


_PAIR_SCHEMA: JsonDict = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
    ]
}

Dates = Annotated[tuple[Day, Day], BeforeValidator(_pair), WithJsonSchema(_PAIR_SCHEMA)]
"""First and last day; one day alone is both."""

EveryYear = Annotated[
    tuple[DayOfYear, DayOfYear], BeforeValidator(_pair), WithJsonSchema(_PAIR_SCHEMA)
]
"""First and last day of each year; an end before the start is in the next year."""


class CalendarDates(Model):
    """The windows of a calendar in one place; a year's own dates beat `every_year`."""

    model_config = ConfigDict(
        json_schema_extra={"patternProperties": {r"^\d{4}(-\w+)?$": _PAIR_SCHEMA}}
    )

    every_year: EveryYear | None = Field(
        default=None,
        description="每年的起止日，如 [06-01, 09-30] / first and last day of every year",
    )
    years: Annotated[dict[str, Dates], Field(alias=_YEARS)] = Field(
        default_factory=dict,
        description="某一年的起止日期，键为年份，如 2027 或 2027-spring"
        " / dates of one year; the key is the year, such as 2027 or 2027-spring",
    )

    @model_validator(mode="before")
    @classmethod
    def _by_year(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        years = {key: value for key, value in data.items() if YEAR_KEY.fullmatch(str(key))}
        rest = {key: value for key, value in data.items() if key not in years}
        return {**rest, _YEARS: {**years, **rest.get(_YEARS, {})}} if years else rest


class Calendar(CalendarDates):
    """A calendar; `regions` changes it key by key, the longest prefix wins."""

    region: str | None = Field(
        default=None,
        description="适用的行政区划代码，不写为全部 / division it is for; none: everywhere",
    )
    regions: dict[str, CalendarDates] = Field(
        default_factory=dict, description="各地不同的起止日期 / other dates, by division code"
    )


class AllOf(Model):
    """The days that lie in all of several windows."""

    all: Annotated[tuple["WrittenWindow", ...], Field(min_length=1)] = Field(
        description="同时处在这些时段内 / inside all of these windows"
    )


class AnyOf(Model):
    """The days that lie in any of several windows."""

    any: Annotated[tuple["WrittenWindow", ...], Field(min_length=1)] = Field(
        description="处在其中任何一个时段内 / inside any of these windows"
    )


Window = Union[str, AllOf, AnyOf]  # noqa: UP007 - named in a forward reference
"""A calendar's name, or a combination of several windows."""


def _window_form(value: Any) -> str:
    if isinstance(value, AllOf) or (isinstance(value, dict) and "all" in value):
        return "all-of"
    return "any-of" if isinstance(value, (dict, AnyOf)) else "calendar"


WrittenWindow = Annotated[
    Annotated[str, Tag("calendar")]
    | Annotated[AllOf, Tag("all-of")]
    | Annotated[AnyOf, Tag("any-of")],
    Discriminator(_window_form),
    one_key_of("all", "any"),
]

AllOf.model_rebuild()
AnyOf.model_rebuild()


PlainWindow = str | Mapping[str, Sequence["PlainWindow"]]
"""A window as YAML holds it: `flood`, `{"all": ["flood", "summer-holiday"]}`."""


def plain_window(window: Window) -> PlainWindow:
    """Answer a window as plain values, for `schedules.windows.expression_of` and for hashes."""
    if isinstance(window, str):
        return window
    if isinstance(window, AllOf):
        return {"all": [plain_window(part) for part in window.all]}
    return {"any": [plain_window(part) for part in window.any]}


def calendars_in(window: Window) -> Iterator[str]:
    """Answer the names of the calendars a window is made of."""
    if isinstance(window, str):
        yield window
        return
    for part in window.all if isinstance(window, AllOf) else window.any:
        yield from calendars_in(part)


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """One window as entered: for a division (`""` is everywhere), in one year or in every.

    `year` is its key, `2027` or `2027-spring`; None is every year, and then both days are
    `MonthDay`, the end perhaps before the start: in the next year. Both days are included.
    """

    region: str
    year: str | None
    start: date | MonthDay
    end: date | MonthDay


def windows_of(calendar: Calendar) -> tuple[CalendarWindow, ...]:
    """Answer the windows of a calendar as they were entered, the shortest division first."""
    places = [(calendar.region or "", calendar), *calendar.regions.items()]
    return tuple(
        CalendarWindow(region, year, *days)
        for region, dates in sorted(places, key=lambda place: len(place[0]))
        for year, days in _entered(dates)
    )


def _entered(
    dates: CalendarDates,
) -> Iterator[tuple[str | None, tuple[date | MonthDay, date | MonthDay]]]:
    if dates.every_year is not None:
        yield None, dates.every_year
    yield from dates.years.items()
