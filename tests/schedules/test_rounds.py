"""Months, quarters, half-years, years and terms: their rounds and the day each is due."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendars import WorkCalendar
from schedules.deadlines import Roll
from schedules.rounds import DueIn, Length, Round, Rounds
from schedules.spans import Span
from tests.schedules.strategies import any_days, calendars, near_days

OFFICIAL = WorkCalendar.official()
TERMS = (
    Span(date(2026, 9, 1), date(2027, 1, 22)),
    Span(date(2026, 2, 25), date(2026, 7, 3)),
)
QUARTER = Round(date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("length", "opening", "end"),
    [
        (Length.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Length.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (Length.HALF_YEAR, date(2026, 7, 1), date(2026, 12, 31)),
        (Length.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (Length.TERM, date(2026, 9, 1), date(2027, 1, 22)),
    ],
)
def test_a_day_lies_in_one_round(length: Length, opening: date, end: date) -> None:
    """22 November 2026."""
    found = Rounds(length, TERMS).round_of(date(2026, 11, 22))
    assert found == Round(opening, end)
    assert found.key == opening.isoformat()


@pytest.mark.parametrize("day", [date(2026, 2, 24), date(2026, 7, 4), date(2026, 8, 31)])
def test_between_terms_there_is_no_round(day: date) -> None:
    """Before the first, the day after one, the eve of the next."""
    assert Rounds(Length.TERM, TERMS).round_of(day) is None


def test_rounds_cover_a_range() -> None:
    """Those that share a day with it, however few; terms leave their gaps."""
    quarters = Rounds(Length.QUARTER).covering(date(2026, 6, 30), date(2026, 10, 1))
    assert [one.key for one in quarters] == ["2026-04-01", "2026-07-01", "2026-10-01"]
    terms = Rounds(Length.TERM, TERMS).covering(date(2026, 7, 10), date(2028, 1, 1))
    assert [one.key for one in terms] == ["2026-09-01"]


@pytest.mark.parametrize(
    ("number", "workday", "roll", "due"),
    [
        (None, False, Roll.NONE, date(2026, 12, 31)),
        (10, False, Roll.NONE, date(2026, 10, 10)),
        (400, False, Roll.NONE, date(2026, 12, 31)),
        (5, True, Roll.NONE, date(2026, 10, 13)),
        (200, True, Roll.NONE, date(2026, 12, 31)),
        (None, True, Roll.NONE, date(2026, 12, 31)),
        (3, False, Roll.BEFORE, date(2026, 10, 8)),
        (3, False, Roll.AFTER, date(2026, 10, 8)),
        (11, False, Roll.BEFORE, date(2026, 10, 10)),
        (11, False, Roll.AFTER, date(2026, 10, 12)),
        (1, False, Roll.NONE, date(2026, 10, 1)),
    ],
)
def test_a_round_is_due_on_its_day(
    number: int | None, workday: bool, roll: Roll, due: date
) -> None:
    """The last quarter of 2026: rest until 7 October, a make-up Saturday on the 10th."""
    assert DueIn(number, workday, roll, OFFICIAL).due(QUARTER) == due


def test_the_last_workday_of_a_month_that_ends_on_a_weekend() -> None:
    """31 January 2026 is a Saturday."""
    january = Round(date(2026, 1, 1), date(2026, 1, 31))
    assert DueIn(None, True, Roll.NONE, OFFICIAL).due(january) == date(2026, 1, 30)


def test_a_round_within_a_holiday_is_due_at_its_end() -> None:
    """There is no workday to be due on."""
    holiday = Round(date(2026, 2, 16), date(2026, 2, 20))
    assert DueIn(2, True, Roll.NONE, OFFICIAL).due(holiday) == date(2026, 2, 20)
    assert DueIn(None, True, Roll.BEFORE, OFFICIAL).due(holiday) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("number", "workday", "roll", "provisional"),
    [
        (10, False, Roll.NONE, False),
        (10, False, Roll.BEFORE, True),
        (5, True, Roll.NONE, True),
    ],
)
def test_a_round_of_a_year_without_notice_is_provisional(
    number: int, workday: bool, roll: Roll, provisional: bool
) -> None:
    """Only what rests on workdays may change."""
    spring = Round(date(2027, 1, 1), date(2027, 3, 31))
    assert DueIn(number, workday, roll, OFFICIAL).is_provisional(spring) is provisional


lengths = st.sampled_from([length for length in Length if length is not Length.TERM])


@given(lengths, any_days)
def test_every_day_lies_in_the_round_that_covers_it(length: Length, day: date) -> None:
    """At either end of the calendar too; the next round begins the day after."""
    found = Rounds(length).round_of(day)
    assert found is not None
    assert found.opening <= day <= found.end
    until = date.fromordinal(min(day.toordinal() + 800, date.max.toordinal()))
    some = list(Rounds(length).covering(day, until))
    assert some[0] == found
    assert some[-1].end >= until
    gaps = [later.opening - earlier.end for earlier, later in pairwise(some)]
    assert all(gap == timedelta(days=1) for gap in gaps)


@given(
    lengths,
    calendars(),
    near_days,
    st.one_of(st.none(), st.integers(1, 100)),
    st.booleans(),
    st.sampled_from(Roll),
)
def test_due_dates_rise_from_round_to_round(
    length: Length,
    calendar: WorkCalendar,
    first: date,
    number: int | None,
    workday: bool,
    roll: Roll,
) -> None:
    """Never before the opening, never before the last round's, whatever the holidays."""
    rule = DueIn(number, workday, roll, calendar)
    some = list(Rounds(length).covering(first, first + timedelta(days=900)))
    dues = [rule.due(one) for one in some]
    assert all(due >= one.opening for due, one in zip(dues, some, strict=True))
    assert dues == sorted(dues)
