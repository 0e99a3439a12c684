"""Times of day and days of the week are read strictly and refused in words."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from config.language import speaking
from schedules.daytimes import check_aware, instant_of, parse_wall_time, weekday_numbers
from schedules.errors import InstantNaive, WallTimeInvalid, WeekdayInvalid


@pytest.mark.parametrize(
    ("text", "read"),
    [("09:10", time(9, 10)), ("9:10", time(9, 10)), ("00:00", time(0)), ("23:59", time(23, 59))],
)
def test_times_of_day_are_read(text: str, read: time) -> None:
    """With or without a leading zero, from midnight to the last minute."""
    assert parse_wall_time(text) == read


@pytest.mark.parametrize("text", ["24:00", "9:60", "0910", "9", "", "09:10:00", "９:10", "9：10"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    """The sentence shows what was written and how to write it."""
    with speaking("en"), pytest.raises(WallTimeInvalid, match=f"“{text}” is not a time of day"):
        parse_wall_time(text)


def test_days_of_the_week_are_names() -> None:
    """Monday is the first, as Python counts."""
    assert weekday_numbers(["monday", "sunday"]) == {0, 6}


@pytest.mark.parametrize("names", [["1"], ["Monday"], ["monday", "someday"], []])
def test_numbers_and_other_words_are_no_days(names: list[str]) -> None:
    """Systems disagree which day 1 is; and never would be no plan."""
    with (
        speaking("en"),
        pytest.raises(WeekdayInvalid, match=r"not a day of the week; write one of"),
    ):
        weekday_numbers(names)


def test_wall_times_become_instants() -> None:
    """China is eight hours ahead of UTC all year."""
    nine = instant_of(date(2026, 7, 1), time(9, 10), ZoneInfo("Asia/Shanghai"))
    assert nine == datetime(2026, 7, 1, 1, 10, tzinfo=UTC)
    assert nine.tzinfo is UTC


def test_a_skipped_wall_time_is_as_much_later() -> None:
    """In Berlin 02:30 does not exist on 28 March 2027; the slot opens at 03:30."""
    opened = instant_of(date(2027, 3, 28), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert opened == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_moment_without_zone_is_refused() -> None:
    """It would silently be read in the machine's zone."""
    with speaking("en"), pytest.raises(InstantNaive, match="without its time zone"):
        check_aware(datetime(2026, 1, 1))  # noqa: DTZ001  # the mistake under test
