"""Spans of time, as people write them in two languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.durations import Duration, DurationError, Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3 months", 3, Unit.MONTHS),
        ("1 month", 1, Unit.MONTHS),
        ("3个月", 3, Unit.MONTHS),
        ("14天", 14, Unit.DAYS),
        ("14 日", 14, Unit.DAYS),
        ("10个工作日", 10, Unit.WORKDAYS),
        ("10 working days", 10, Unit.WORKDAYS),
        ("2周", 2, Unit.WEEKS),
        ("2个星期", 2, Unit.WEEKS),
        ("16周岁", 16, Unit.YEARS),
        ("16 years", 16, Unit.YEARS),
        ("30 分钟", 30, Unit.MINUTES),
        ("2个小时", 2, Unit.HOURS),
        ("+3 days", 3, Unit.DAYS),
        ("-15 days", -15, Unit.DAYS),
        ("- 15天", -15, Unit.DAYS),
        ("3 Months", 3, Unit.MONTHS),
    ],
)
def test_spellings(text: str, amount: int, unit: Unit) -> None:
    """Many spellings, one meaning."""
    assert Duration.parse(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    "text",
    ["", "3", "months", "3 moons", "三个月", "3.5 days", "3 months 2 days", "1e3 days", "3：天"],
)
def test_what_is_no_duration(text: str) -> None:
    """The sentence names what was found and shows how it is done."""
    with pytest.raises(DurationError, match="3个月"):
        Duration.parse(text)


@given(st.integers(-99999, 99999), st.sampled_from(list(Unit)))
def test_canonical_texts_are_read_back(amount: int, unit: Unit) -> None:
    """Keys of steps in the database are such texts: reading must not change them."""
    duration = Duration(amount, unit)
    assert Duration.parse(str(duration)) == duration
    assert Duration.parse(duration.as_offset()) == duration
    assert duration.as_offset()[0] in "+-0"
