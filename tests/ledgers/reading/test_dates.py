"""Dates: every form that ledgers show, and a question where one would have to guess."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.problems import ProblemCode
from ledgers.reading.dates import DateReading, read_date
from ledgers.reading.workbook import Cell, MonthCell
from ledgers.rows import LedgerDate
from tests.ledgers.reading.samples import messy_inputs

_QUESTIONS = {
    "ambiguous: ask": ProblemCode.DATE_TWO_DIGIT_YEAR,
    "no year: ask": ProblemCode.DATE_WITHOUT_YEAR,
    "not a date": ProblemCode.DATE_UNREADABLE,
    "invalid": ProblemCode.DATE_IMPOSSIBLE,
}
_DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))


def _expected(meaning: str | None) -> DateReading:
    if meaning is None:
        return DateReading()
    if meaning in _QUESTIONS:
        return DateReading(problem=_QUESTIONS[meaning])
    if "month only" in meaning:
        return DateReading(LedgerDate(date.fromisoformat(f"{meaning[:7]}-01"), month_only=True))
    return DateReading(LedgerDate(date.fromisoformat(meaning[:10])))


@pytest.mark.parametrize("case", messy_inputs()["dates"], ids=lambda case: case["text"] or "blank")
def test_a_recorded_form_is_read_as_it_is_meant(case: dict[str, str | None]) -> None:
    """Each form of the collection is a date, a month, nothing, or the right question."""
    assert read_date(str(case["text"])) == _expected(case["iso"])


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("二〇二四年十二月二十三日", "2024-12-23"),
        ("二零二四年三月三十一日", "2024-03-31"),
        ("2024年元月5日", "2024-01-05"),
        ("2024-03-05 00:00:00", "2024-03-05"),
        ("2024年3月5日（星期二）", "2024-03-05"),
        ("'2024.3.5", "2024-03-05"),
        (45356.75, "2024-03-05"),
        (20240305.0, "2024-03-05"),
        (date(2024, 3, 5), "2024-03-05"),
    ],
)
def test_other_forms_are_read_too(cell: Cell, day: str) -> None:
    """Spelled numbers, times, weekdays and numbers in cells are no obstacle."""
    assert read_date(cell).value == LedgerDate(date.fromisoformat(day))


@pytest.mark.parametrize(
    "cell", ["2024.03", 202403.0, 2024.3, MonthCell(date(2024, 3, 1)), MonthCell(45352.0)]
)
def test_a_month_stays_a_month(cell: Cell) -> None:
    """Where the day is not known, none is made up."""
    assert read_date(cell).value == LedgerDate(date(2024, 3, 1), month_only=True)


@pytest.mark.parametrize(
    ("cell", "question"),
    [
        (2024.1, ProblemCode.DATE_AMBIGUOUS),
        (2024.0, ProblemCode.DATE_WITHOUT_MONTH),
        ("2024年", ProblemCode.DATE_WITHOUT_MONTH),
        ("240305", ProblemCode.DATE_TWO_DIGIT_YEAR),
        ("24年3月", ProblemCode.DATE_TWO_DIGIT_YEAR),
        ("5.3", ProblemCode.DATE_WITHOUT_YEAR),
        ("2024.13.1", ProblemCode.DATE_IMPOSSIBLE),
        ("1824年3月5日", ProblemCode.DATE_IMPOSSIBLE),
        ("2024.3.5、2024.6.5", ProblemCode.DATE_UNREADABLE),
        (True, ProblemCode.DATE_UNREADABLE),
        (1e300, ProblemCode.DATE_UNREADABLE),
    ],
)
def test_what_cannot_be_known_is_asked(cell: Cell, question: ProblemCode) -> None:
    """No year, month or zero is guessed."""
    assert read_date(cell) == DateReading(problem=question)


@given(_DAYS)
def test_a_serial_number_means_the_same_day_in_both_epochs(day: date) -> None:
    """The two epochs of Excel lie 1,462 days apart."""
    serial = (day - date(1899, 12, 30)).days
    assert read_date(float(serial)).value == LedgerDate(day)
    later = float(serial - 1462)
    if later >= 20_000:
        assert read_date(later, epoch_1904=True).value == LedgerDate(day)


@given(_DAYS, st.sampled_from(["%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d 08:00"]))
def test_writing_and_reading_a_date_gives_it_back(day: date, form: str) -> None:
    """Every day survives every form."""
    assert read_date(day.strftime(form)).value == LedgerDate(day)


@given(st.text(max_size=60) | st.floats() | st.integers() | st.booleans())
def test_any_cell_is_a_date_or_a_question_or_nothing(cell: str | float) -> None:
    """No cell makes the reader stumble, and nothing is both a date and a question."""
    reading = read_date(cell)
    assert reading.value is None or reading.problem is None
    assert reading.value is None or timedelta(0) <= reading.value.day - date(1900, 1, 1)
