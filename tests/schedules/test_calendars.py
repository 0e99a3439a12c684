"""Which days are worked, and when the answer may still change."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendars import WorkCalendar, shifted_days
from tests.schedules.data import holiday_notice, make_up_days_2026
from tests.schedules.strategies import any_days, calendars

OFFICIAL = WorkCalendar.official()
PLAIN = WorkCalendar(frozenset(), frozenset(), frozenset())
# Made up for these tests: no notice of 2027 has been published.
NOTICE_2027: dict[str, object] = {
    "year": 2027,
    "papers": ["https://example.invalid/notice"],
    "days": [
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-27", "isOffDay": False},
    ],
}


def test_every_known_day_agrees_with_chinesecalendar() -> None:
    """The value holds the library's answers for all its years."""
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range(366 * 23 - 17)]
    assert days[-1] == date(2026, 12, 31)
    assert all(OFFICIAL.is_workday(day) == chinese_calendar.is_workday(day) for day in days)
    assert sorted(OFFICIAL.years) == list(range(2004, 2027))


@pytest.mark.parametrize("day", make_up_days_2026())
def test_make_up_days_are_worked_although_weekend(day: date) -> None:
    """调休: a Saturday or Sunday worked in exchange for a longer holiday."""
    assert day.weekday() >= 5
    assert OFFICIAL.is_workday(day)


def test_spring_festival_is_rest() -> None:
    """In 2026 offices close from 15 to 23 February and open on the 14th and 24th."""
    assert not any(OFFICIAL.is_workday(date(2026, 2, day)) for day in range(15, 24))
    assert OFFICIAL.is_workday(date(2026, 2, 14))
    assert OFFICIAL.next_workday(date(2026, 2, 14)) == date(2026, 2, 24)
    assert OFFICIAL.first_workday_on_or_after(date(2026, 2, 15)) == date(2026, 2, 24)
    assert OFFICIAL.last_workday_on_or_before(date(2026, 2, 23)) == date(2026, 2, 14)


def test_a_year_without_data_is_monday_to_friday_and_says_so() -> None:
    """Until the notice is out, 2027 is assumed and flagged."""
    assert OFFICIAL.is_workday(date(2027, 10, 1))
    assert not OFFICIAL.is_workday(date(2027, 10, 2))
    assert OFFICIAL.is_provisional(date(2027, 10, 1))
    assert not OFFICIAL.is_provisional(date(2026, 12, 31))


def test_a_notice_makes_its_year_known() -> None:
    """New Year's notice of 2027 reaches back into December 2026."""
    calendar = OFFICIAL.extended(NOTICE_2027)
    assert calendar.years - OFFICIAL.years == {2027}
    assert [calendar.is_workday(date(2026, 12, day)) for day in (27, 31)] == [True, False]
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_workday(date(2026, 2, 14))


def test_the_same_notice_twice_changes_nothing() -> None:
    """Importing again is harmless, and the file of a known year agrees with the library."""
    calendar = OFFICIAL.extended(NOTICE_2027)
    assert calendar.extended(NOTICE_2027) == calendar
    assert OFFICIAL.extended(holiday_notice(2026)) == OFFICIAL


def test_an_amended_notice_replaces_the_first() -> None:
    """A day that the amended notice no longer names is an ordinary day again."""
    amended = NOTICE_2027 | {"days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
    calendar = OFFICIAL.extended(NOTICE_2027).extended(amended)
    assert calendar.is_workday(date(2026, 12, 31))
    assert not calendar.is_workday(date(2026, 12, 27))


@pytest.mark.parametrize("notice", [holiday_notice(2027), NOTICE_2027 | {"papers": []}])
def test_a_file_without_papers_or_days_is_no_notice(notice: dict[str, object]) -> None:
    """The project publishes empty files ahead; invented tables name no paper."""
    assert OFFICIAL.extended(notice) == OFFICIAL


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), ()),
        (date(2026, 11, 1), (2027,)),
        (date(2026, 11, 2), (2027,)),
        (date(2027, 1, 1), (2027,)),
        (date(2027, 12, 1), (2027, 2028)),
    ],
)
def test_next_year_is_asked_for_from_november(today: date, missing: tuple[int, ...]) -> None:
    """One day before, on, and after 1 November; a year that began unknown stays asked for."""
    assert OFFICIAL.missing_years(today) == missing


def test_calendars_are_equal_when_they_answer_alike() -> None:
    """A weekend day off or a weekday worked is nothing new."""
    said = WorkCalendar(frozenset(), frozenset({date(2026, 1, 3)}), frozenset({date(2026, 1, 5)}))
    assert said == PLAIN
    assert hash(said) == hash(PLAIN)


@pytest.mark.parametrize(
    ("day", "n", "answer"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 24), -1, date(2026, 2, 14)),
        (date(2026, 2, 20), -1, date(2026, 2, 14)),
        (date(2026, 2, 20), 0, date(2026, 2, 20)),
        (date.max, 1, date.max),
        (date.min, -1, date.min),
    ],
)
def test_workdays_are_counted_from_the_following_day(day: date, n: int, answer: date) -> None:
    """The day itself is not counted, in either direction."""
    assert OFFICIAL.add_workdays(day, n) == answer


@given(calendars(), any_days, st.integers(-80, 80))
def test_counting_workdays_equals_walking_them(calendar: WorkCalendar, day: date, n: int) -> None:
    """The quick way gives what a finger on a wall calendar gives."""
    walked, left, step, end = day, abs(n), 1, date.max
    if n < 0:
        step, end = -1, date.min
    while left and walked != end:
        walked = shifted_days(walked, step)
        left -= calendar.is_workday(walked)
    assert calendar.add_workdays(day, n) == walked


def test_calendars_without_workdays_end_where_the_world_does() -> None:
    """Holidays at either end of time stop the search, not break it."""
    ends = {shifted_days(date.min, n) for n in range(7)} | {
        shifted_days(date.max, -n) for n in range(7)
    }
    calendar = WorkCalendar(frozenset(), frozenset(ends), frozenset())
    assert calendar.last_workday_on_or_before(date.min) == date.min
    assert calendar.first_workday_on_or_after(date.max) == date.max
    assert calendar.add_workdays(date.max, 1) == date.max
    assert calendar.add_workdays(date.min, -1) == date.min


@given(calendars(), any_days)
def test_rolling_finds_the_nearest_workday(calendar: WorkCalendar, day: date) -> None:
    """Nothing between the day and the answer is a workday."""
    before, after = calendar.last_workday_on_or_before(day), calendar.first_workday_on_or_after(day)
    between = range(before.toordinal() + 1, after.toordinal())
    assert before <= day <= after
    assert not any(calendar.is_workday(date.fromordinal(n)) for n in between)
    assert (before == day == after) == calendar.is_workday(day) or day in (date.min, date.max)
