"""What a county entered: which row holds, and what is missing from when on."""

from datetime import date

import pytest

from config.days import MonthDay
from config.windows import Calendar, windows_of
from schedules.calendar_books import CalendarBook, Dated, Missing, Yearly, book_of
from schedules.spans import Span

FLOOD = Yearly("flood", "13", MonthDay(6, 1), MonthDay(9, 30))
CITY_2027 = Dated("flood", "1301", "2027", date(2027, 5, 20), date(2027, 10, 10))
TERMS = (
    Dated("terms", "", "2026-autumn", date(2026, 9, 1), date(2027, 1, 22)),
    Dated("terms", "", "2027-spring", date(2027, 2, 22), date(2027, 7, 2)),
)


def windows(book: CalendarBook, region: str, year: int, as_of: date = date.max) -> list[Span]:
    """Answer the flood season of one year."""
    return book.windows("flood", region, range(year, year + 1), as_of=as_of)


@pytest.mark.parametrize(
    ("region", "year", "span"),
    [
        ("130102", 2026, Span(date(2026, 6, 1), date(2026, 9, 30))),
        ("130102", 2027, Span(date(2027, 5, 20), date(2027, 10, 10))),
        ("130202", 2027, Span(date(2027, 6, 1), date(2027, 9, 30))),
    ],
)
def test_the_longest_prefix_and_the_year_itself_win(region: str, year: int, span: Span) -> None:
    """The province's every year, but for the city that entered 2027."""
    assert windows(CalendarBook((CITY_2027,), (FLOOD,)), region, year) == [span]


def test_another_province_has_no_season() -> None:
    """Nothing entered is no window, never somebody else's."""
    assert windows(CalendarBook((CITY_2027,), (FLOOD,)), "520102", 2027) == []


def test_named_keys_of_one_year_stand_side_by_side() -> None:
    """A county that moves its spring term keeps the autumn of the province."""
    moved = Dated("terms", "1301", "2027-spring", date(2027, 3, 1), date(2027, 7, 9))
    book = CalendarBook((*TERMS, moved))
    spans = book.windows("terms", "130102", range(2026, 2028), as_of=date.max)
    assert [span.start for span in spans] == [date(2026, 9, 1), date(2027, 3, 1)]


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        (date(2027, 9, 24), date(2027, 10, 10)),
        (date(2027, 9, 25), date(2027, 10, 31)),
    ],
)
def test_what_was_entered_last_wins_from_its_day_on(as_of: date, end: date) -> None:
    """Extended on 25 September 2027."""
    later = Dated("flood", "1301", "2027", CITY_2027.start, date(2027, 10, 31), date(2027, 9, 25))
    book = CalendarBook((CITY_2027, later), (FLOOD,))
    assert [span.end for span in windows(book, "130102", 2027, as_of)] == [end]
    assert book.known_dates(["flood"], "130102") == [date(2027, 9, 25)]
    assert book.known_dates(["flood"], "130202") == []


def test_a_season_may_cross_the_new_year() -> None:
    """Ice flood: from November to March, named by the year it starts in."""
    ice = Yearly("ice", "", MonthDay(11, 15), MonthDay(2, 29))
    assert ice.in_year(2026) == Span(date(2026, 11, 15), date(2027, 2, 28))
    assert ice.in_year(2027) == Span(date(2027, 11, 15), date(2028, 2, 29))


def test_festivals_are_there_unless_the_site_names_its_own() -> None:
    """春节 and spring-festival are one day each year."""
    book = CalendarBook()
    for name in ("春节", "spring-festival"):
        days = book.windows(name, "130102", range(2027, 2028), as_of=date.min)
        assert days == [Span(date(2027, 2, 6), date(2027, 2, 6))]
    own = CalendarBook((Dated("春节", "", "2027", date(2027, 2, 1), date(2027, 2, 20)),))
    assert [span.end for span in own.windows("春节", "", range(2026, 2029), as_of=date.max)] == [
        date(2027, 2, 20)
    ]
    assert {"清明", "端午", "中秋", "qingming"} <= own.names


@pytest.mark.parametrize(
    ("today", "keys"),
    [
        (date(2027, 6, 2), []),
        (date(2027, 6, 3), ["2027-autumn"]),
        (date(2027, 11, 23), ["2027-autumn"]),
        (date(2027, 11, 24), ["2027-autumn", "2028-spring"]),
        (date(2028, 1, 22), ["2027-autumn", "2028-spring"]),
        (date(2028, 1, 23), ["2028-spring"]),
    ],
)
def test_a_term_is_asked_for_90_days_before_it_would_recur(today: date, keys: list[str]) -> None:
    """The day before, on, and until it would be over: each name by itself."""
    missing = CalendarBook(TERMS).missing("terms", "130102", today)
    assert [one.key for one in missing] == keys


@pytest.mark.parametrize(
    ("today", "keys"),
    [
        (date(2027, 10, 2), ["2027"]),
        (date(2027, 10, 3), ["2027", "2028"]),
        (date(2028, 1, 1), ["2028"]),
    ],
)
def test_a_calendar_nobody_entered_is_asked_for_before_each_year(
    today: date, keys: list[str]
) -> None:
    """90 days before 1 January, and as long as the year lasts."""
    missing = CalendarBook().missing("zhongkao", "130102", today)
    assert [one.key for one in missing] == keys
    assert missing[-1].tell_from == date(int(keys[-1]) - 1, 10, 3)


def test_what_recurs_by_itself_is_never_missing() -> None:
    """An every-year window, and festivals for decades."""
    assert CalendarBook((), (FLOOD,)).missing("flood", "130102", date(2031, 1, 1)) == ()
    assert CalendarBook().missing("中秋", "130102", date(2031, 1, 1)) == ()
    told = Missing("中秋", "1301", "2051", date(2051, 7, 2))
    assert CalendarBook().missing("中秋", "1301", date(2051, 7, 2)) == (told,)


def test_a_one_off_of_years_ago_is_not_asked_for_again() -> None:
    """The second exam date of 2025 is no habit; a calendar left alone for years is asked for."""
    exams = [Dated("exam", "", str(y), date(y, 6, 7), date(y, 6, 9)) for y in (2025, 2026, 2027)]
    again = Dated("exam", "", "2025-again", date(2025, 7, 7), date(2025, 7, 9))
    assert CalendarBook((*exams, again)).missing("exam", "", date(2027, 6, 1)) == ()
    lone = CalendarBook((exams[0],)).missing("exam", "", date(2027, 6, 1))
    assert [one.key for one in lone] == ["2027"]


def test_a_book_is_made_of_what_was_written_and_imported() -> None:
    """DESIGN.md's own calendars; an import of the same year wins."""
    written = Calendar.model_validate(
        {
            "every_year": ["06-01", "09-30"],
            "region": "13",
            "regions": {"1301": {"2027": ["2027-05-20", "2027-10-10"]}},
        }
    )
    later = Dated("flood", "1301", "2027", date(2027, 5, 20), date(2027, 10, 31), date(2027, 9, 1))
    book = book_of({"flood": windows_of(written)}, [later])
    assert windows(book, "130102", 2026) == [Span(date(2026, 6, 1), date(2026, 9, 30))]
    assert windows(book, "130102", 2027, date(2027, 8, 31))[0].end == date(2027, 10, 10)
    assert windows(book, "130102", 2027)[0].end == date(2027, 10, 31)
