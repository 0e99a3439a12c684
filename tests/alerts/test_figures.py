"""A birth is reduced as far as past figures allow, a place to its township."""

from datetime import date

import pytest

from alerts.figures import Figures
from tests.alerts.world import configured, rule

BORN = date(2010, 10, 5)
UNDER_16 = {"ledger": "children", "where": {"status": "active", "age": {"under": "16 years"}}}


def figures(**changes: object) -> Figures:
    """Answer what one rule asks for."""
    return Figures.of(configured({"contact": rule(**changes)}))


@pytest.mark.parametrize(
    ("entered", "last", "kept"),
    [
        (date(2024, 1, 1), date(2025, 12, 31), date(2010, 1, 1)),  # gone before the year of 16
        (date(2024, 1, 1), date(2026, 1, 1), date(2010, 10, 1)),  # there in that year
        (date(2026, 12, 31), date(2027, 5, 1), date(2010, 10, 1)),
        (date(2027, 1, 1), date(2027, 5, 1), date(2010, 1, 1)),  # came after it
    ],
)
def test_the_month_of_birth_stays_only_where_a_figure_hangs_on_it(
    entered: date, last: date, kept: date
) -> None:
    """In the year in which an age of some group is reached; else the year is enough."""
    assert figures(**{"for": UNDER_16}).birth(BORN, entered, last) == kept


def test_without_ages_the_year_is_enough() -> None:
    """No group asks how old anybody is."""
    assert figures().birth(BORN, date(2020, 1, 1), date(2027, 1, 1)) == date(2010, 1, 1)


def test_an_age_in_months_may_be_reached_in_another_year_than_from_january() -> None:
    """Both years count: nobody may change sides by the reduction."""
    asked = figures(**{"for": {"ledger": "children", "where": {"age": {"under": "6 months"}}}})
    assert asked.birth(BORN, date(2010, 10, 6), date(2010, 12, 1)) == date(2010, 10, 1)
    assert asked.birth(BORN, date(2011, 1, 1), date(2011, 2, 1)) == date(2010, 10, 1)


def test_a_place_is_its_township_unless_a_rule_asks_for_villages() -> None:
    """Figures are per township; what holds in one village only keeps villages apart."""
    village = "990101001001"
    assert figures().place(village) == "990101001"
    assert figures(regions={village: {"every": "2 months"}}).place(village) == village
    assert figures().place(None) is None
