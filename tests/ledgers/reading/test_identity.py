"""ID numbers by GB 11643: what is wrong is said, what is damaged is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.problems import ProblemCode
from ledgers.reading.counties import known_counties
from ledgers.reading.identity import check_character, read_id
from tests.ledgers.reading.samples import id_samples

_SAMPLES = id_samples()
_GOOD = _SAMPLES["synthetic_valid"][0]["id"]


@pytest.mark.parametrize(
    "case", _SAMPLES["published_valid"] + _SAMPLES["synthetic_valid"], ids=lambda case: case["id"]
)
def test_a_good_number_adds_up(case: dict[str, str]) -> None:
    """Published and made-up numbers pass, with the birth date and sex they contain."""
    reading = read_id(case["id"])
    assert reading.value == case["id"]
    assert not reading.problems
    if "born" in case:
        assert reading.born == date.fromisoformat(case["born"])
        assert reading.sex == {"男": "male", "女": "female"}[case["sex"]]


@pytest.mark.parametrize(
    ("case", "code"),
    list(
        zip(
            _SAMPLES["invalid"],
            [
                ProblemCode.ID_CHECKSUM,
                ProblemCode.ID_BIRTH_IMPOSSIBLE,
                ProblemCode.ID_MALFORMED,
                ProblemCode.ID_DIVISION_UNKNOWN,
            ],
            strict=True,
        )
    ),
    ids=lambda case: str(case),
)
def test_a_mistake_is_named(case: dict[str, str], code: ProblemCode) -> None:
    """Check digit, birth date, length and division each have their own code."""
    assert code in read_id(case["id"], county_codes=known_counties()).problems


@pytest.mark.parametrize(
    "text",
    [
        "41990120090901003x",
        "４１９９０１２００９０９０１００３Ｘ",
        "419901 20090901 003X",
        "'41990120090901003X",
    ],
)
def test_habits_of_typing_are_forgiven(text: str) -> None:
    """Small x, full-width digits, spaces and the apostrophe of spreadsheets change nothing."""
    assert read_id(text).value == "41990120090901003X"
    assert not read_id(text).problems


@pytest.mark.parametrize("cell", [1.3990120120229e17, "1.39901E+17", "139901201202290000"])
def test_a_number_that_lost_its_digits_is_refused(cell: str | float) -> None:
    """A spreadsheet keeps fifteen digits; what is left must not be taken for an ID."""
    reading = read_id(cell)
    assert reading.value is None
    assert reading.problems == (ProblemCode.ID_DAMAGED,)


def test_an_old_number_gets_its_century_and_check_character() -> None:
    """Fifteen digits and their eighteen are one person, also in a cell of numbers."""
    assert read_id("130733750607005").value == read_id(130733750607005.0).value
    reading = read_id("130733750607005")
    assert reading.born == date(1975, 6, 7)
    assert not reading.problems


def test_no_number_yet_is_no_mistake() -> None:
    """Children without registration have none."""
    assert read_id("未上户") == read_id("无") == read_id("")


def test_the_shipped_counties_are_codes() -> None:
    """The list holds the counties of one known day."""
    counties = known_counties()
    assert {"110101", "130709"} <= counties
    assert all(len(code) == 6 for code in counties)
    assert "139901" not in counties


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(first17: str, at: int, by: int) -> None:
    """The check character catches every single typing error."""
    wrong = first17[:at] + str((int(first17[at]) + by) % 10) + first17[at + 1 :]
    assert check_character(wrong) != check_character(first17)


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans())
def test_any_cell_is_a_number_or_a_problem_or_nothing(cell: str | float) -> None:
    """Whatever is kept has eighteen characters."""
    reading = read_id(cell)
    assert reading.value is None or len(reading.value) == 18


def test_an_id_is_checked_against_no_division_unless_asked() -> None:
    """Without a list of codes, none is unknown."""
    assert not read_id(_GOOD).problems
    assert read_id(_GOOD, county_codes=frozenset({"139901"})).problems == ()
