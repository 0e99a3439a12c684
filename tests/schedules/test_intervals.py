"""Shorter intervals inside windows: the flood season by example, the promises by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.intervals import Interval, Shorter
from schedules.periods import Period
from tests.schedules.strategies import any_days, calendars, near_days, periods, windows

OFFICIAL = WorkCalendar.official()
MONTH, QUARTER = Period.parse("1 month"), Period.parse("3 months")
FLOOD = Shorter(date(2026, 6, 1), date(2026, 9, 30), MONTH)
LATER = Shorter(date(2027, 6, 1), date(2027, 9, 30), MONTH)
SEASONAL = Interval(QUARTER, (LATER, FLOOD))


def deadline(*history: tuple[Period | Interval, date | None], roll: Roll = Roll.NONE) -> Deadline:
    """Answer a deadline of these intervals under the official calendar."""
    return Deadline(history, roll, OFFICIAL)


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        (date(2026, 2, 10), date(2026, 5, 10)),
        (date(2026, 4, 20), date(2026, 7, 1)),
        (date(2026, 5, 31), date(2026, 7, 1)),
        (date(2026, 6, 1), date(2026, 7, 1)),
        (date(2026, 6, 2), date(2026, 7, 2)),
        (date(2026, 8, 30), date(2026, 9, 30)),
        (date(2026, 8, 31), date(2026, 9, 30)),
        (date(2026, 9, 1), date(2026, 12, 1)),
        (date(2026, 10, 8), date(2027, 1, 8)),
    ],
)
def test_every_month_in_the_flood_season_else_every_three(anchor: date, due: date) -> None:
    """A month counts from the opening at the earliest, and only where it ends inside the window."""
    assert deadline((SEASONAL, None)).due(anchor) == due


def test_what_fell_due_inside_stays_due_after_the_window_closed() -> None:
    """Nothing depends on today: the visit of May was due on 1 July and still is in October."""
    rule = deadline((SEASONAL, None))
    assert rule.latest_anchor(date(2026, 10, 20)) == date(2026, 8, 31)
    assert rule.due(date(2026, 5, 2)) == date(2026, 7, 1)


def test_a_longer_interval_inside_a_window_does_nothing() -> None:
    """Windows only ever shorten."""
    lax = Interval(MONTH, (Shorter(date(2026, 6, 1), date(2026, 12, 30), QUARTER),))
    assert lax.after(date(2026, 6, 10)) == date(2026, 7, 10)


def test_the_shortest_of_overlapping_windows_holds() -> None:
    """The flood season and a week of exams: the weekly call wins where it ends inside."""
    exams = Shorter(date(2026, 6, 5), date(2026, 6, 20), Period.parse("7 days"))
    both = Interval(QUARTER, (FLOOD, exams))
    assert both.after(date(2026, 6, 2)) == date(2026, 6, 12)
    assert both.after(date(2026, 6, 13)) == date(2026, 6, 20)
    assert both.after(date(2026, 6, 14)) == date(2026, 7, 14)
    assert (str(both), both.duration) == ("3 months", QUARTER.duration)


def test_a_window_entered_late_counts_from_the_day_it_took_effect() -> None:
    """The season entered on 20 July asks nothing before 20 August."""
    rule = deadline((QUARTER, None), (SEASONAL, date(2026, 7, 20)))
    assert rule.due(date(2026, 5, 25)) == date(2026, 8, 20)
    assert rule.due(date(2026, 4, 10)) == date(2026, 7, 10)


def test_an_extended_window_leaves_what_was_due_as_it_was() -> None:
    """Extended on 25 September to the end of October: July's duty stays July's."""
    extended = Interval(QUARTER, (Shorter(FLOOD.start, date(2026, 10, 31), MONTH),))
    rule = deadline((SEASONAL, None), (extended, date(2026, 9, 25)))
    assert rule.due(date(2026, 4, 20)) == date(2026, 7, 1)
    assert rule.due(date(2026, 9, 10)) == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("roll", "due"),
    [
        (Roll.NONE, date(2026, 9, 26)),
        (Roll.BEFORE, date(2026, 9, 24)),
        (Roll.AFTER, date(2026, 9, 28)),
    ],
)
def test_what_falls_due_inside_rolls_like_all_else(roll: Roll, due: date) -> None:
    """A Saturday after the Mid-Autumn Friday; what counts is where it falls before it rolls."""
    window = Shorter(date(2026, 6, 1), date(2026, 9, 27), MONTH)
    assert deadline((Interval(QUARTER, (window,)), None), roll=roll).due(date(2026, 8, 26)) == due


def test_workdays_inside_a_window_make_a_date_provisional() -> None:
    """Ten workdays of 2027 may yet change when its notice comes."""
    window = Shorter(date(2027, 6, 1), date(2027, 9, 30), Period.parse("10 workdays"))
    assert deadline((Interval(QUARTER, (window,)), None)).is_provisional(date(2027, 4, 20))
    assert not deadline((SEASONAL, None)).is_provisional(date(2027, 4, 20))


@given(st.data(), calendars(), any_days)
def test_the_interval_is_the_least_over_all_windows(
    data: st.DataObject, calendar: WorkCalendar, day: date
) -> None:
    """What is skipped for speed never was the earliest: the contract's formula, word by word."""
    usual = data.draw(periods(calendar))
    some = tuple(data.draw(st.lists(windows(calendar), max_size=5)))
    ends = [
        window.period.after(max(day, window.start))
        for window in some
        if window.period.after(max(day, window.start)) <= window.end
    ]
    assert Interval(usual, some).after(day) == min([usual.after(day), *ends])


@given(st.data(), calendars(), near_days, near_days)
def test_an_opening_window_makes_nobody_overdue_that_day(
    data: st.DataObject, calendar: WorkCalendar, anchor: date, opening: date
) -> None:
    """Who was in time without the window is in time on the day it opens or is entered."""
    usual = data.draw(periods(calendar, low=1))
    shorter = data.draw(periods(calendar, low=1))
    roll = data.draw(st.sampled_from(Roll))
    window = Shorter(opening, opening + timedelta(days=data.draw(st.integers(0, 300))), shorter)
    without = Deadline(((usual, None),), roll, calendar)
    within = Deadline(((Interval(usual, (window,)), None),), roll, calendar)
    assert within.due(anchor) >= min(without.due(anchor), opening + timedelta(days=1))


@given(st.data(), calendars(), any_days)
def test_no_windows_are_no_interval_at_all(
    data: st.DataObject, calendar: WorkCalendar, anchor: date
) -> None:
    """An interval whose windows are none answers as its period does."""
    plain = data.draw(periods(calendar))
    roll = data.draw(st.sampled_from(Roll))
    bare = Deadline(((Interval(plain), None),), roll, calendar)
    assert bare.due(anchor) == Deadline(((plain, None),), roll, calendar).due(anchor)
