"""Every Monday between two dates: the days, and the newest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.deadlines import Occurrence
from schedules.weekly import newest_weekly, weekly
from tests.schedules.strategies import any_days, near_days

MONDAY = 0


def test_mondays_of_a_fortnight() -> None:
    """Both ends are included."""
    days = list(weekly(date(2026, 6, 15), date(2026, 6, 29), MONDAY))
    assert days == [date(2026, 6, 15), date(2026, 6, 22), date(2026, 6, 29)]


@pytest.mark.parametrize(
    ("today", "newest"),
    [
        (date(2026, 6, 21), None),
        (date(2026, 6, 22), Occurrence(0, date(2026, 6, 22))),
        (date(2026, 6, 28), Occurrence(0, date(2026, 6, 22))),
        (date(2026, 6, 29), Occurrence(1, date(2026, 6, 29))),
        (date(2026, 12, 31), Occurrence(1, date(2026, 6, 29))),
    ],
)
def test_only_the_newest_monday_counts(today: date, newest: Occurrence | None) -> None:
    """From Tuesday 16 June to 30 June 2026; its number says how many were before."""
    assert newest_weekly(date(2026, 6, 16), date(2026, 6, 30), MONDAY, today=today) == newest


@given(near_days, st.integers(-20, 100), st.integers(0, 6), near_days)
def test_the_newest_is_the_last_of_them(first: date, span: int, weekday: int, today: date) -> None:
    """Counting agrees with listing."""
    last = date.fromordinal(first.toordinal() + span)
    past = [day for day in weekly(first, last, weekday) if day <= today]
    newest = newest_weekly(first, last, weekday, today=today)
    assert newest == (Occurrence(len(past) - 1, past[-1]) if past else None)
    assert all(day.weekday() == weekday for day in past)


@given(any_days, any_days, st.integers(0, 6))
def test_where_the_world_ends_there_is_an_answer_too(
    first: date, today: date, weekday: int
) -> None:
    """Neither end of the calendar breaks it."""
    newest = newest_weekly(first, date.max, weekday, today=today)
    assert newest is None or first <= newest.on <= today
