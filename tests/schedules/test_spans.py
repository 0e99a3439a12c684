"""Sets of days: spans agree with the days they stand for."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schedules.spans import Span, in_all, in_any, without_dominated
from tests.schedules.strategies import near_days

spans = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(0, 90),
)
sets = st.lists(st.lists(spans, max_size=4), min_size=1, max_size=4)


@given(sets, near_days)
def test_a_day_is_in_all_when_each_set_has_it(some: list[list[Span]], day: date) -> None:
    """Intersection by spans is intersection by days."""
    each = all(any(day in span for span in one) for one in some)
    assert any(day in span for span in in_all(some)) == each


@given(sets, st.dates(date(2026, 1, 1), date(2027, 3, 31)))
def test_a_day_is_in_any_when_one_set_has_it(some: list[list[Span]], day: date) -> None:
    """Union by spans is union by days, in runs that do not even touch."""
    runs = in_any(some)
    assert any(day in run for run in runs) == any(day in span for one in some for span in one)
    near = [run for run in runs if run.end.year == run.start.year == 2026]
    touching = [one for one, other in pairwise(near) if other.start - one.end <= timedelta(days=1)]
    assert touching == []


@given(st.lists(spans, max_size=8), near_days)
def test_what_is_dominated_says_nothing_new(some: list[Span], day: date) -> None:
    """The same days remain, and starts and ends rise together."""
    kept = without_dominated(some)
    assert any(day in span for span in kept) == any(day in span for span in some)
    assert [span.end for span in kept] == sorted({span.end for span in kept})


def test_windows_that_follow_each_other_for_ever_are_cut_at_new_year() -> None:
    """Their start must not depend on how far back one looks."""
    years = [Span(date(year, 7, 1), date(year + 1, 6, 30)) for year in range(2024, 2028)]
    longer = [Span(date(2023, 7, 1), date(2024, 6, 30)), *years]
    assert in_any([years])[1:] == in_any([longer])[2:]
    assert in_any([years])[1] == Span(date(2025, 1, 1), date(2025, 12, 31))


def test_a_winter_stays_one_run() -> None:
    """Touching spans are one; less than a year is never cut."""
    winter = [
        Span(date(2026, 11, 15), date(2026, 12, 31)),
        Span(date(2027, 1, 1), date(2027, 3, 15)),
    ]
    assert in_any([winter]) == [Span(date(2026, 11, 15), date(2027, 3, 15))]
