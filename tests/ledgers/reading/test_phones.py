"""Phone numbers, clean and as ledgers show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.problems import ProblemCode
from ledgers.reading.phones import PhoneReading, read_phone
from tests.ledgers.reading.samples import messy_inputs

_MEANINGS = {
    "damaged: ask": PhoneReading(problem=ProblemCode.PHONE_DAMAGED),
    "landline, no SMS": PhoneReading("085185550000", ProblemCode.PHONE_LANDLINE),
    "two numbers": PhoneReading("15400000000", ProblemCode.PHONE_TWO_NUMBERS),
    "15400000000 + note 母亲": PhoneReading("15400000000"),
    "10 digits: invalid": PhoneReading(problem=ProblemCode.PHONE_MALFORMED),
}


@pytest.mark.parametrize("case", messy_inputs()["phones"], ids=lambda case: case["text"])
def test_a_recorded_form_is_read_as_it_is_meant(case: dict[str, str | None]) -> None:
    """Each form of the collection is a number, or says why not."""
    meaning = case["value"]
    expected = _MEANINGS.get(str(meaning), PhoneReading(meaning))
    assert read_phone(str(case["text"])) == expected


def test_a_number_in_a_cell_of_numbers_is_whole() -> None:
    """Eleven digits are exact even where the sheet holds a number."""
    assert read_phone(15400000000.0) == PhoneReading("15400000000")


def test_the_same_number_twice_is_one() -> None:
    """Only different numbers are worth a remark."""
    assert read_phone("15400000000 15400000000") == PhoneReading("15400000000")


@given(st.text(max_size=60) | st.floats() | st.integers() | st.booleans())
def test_any_cell_gives_digits_or_nothing(cell: str | float) -> None:
    """What is taken as a number can be dialled."""
    value = read_phone(cell).value
    assert value is None or value.isdecimal()
