"""Periods count as Civil Code art. 200–203 says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.durations import Duration, Unit
from config.language import speaking
from schedules.calendars import WorkCalendar
from schedules.errors import PeriodNegative, PeriodTooFine
from schedules.periods import Period, latest_anchor, month_end, month_start, shifted
from tests.schedules.data import month_vectors, workday_vectors
from tests.schedules.strategies import any_days, calendars, day_after, offsets, periods

OFFICIAL = WorkCalendar.official()


@pytest.mark.parametrize(("start", "months", "last"), month_vectors())
def test_months_end_on_the_corresponding_or_last_day(start: date, months: int, last: date) -> None:
    """Every vector of art. 202 comes out."""
    assert Period.parse(f"{months} months").after(start) == last


@pytest.mark.parametrize(("start", "days", "due"), workday_vectors())
def test_workdays_follow_the_official_calendar(start: date, days: int, due: date) -> None:
    """Spring Festival, National Day and make-up days are counted as the notices say."""
    assert Period.parse(f"{days} workdays").after(start) == due
    assert Period.parse(f"{days}个工作日").after(start) == due


@pytest.mark.parametrize(
    ("start", "text", "last"),
    [
        (date(2026, 11, 30), "3 months", date(2027, 2, 28)),
        (date(2027, 11, 30), "3 months", date(2028, 2, 29)),
        (date(2026, 8, 31), "6 months", date(2027, 2, 28)),
        (date(2027, 8, 31), "6个月", date(2028, 2, 29)),
        (date(2024, 2, 29), "1 year", date(2025, 2, 28)),
        (date(2024, 2, 29), "4 years", date(2028, 2, 29)),
        (date(2026, 11, 21), "14天", date(2026, 12, 5)),
        (date(2026, 11, 21), "2 weeks", date(2026, 12, 5)),
        (date(2026, 11, 21), "0 days", date(2026, 11, 21)),
    ],
)
def test_first_day_is_not_counted(start: date, text: str, last: date) -> None:
    """Fourteen days from the 21st end on the 5th; 30 November and three months in February."""
    assert Period.parse(text).after(start) == last


@pytest.mark.parametrize(
    ("end", "text", "start"),
    [
        (date(2026, 5, 31), "3 months", date(2026, 2, 28)),
        (date(2026, 3, 1), "1 day", date(2026, 2, 28)),
        (date(2024, 2, 29), "1 year", date(2023, 2, 28)),
        (date(2026, 2, 24), "1 workday", date(2026, 2, 14)),
    ],
)
def test_before_goes_back_to_the_corresponding_day(end: date, text: str, start: date) -> None:
    """Backwards, months are cut to the month's last day too."""
    assert Period.parse(text).before(end) == start


def test_latest_start_is_the_last_day_that_still_ends_in_time() -> None:
    """28, 29 and 30 November all end on 28 February; the last of them is answered."""
    quarter = Period.parse("3 months")
    assert quarter.latest_start(date(2027, 2, 28)) == date(2026, 11, 30)
    assert quarter.latest_start(date(2027, 3, 1)) == date(2026, 12, 1)
    assert quarter.latest_start(date(2027, 2, 27)) == date(2026, 11, 27)


def test_periods_do_not_chain() -> None:
    """Twice half a year from a fixed day is a year, not two cut half-years."""
    start, half, year = date(2025, 8, 31), Period.parse("6 months"), Period.parse("12 months")
    assert half.after(half.after(start)) == date(2026, 8, 28)
    assert year.after(start) == date(2026, 8, 31)


@pytest.mark.parametrize("text", ["3 hours", "30分钟"])
def test_hours_and_minutes_are_refused_in_words(text: str) -> None:
    """A deadline is a date: what counts in hours cannot be one."""
    with speaking("en"), pytest.raises(PeriodTooFine, match="a deadline is a date and cannot"):
        Period.parse(text)


def test_negative_periods_are_refused_in_words() -> None:
    """Only offsets go backwards."""
    with speaking("en"), pytest.raises(PeriodNegative, match=r"“-3 days”: a period cannot be"):
        Period.of(Duration(-3, Unit.DAYS), OFFICIAL)


def test_offsets_in_hours_are_refused() -> None:
    """An offset moves dates by whole days as well."""
    with pytest.raises(PeriodTooFine):
        shifted(date(2026, 1, 1), Duration(2, Unit.HOURS), OFFICIAL)


def test_a_period_reads_as_its_canonical_text() -> None:
    """Every spelling prints the same, so that hashes of rules agree."""
    assert str(Period.parse("3个月")) == str(Period.parse("3 months")) == "3 months"


def test_month_only_dates_have_a_first_and_a_last_day() -> None:
    """A month counts from its first day as an anchor and to its last as a target."""
    assert month_start(2028, 2) == date(2028, 2, 1)
    assert month_end(2028, 2) == date(2028, 2, 29)


@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years", "workdays"])
def test_periods_stop_at_the_ends_of_the_calendar(unit: str) -> None:
    """No length of time overflows; it ends on the last or first day there is."""
    longest = Period.parse(f"99999 {unit}")
    assert longest.after(date.max) == date.max
    assert longest.before(date.min) == date.min


def test_latest_start_of_what_never_ends_in_time_is_the_first_day() -> None:
    """A period longer than the calendar has no start before today."""
    assert Period.parse("99999 years").latest_start(date(2026, 1, 1)) == date.min
    assert latest_anchor(Period.parse("99999 years").after, date(2026, 1, 1)) is None


@given(st.data(), calendars(), any_days, any_days)
def test_periods_never_fall_as_the_day_rises(
    data: st.DataObject, calendar: WorkCalendar, one: date, other: date
) -> None:
    """Who was visited later is due later or at the same time, forwards and backwards."""
    period, early, late = data.draw(periods(calendar)), min(one, other), max(one, other)
    assert early <= period.after(early) <= period.after(late)
    assert period.before(early) <= period.before(late) <= late


@given(calendars(), offsets, any_days)
def test_offsets_never_fall_as_the_day_rises(
    calendar: WorkCalendar, offset: Duration, day: date
) -> None:
    """Neighbouring days keep their order under every offset, up to the ends of the calendar."""
    following = day if day == date.max else day_after(day)
    assert shifted(day, offset, calendar) <= shifted(following, offset, calendar)


@given(st.data(), calendars(), any_days, any_days)
def test_latest_start_divides_in_time_from_too_late(
    data: st.DataObject, calendar: WorkCalendar, day: date, by: date
) -> None:
    """`after(day) <= by` exactly when `day <= latest_start(by)`."""
    period = data.draw(periods(calendar))
    latest = latest_anchor(period.after, by)
    assert (period.after(day) <= by) == (latest is not None and day <= latest)
    assert period.latest_start(by) == (latest or date.min)
