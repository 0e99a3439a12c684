"""Random schedules for property tests: calendars with holiday runs, periods, deadlines, days."""

from datetime import date, timedelta

from hypothesis import strategies as st

from config.durations import Duration, Unit
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.intervals import Interval, Shorter
from schedules.periods import Period

DATE_UNITS = (Unit.DAYS, Unit.WORKDAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)

near_days = st.dates(date(2023, 1, 1), date(2030, 12, 31))
"""Days around the random holidays, month ends and leap days of a few years."""

any_days = st.one_of(
    near_days,
    st.dates(),
    st.dates(max_value=date(1, 3, 1)),
    st.dates(min_value=date(9999, 10, 1)),
    st.sampled_from((date.min, date.max, date(2024, 2, 29), date(2026, 11, 30))),
)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Calendars with up to six runs of rest days, some of them long, and make-up days."""
    runs = draw(st.lists(st.tuples(any_days, st.integers(1, 25)), max_size=6))
    rest = {
        date.fromordinal(ordinal)
        for start, length in runs
        for ordinal in range(
            start.toordinal(), min(start.toordinal() + length, date.max.toordinal() + 1)
        )
    }
    work = draw(st.frozensets(near_days, max_size=12))
    years = draw(st.frozensets(st.integers(2023, 2030)))
    return WorkCalendar(years, frozenset(rest), work)


def durations(low: int, high: int) -> st.SearchStrategy[Duration]:
    """Durations in every unit a deadline may count."""
    return st.builds(Duration, st.integers(low, high), st.sampled_from(DATE_UNITS))


def periods(calendar: WorkCalendar, low: int = 0, high: int = 40) -> st.SearchStrategy[Period]:
    """Periods of every unit, mostly of the size admins write, some absurd."""
    sizes = st.one_of(durations(low, high), durations(low, 99_999))
    return sizes.map(lambda duration: Period(duration, calendar))


@st.composite
def windows(draw: st.DrawFn, calendar: WorkCalendar) -> Shorter:
    """A window of up to a year or so, somewhere in time, with an interval of its own."""
    start = draw(any_days)
    length = draw(st.integers(0, 400))
    end = date.fromordinal(min(start.toordinal() + length, date.max.toordinal()))
    return Shorter(start, end, draw(periods(calendar, low=1)))


def intervals(calendar: WorkCalendar, low: int = 0) -> st.SearchStrategy[Period | Interval]:
    """Plain periods, and intervals with a few windows, some of them overlapping."""
    plain = periods(calendar, low=low)
    some = st.lists(windows(calendar), max_size=5).map(tuple)
    return st.one_of(plain, st.builds(Interval, plain, some))


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    """Random compositions of intervals, windows, days of change, roll and calendar."""
    calendar = draw(calendars())
    first = (draw(intervals(calendar)), None)
    change = st.tuples(intervals(calendar), st.one_of(st.none(), any_days))
    changes = draw(st.lists(change, max_size=3))
    return Deadline((first, *changes), draw(st.sampled_from(Roll)), calendar)


offsets = st.one_of(durations(-40, 40), durations(-99_999, 99_999))


def day_after(day: date) -> date:
    """Answer the following day."""
    return day + timedelta(days=1)
