"""Window expressions: lasting names, what is entered later, and windows for intervals."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from config.days import MonthDay
from config.language import speaking
from config.windows import Window, WrittenWindow
from schedules.calendar_books import CalendarBook, Dated, Yearly
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.errors import WindowInvalid
from schedules.intervals import Interval, Shorter
from schedules.periods import Period
from schedules.spans import Span
from schedules.windows import (
    AllOf,
    AnyOf,
    Around,
    Expression,
    Where,
    expression_of,
    instances,
    known_windows,
    names_in,
)

FLOOD = Yearly("flood", "13", MonthDay(6, 1), MonthDay(9, 30))
SUMMER = Dated("summer-holiday", "", "2027", date(2027, 7, 5), date(2027, 8, 31))
BOOK = CalendarBook((SUMMER,), (FLOOD,))
BOTH = AllOf(("summer-holiday", "flood"))
EITHER = AnyOf(("summer-holiday", "flood"))
AS_IT_IS = Around()
OFFICIAL = WorkCalendar.official()


def named(
    expression: Expression,
    book: CalendarBook = BOOK,
    *,
    year: int = 2027,
    around: Around = AS_IT_IS,
) -> list[tuple[str, date, date]]:
    """Answer one year's windows of county 130102 with their keys."""
    where = Where(book, expression, "130102", around)
    found = instances(where, "season", first=date(year, 1, 1), last=date(year, 12, 31))
    return [(one.key, one.start, one.end) for one in found]


def extended(end: date, entered: date, start: date = date(2027, 6, 1)) -> CalendarBook:
    """Answer a book whose flood season of 2027 was changed on a day."""
    return CalendarBook((Dated("flood", "13", "2027", start, end, entered),), (FLOOD,))


def test_all_is_the_summer_holiday_within_the_flood_season() -> None:
    """DESIGN.md's own example; without a holiday entered there is none."""
    assert named(BOTH) == [("season:2027", date(2027, 7, 5), date(2027, 8, 31))]
    assert named(BOTH, year=2028) == []


def test_any_is_one_run_of_days() -> None:
    """The holiday lies within the season."""
    assert named(EITHER) == [("season:2027", date(2027, 6, 1), date(2027, 9, 30))]


def test_lead_and_tail_widen_but_do_not_rename() -> None:
    """A lead into the old year keeps the name of the window's own year."""
    book = CalendarBook((Dated("ice", "", "2027", date(2027, 1, 5), date(2027, 3, 1)),))
    around = Around(Period.parse("14 days"), Period.parse("7 days"))
    assert named("ice", book, around=around) == [
        ("season:2027", date(2026, 12, 22), date(2027, 3, 8))
    ]


def test_two_windows_of_one_year_have_two_names() -> None:
    """Spring and autumn term."""
    terms = CalendarBook(
        (
            Dated("terms", "", "2027-spring", date(2027, 2, 22), date(2027, 7, 2)),
            Dated("terms", "", "2027-autumn", date(2027, 9, 1), date(2028, 1, 21)),
        )
    )
    assert [key for key, *_ in named("terms", terms)] == ["season:2027", "season:2027:2"]
    assert [key for key, *_ in named("terms", terms, year=2028)] == ["season:2027:2"]


def test_a_window_that_starts_early_keeps_its_name() -> None:
    """Moved into December by what was entered later; both days are said."""
    ice = Dated("ice", "", "2027", date(2027, 1, 5), date(2027, 3, 1))
    early = Dated("ice", "", "2027", date(2026, 12, 20), date(2027, 3, 1), date(2026, 12, 18))
    where = Where(CalendarBook((ice, early)), "ice", "130102")
    (one,) = instances(where, "season", first=date(2027, 1, 1), last=date(2027, 2, 1))
    assert (one.key, one.start) == ("season:2027", date(2026, 12, 20))
    assert (one.known_on, one.changed_on) == (None, date(2026, 12, 18))


def test_a_window_entered_late_says_since_when_it_is_known() -> None:
    """A second one of the same year, entered in between, leaves the first its name."""
    first = Dated("exam", "", "2027-b", date(2027, 6, 7), date(2027, 6, 9), date(2027, 3, 1))
    added = Dated("exam", "", "2027-a", date(2027, 1, 7), date(2027, 1, 9), date(2027, 4, 1))
    where = Where(CalendarBook((first, added)), "exam", "130102")
    found = instances(where, "exam", first=date(2027, 1, 1), last=date(2027, 12, 31))
    assert [(one.key, one.known_on) for one in found] == [
        ("exam:2027:2", date(2027, 4, 1)),
        ("exam:2027", date(2027, 3, 1)),
    ]
    assert all(one.changed_on is None for one in found)


def test_one_window_within_a_longer_one_is_a_day() -> None:
    """The Dragon Boat Festival inside the flood season."""
    days = named(AllOf(("端午", "flood")))
    assert days == [("season:2027", date(2027, 6, 9), date(2027, 6, 9))]


def test_windows_for_intervals_count_from_what_was_known() -> None:
    """Extended on 25 September: as it was to the end of September, and as it is from that day."""
    where = Where(extended(date(2027, 10, 31), date(2027, 9, 25)), "flood", "130102")
    assert known_windows(where, first=date(2027, 1, 1), last=date(2027, 12, 31)) == (
        Span(date(2027, 6, 1), date(2027, 9, 30)),
        Span(date(2027, 9, 25), date(2027, 10, 31)),
    )


def test_a_window_cut_short_counts_no_more_than_what_is_left() -> None:
    """Ended early, on 15 September."""
    where = Where(extended(date(2027, 9, 15), date(2027, 9, 15)), "flood", "130102")
    windows = known_windows(where, first=date(2027, 1, 1), last=date(2027, 12, 31))
    assert windows == (Span(date(2027, 6, 1), date(2027, 9, 15)),)


def test_a_window_entered_after_it_was_over_counts_for_nothing() -> None:
    """Nobody can be late for what nobody knew."""
    exam = Dated("exam", "", "2027", date(2027, 6, 7), date(2027, 6, 9), date(2027, 6, 10))
    where = Where(CalendarBook((exam,)), "exam", "130102")
    assert known_windows(where, first=date(2027, 1, 1), last=date(2027, 12, 31)) == ()


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        ("flood", "flood"),
        ({"all": ["summer-holiday", "flood"]}, "all(flood, summer-holiday)"),
        ({"any": ["b", {"all": ["d", "c"]}]}, "any(all(c, d), b)"),
    ],
)
def test_an_expression_has_one_text(plain: object, text: str) -> None:
    """Whatever order its parts were written in."""
    read = expression_of(plain)  # type: ignore[arg-type]  # what YAML gave
    assert str(read) == text
    assert names_in(read) <= {"flood", "summer-holiday", "b", "c", "d"}


def test_an_expression_reads_as_the_configuration_has_it() -> None:
    """The models of YAML and the JSON they are kept as are one expression."""
    plain = {"any": ["b", {"all": ["d", "c"]}]}
    written = TypeAdapter[Window](WrittenWindow).validate_python(plain)
    assert expression_of(written) == expression_of(plain)  # type: ignore[arg-type]  # JSON


@pytest.mark.parametrize(
    "plain", [{}, {"all": []}, {"all": "flood"}, {"both": ["flood"]}, {"all": ["a"], "any": ["b"]}]
)
def test_what_is_no_expression_is_refused(plain: object) -> None:
    """Neither a name nor all or any of some."""
    with speaking("en"), pytest.raises(WindowInvalid, match="names a calendar"):
        expression_of(plain)  # type: ignore[arg-type]  # what YAML gave


seasons = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    st.dates(date(2027, 3, 1), date(2027, 10, 31)),
    st.integers(0, 120),
)
some_days = st.dates(date(2026, 6, 1), date(2028, 6, 1))


def rows(changes: list[tuple[Span, date]]) -> CalendarBook:
    """Answer a book of one season, changed on each of the days."""
    return CalendarBook(
        tuple(
            Dated("season", "", "2027", span.start, span.end, entered)
            for span, entered in sorted(changes, key=lambda change: change[1])
        )
    )


changes = st.lists(
    st.tuples(seasons, some_days), min_size=1, max_size=4, unique_by=lambda change: change[1]
)


def duty(book: CalendarBook, roll: Roll) -> Deadline:
    """Answer three months, a fortnight inside the season."""
    where = Where(book, "season", "130102")
    spans = known_windows(where, first=date(2020, 1, 1), last=date(2030, 1, 1))
    fortnight = Period.parse("14 days")
    windows = tuple(Shorter(span.start, span.end, fortnight) for span in spans)
    return Deadline(((Interval(Period.parse("3 months"), windows), None),), roll, OFFICIAL)


@settings(max_examples=60)
@given(changes, some_days, st.sampled_from(Roll))
def test_whatever_is_entered_makes_nobody_overdue_that_day(
    some: list[tuple[Span, date]], anchor: date, roll: Roll
) -> None:
    """Opened late, extended, started early, cut short: who was in time the day before still is."""
    some = sorted(some, key=lambda change: change[1])
    before, after = duty(rows(some[:-1]), roll), duty(rows(some), roll)
    entered = some[-1][1]
    assert after.due(anchor) >= min(before.due(anchor), entered + timedelta(days=1))


@settings(max_examples=60)
@given(changes)
def test_a_window_that_only_moves_a_little_keeps_its_name(some: list[tuple[Span, date]]) -> None:
    """One season, however often changed, is one instance of one name."""
    where = Where(rows(some), "season", "130102")
    found = instances(where, "season", first=date(2026, 1, 1), last=date(2029, 1, 1))
    assert [one.key for one in found] == ["season:2027"]
