"""Workday arithmetic against the State Council's notices, day by day over eight years."""

from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.durations import Duration, Unit
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.notices import read_notice
from schedules.periods import Period
from tests.schedules.data import holiday_notice, official_days
from tests.schedules.strategies import calendars, near_days, periods

OFFICIAL = WorkCalendar.official()
OFF, WORKED = official_days()
DAYS = [
    date(2019, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2019, 1, 1)).days)
]


def is_worked(day: date) -> bool:
    """Say what the notices say, without our calendar."""
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def test_every_day_of_2019_to_2026_is_as_the_notices_say() -> None:
    """2,922 days, one by one."""
    assert [day for day in DAYS if OFFICIAL.is_workday(day) != is_worked(day)] == []
    assert len(DAYS) == 2922


@pytest.mark.parametrize("n", [1, 3, 5, 10, 15, 60])
def test_counting_workdays_equals_counting_the_notices(n: int) -> None:
    """From every day of the eight years as far as they go, forwards and back."""
    counts = list(accumulate(is_worked(day) for day in DAYS))
    workdays = [day for day in DAYS if is_worked(day)]
    for day, passed in zip(DAYS, counts, strict=True):
        if passed + n <= len(workdays):
            assert OFFICIAL.add_workdays(day, n) == workdays[passed + n - 1]
        before = passed - is_worked(day)
        if before >= n:
            assert OFFICIAL.add_workdays(day, -n) == workdays[before - n]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_notices_of_holiday_cn_say_the_same(year: int) -> None:
    """The written list agrees with the project's files."""
    notice = read_notice(holiday_notice(year))
    assert notice.rest <= OFF
    assert notice.work == {day for day in WORKED if day.year == year}
    assert OFFICIAL.extended(holiday_notice(year)) == OFFICIAL


def test_2027_is_provisional_until_its_notice_is_imported() -> None:
    """Monday to Friday, and said so on every day."""
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    assert all(OFFICIAL.is_provisional(day) for day in days)
    assert all(OFFICIAL.is_workday(day) == (day.weekday() < 5) for day in days)


@given(st.sampled_from(DAYS), st.integers(1, 400), st.sampled_from([Unit.DAYS, Unit.MONTHS]))
def test_rolled_back_due_dates_never_land_on_an_official_rest_day(
    anchor: date, amount: int, unit: Unit
) -> None:
    """`roll: before`, checked against the notices themselves."""
    period = Period.of(Duration(amount % 25 + 1 if unit is Unit.MONTHS else amount, unit), OFFICIAL)
    due = Deadline(((period, None),), Roll.BEFORE, OFFICIAL).due(anchor)
    assert due > anchor
    assert due not in DAYS or is_worked(due)


@given(st.data(), calendars(), near_days, st.sampled_from([Roll.BEFORE, Roll.AFTER]))
def test_rolled_due_dates_never_land_on_a_rest_day(
    data: st.DataObject, calendar: WorkCalendar, anchor: date, roll: Roll
) -> None:
    """Whatever the holidays, but where the calendar of the world ends."""
    period = data.draw(periods(calendar, low=1, high=40))
    due = Deadline(((period, None),), roll, calendar).due(anchor)
    assert calendar.is_workday(due) or due.year in (1, 9999)
