"""The periods statistics are made for."""

from datetime import date

import pytest

from alerts.errors import TermInvalid
from alerts.terms import Term
from config.language import speaking


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2027Q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("2027q4", date(2027, 10, 1), date(2027, 12, 31)),
        ("2027H1", date(2027, 1, 1), date(2027, 6, 30)),
        ("2027H2", date(2027, 7, 1), date(2027, 12, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        (" 2028-02 ", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_term_has_its_first_and_last_day(text: str, first: date, last: date) -> None:
    """Quarter, half year, year, month; a leap February too."""
    term = Term.parse(text)
    assert (term.first, term.last) == (first, last)
    assert first in term
    assert last in term


@pytest.mark.parametrize("text", ["", "2027Q5", "2027H3", "2027-13", "2027-00", "27Q1", "第一季度"])
def test_anything_else_is_refused_in_words(text: str) -> None:
    """The sentence shows how to write it."""
    with speaking("en"), pytest.raises(TermInvalid, match="write for example 2027Q1"):
        Term.parse(text)
