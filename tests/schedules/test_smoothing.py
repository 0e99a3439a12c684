"""Suggested dates: even, in time, and the same every day."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendars import WorkCalendar
from schedules.deadlines import Roll
from schedules.periods import Period
from schedules.smoothing import Smoothing, seat_of
from tests.schedules.strategies import any_days, calendars, near_days, periods

OFFICIAL = WorkCalendar.official()
MONTH = Smoothing(Period.parse("30 days"), Roll.NONE, OFFICIAL)
DUE = date(2026, 6, 30)
LAST_VISIT = date(2026, 3, 30)


def test_twelve_children_due_on_one_day_are_about_three_a_week() -> None:
    """The director of a village with 青山-01 to 青山-12."""
    days = [MONTH.suggested(LAST_VISIT, DUE, seat=seat_of(f"青山-{n:02}")) for n in range(1, 13)]
    weeks = Counter((DUE - day).days // 8 for day in days)
    assert sorted(weeks.values()) == [2, 3, 3, 4]
    assert len(set(days)) == 12


def test_rolling_rules_suggest_workdays() -> None:
    """Before 24 February 2026 lies the Spring Festival."""
    rolls = Smoothing(Period.parse("14 days"), Roll.BEFORE, OFFICIAL)
    days = {rolls.suggested(None, date(2026, 2, 24), seat=seat) for seat in range(40)}
    assert days == {*(date(2026, 2, day) for day in (10, 11, 12, 13, 14, 24))}


def test_what_leaves_no_choice_is_suggested_for_its_deadline() -> None:
    """Visited the day before, due in a holiday, or due already."""
    rolls = Smoothing(Period.parse("3 days"), Roll.AFTER, OFFICIAL)
    assert rolls.suggested(None, date(2026, 2, 20), seat=3) == date(2026, 2, 20)
    assert MONTH.suggested(date(2026, 6, 29), DUE, seat=3) == DUE
    assert MONTH.suggested(DUE, DUE, seat=3) == DUE


@pytest.mark.parametrize(
    ("number", "seat"),
    [("青山-03", 3), ("青山2村-012", 12), ("7", 7), ("福利院", seat_of("福利院"))],
)
def test_a_seat_is_the_number_in_the_village(number: str, seat: int) -> None:
    """The last digits; without any, something that never changes."""
    assert seat_of(number) == seat


def test_the_seat_of_a_name_is_fixed() -> None:
    """The same in every process and on every machine."""
    assert seat_of("福利院") == 2941319601


@given(st.data(), calendars(), any_days, any_days, st.integers(0, 10**9))
def test_a_suggestion_is_after_the_anchor_and_never_after_the_deadline(
    data: st.DataObject, calendar: WorkCalendar, one: date, other: date, seat: int
) -> None:
    """On a workday where the rule rolls, if there is one to choose."""
    roll = data.draw(st.sampled_from(Roll))
    smoothing = Smoothing(data.draw(periods(calendar, high=30)), roll, calendar)
    anchor, due = min(one, other), max(one, other)
    if (due - anchor).days > 5_000:  # listing an absurd span is slow, not wrong
        anchor = due - timedelta(days=5_000)
    day = smoothing.suggested(anchor, due, seat=seat)
    assert anchor < day <= due or day == due
    assert roll is Roll.NONE or calendar.is_workday(day) or day == due


@given(near_days, st.integers(0, 500), st.integers(1, 60), st.integers(0, 24), st.integers(1, 31))
def test_neighbours_fall_evenly_into_every_part_of_the_span(
    due: date, first: int, count: int, start: int, length: int
) -> None:
    """Any run of numbers, any run of days: never two and a half from an even share."""
    days = [MONTH.suggested(None, due, seat=seat) for seat in range(first, first + count)]
    part = range(start, min(start + length, 31))
    inside = sum((due - day).days in part for day in days)
    assert abs(inside - count * len(part) / 31) < 2.5
