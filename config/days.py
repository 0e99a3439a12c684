"""Days as an admin writes them that are no date: of the week, and of every year."""

import re
from calendar import isleap
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema

from config.language import catalogue
from config.lean import dataclass
from config.values import as_day

_ = catalogue("config")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_CHINESE_DAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:-(\d{1,2})|/(\d{1,2})|月(\d{1,2})日)")
_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year. 29 February is the 28th in common years."""

    month: int
    day: int

    def __str__(self) -> str:
        """Canonical text: `06-01`."""
        return f"{self.month:02d}-{self.day:02d}"

    def in_year(self, year: int) -> date:
        """Answer the day in one year."""
        early = (self.month, self.day) == (2, 29) and not isleap(year)
        return date(year, self.month, 28 if early else self.day)


def _weekday(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _CHINESE_DAY.fullmatch(value)
    return (
        _WEEKDAYS["一二三四五六日".index(match[1].replace("天", "日"))] if match else value.lower()
    )


def _month_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _MONTH_DAY.fullmatch(value.strip())
    if match is None:
        raise ValueError(
            _("“%(text)s” is no day of a year; write it as 06-01 (or 6月1日)")
            % {"text": value[:40]}
        )
    month, day = (int(part) for part in match.groups() if part is not None)
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError as error:
        raise ValueError(_("there is no day %(text)s in the calendar") % {"text": value}) from error
    return MonthDay(month, day)


def _fixed_day(value: Any) -> Any:
    if isinstance(value, str) and _MONTH_DAY.fullmatch(value.strip()):
        return _month_day(value)
    return as_day(value)


_MONTH_DAY_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}(-\d{1,2}|/\d{1,2}|月\d{1,2}日)$"}

WrittenWeekday = Annotated[
    Weekday,
    BeforeValidator(_weekday),
    WithJsonSchema({"enum": [*_WEEKDAYS, "周一", "周二", "周三", "周四", "周五", "周六", "周日"]}),
]
"""`monday` or 周一."""

DayOfYear = Annotated[
    InstanceOf[MonthDay], BeforeValidator(_month_day), WithJsonSchema(_MONTH_DAY_SCHEMA)
]
"""`06-01`, `6月1日`."""

FixedDay = Annotated[
    date | InstanceOf[MonthDay],
    BeforeValidator(_fixed_day),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{4}[-/年])?\d{1,2}([-/]\d{1,2}|月\d{1,2}日)$",
        }
    ),
]
"""One date, or a day of every year: `2027-06-01`, `06-01`."""
