"""What the report of a soak says."""

from dataclasses import replace

from tests.service.simulation.soak_report import Lived, report

YEAR = Lived(1, "abc1234", 1, 4, 3, 5.5, 100, 50, {"crashes": 20, "outages": 11})


def test_years_are_counted_with_what_went_wrong_in_them() -> None:
    """Seeds stand in runs beside the commit that lived them."""
    years = [replace(YEAR, seed=seed) for seed in (1, 2, 4)]
    later = Lived(5, "def5678", 3, 24, 10, 9.0, 300, 50, {"crashes": 30})
    text = report([*years, later], wanted=1000)
    assert "| years lived, of 1,000 wanted | 4 |" in text
    assert "| 1 to 2, 4 | abc1234 |" in text
    assert "| 5 | def5678 |" in text
    assert "| crashes survived | 90 |" in text
    assert "## Broken" not in text


def test_what_was_broken_stands_there_with_its_seed() -> None:
    """A report that hides nothing."""
    text = report([replace(YEAR, broken={"one-outcome": 2}, first="sent of []")], wanted=1)
    assert "| years in which a promise was broken | 1 |" in text
    assert "| 1 | one-outcome 2 | sent of [] |" in text
