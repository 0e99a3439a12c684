"""Rates as an admin writes them."""

from datetime import timedelta

import pytest

from config.channels.dry import MemoryChannel
from config.rates import Rate


@pytest.mark.parametrize(
    ("text", "count", "window"),
    [
        ("20 per minute", 20, timedelta(minutes=1)),
        ("20/minute", 20, timedelta(minutes=1)),
        ("每分钟20条", 20, timedelta(minutes=1)),
        ("每分钟 20 条", 20, timedelta(minutes=1)),
        ("5 per 10 seconds", 5, timedelta(seconds=10)),
        ("每10秒5条", 5, timedelta(seconds=10)),
        ("每小时1000条", 1000, timedelta(hours=1)),
        ("50 per day", 50, timedelta(days=1)),
        ("每天50次", 50, timedelta(days=1)),
    ],
)
def test_a_rate_is_read(text: str, count: int, window: timedelta) -> None:
    """English and Chinese, with other stretches than one unit."""
    rate = Rate.parse(text)
    assert (rate.count, rate.window) == (count, window)


@pytest.mark.parametrize("text", ["每分钟20条", "5 per 10 seconds", "每2小时9条"])
def test_its_canonical_text_is_the_same_rate(text: str) -> None:
    """What is shown can be written."""
    assert Rate.parse(str(Rate.parse(text))) == Rate.parse(text)


@pytest.mark.parametrize("text", ["", "20", "0 per minute", "5 per 0 seconds", "每周20条", "fast"])
def test_anything_else_is_no_rate(text: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(ValueError, match="每分钟20条"):
        Rate.parse(text)


def test_written_rates_take_the_place_of_the_usual_ones() -> None:
    """One rate needs no list; an empty list means none at all."""

    class Robot(MemoryChannel):
        USUAL_RATES = ("20 per minute",)

    assert Robot(type="memory").limits() == (Rate(20, "minute"),)
    assert Robot.model_validate({"type": "memory", "rates": "每秒1条"}).limits() == (
        Rate(1, "second"),
    )
    assert Robot(type="memory", rates=()).limits() == ()
