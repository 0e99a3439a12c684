"""Reads the State Council's yearly holiday notice in the form of the holiday-cn project."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, Field, ValidationError

from config.lean import dataclass
from schedules.errors import CalendarNoticeInvalid


def notice_year(day: date) -> int:
    """Answer which year's notice settles `day`: New Year's notice reaches back into December."""
    return day.year + 1 if day.month == 12 else day.year


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's notice; empty while the State Council has not published it."""

    year: int
    rest: frozenset[date]
    work: frozenset[date]


class _Day(BaseModel):
    name: str
    date: date
    is_off_day: bool = Field(alias="isOffDay")


class _File(BaseModel):
    year: int = Field(ge=1949, le=9998)
    papers: list[str]
    days: list[_Day]


def read_notice(raw: Mapping[str, object]) -> Notice:
    """Read one file's JSON; one without papers or without days is an empty notice.

    Raises:
        CalendarNoticeInvalid: a value is missing or of the wrong kind, a day is outside the
            notice's reach, or is both rest and work.
    """
    try:
        file = _File.model_validate(dict(raw))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise CalendarNoticeInvalid(place) from error
    for index, day in enumerate(file.days):
        if file.year not in (day.date.year, notice_year(day.date)):
            raise CalendarNoticeInvalid(f"days.{index}.date")
    rest = frozenset(day.date for day in file.days if day.is_off_day)
    work = frozenset(day.date for day in file.days if not day.is_off_day)
    if both := rest & work:
        raise CalendarNoticeInvalid(min(both).isoformat())
    if not file.papers:
        return Notice(file.year, frozenset(), frozenset())
    return Notice(file.year, rest, work)
