"""Days of the year, moments of a window and days of a period, however they are typed."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from config.calendar_rules import DueDay, WrittenDue
from config.days import DayOfYear, FixedDay, MonthDay
from config.durations import Duration
from config.steps import Moment, When

_DAY: TypeAdapter[MonthDay] = TypeAdapter(DayOfYear)
_FIXED: TypeAdapter[date | MonthDay] = TypeAdapter(FixedDay)
_WHEN: TypeAdapter[Duration | Moment] = TypeAdapter(When)
_DUE: TypeAdapter[DueDay] = TypeAdapter(WrittenDue)


@pytest.mark.parametrize("text", ["06-01", "6-1", "6/1", "6月1日", "06月01日"])
def test_a_day_of_the_year(text: str) -> None:
    """The same however it is typed, and written back with two digits."""
    assert _DAY.validate_python(text) == MonthDay(6, 1)
    assert str(_DAY.validate_python(text)) == "06-01"


def test_the_leap_day_is_the_last_of_february_in_common_years() -> None:
    """A window to the end of February is entered once."""
    leap = _DAY.validate_python("02-29")
    assert [leap.in_year(year) for year in (2027, 2028)] == [date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize("text", ["02-30", "13-01", "6", "06-01-01", "2027-06-01", ""])
def test_what_is_no_day_of_the_year(text: str) -> None:
    """A year has no place there."""
    with pytest.raises(ValidationError):
        _DAY.validate_python(text)


def test_a_fixed_day_is_of_one_year_or_of_each() -> None:
    """Told apart by the year."""
    assert _FIXED.validate_python("2027-06-01") == date(2027, 6, 1)
    assert _FIXED.validate_python("06-01") == MonthDay(6, 1)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("start", "start"), ("END", "end"), ("开始", "start"), ("start+7 days", "start + 7 days"),
        ("end - 1 month", "end - 1 months"), ("开始后7天", "start + 7 days"), ("结束前2周", "end - 2 weeks"),
        ("start + 0 days", "start"), ("+3 days", "3 days"), ("3天", "3 days"),
    ],
)  # fmt: skip
def test_moments(text: str, canonical: str) -> None:
    """Two languages, one canonical text."""
    assert str(_WHEN.validate_python(text)) == canonical


@pytest.mark.parametrize(
    "text", ["start +", "start 7 days", "middle", "end - soon", "start + -3 days"]
)
def test_what_is_no_moment(text: str) -> None:
    """It is refused, never read as something near."""
    with pytest.raises(ValidationError):
        _WHEN.validate_python(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("end", "end"), ("期末", "end"), ("10", "10"), ("第10日", "10"), ("5th workday", "workday 5"),
        ("1st workday", "workday 1"), ("第5个工作日", "workday 5"), ("last workday", "last workday"),
        ("最后一个工作日", "last workday"), ("Last  Workday", "last workday"),
    ],
)  # fmt: skip
def test_days_of_a_period(text: str, canonical: str) -> None:
    """Counted from its opening."""
    assert str(_DUE.validate_python(text)) == canonical


@pytest.mark.parametrize("text", ["0", "-1", "0th workday", "workday", "5 days", ""])
def test_what_is_no_day_of_a_period(text: str) -> None:
    """The first is 1."""
    with pytest.raises(ValidationError):
        _DUE.validate_python(text)
