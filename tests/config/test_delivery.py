"""Caps, clock times, weekdays and waits, as people write them."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from config.channels.mail import SmtpChannel
from config.channels.waits import Wait
from config.days import WrittenWeekday
from config.delivery import (
    DEFAULT_DIGEST,
    AtMost,
    ClockTime,
    Delivery,
    Digest,
)

_CLOCK: TypeAdapter[str] = TypeAdapter(ClockTime)
_DAY: TypeAdapter[str] = TypeAdapter(WrittenWeekday)
_WAIT: TypeAdapter[timedelta] = TypeAdapter(Wait)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2 per week", "2 per week"),
        ("1 a day", "1 per day"),
        ("3/month", "3 per month"),
        ("每周2次", "2 per week"),
        ("每天 1 次", "1 per day"),
        ("每星期3次", "3 per week"),
        ("每月10次", "10 per month"),
    ],
)
def test_caps(text: str, canonical: str) -> None:
    """In English and Chinese, read back from their own text."""
    cap = AtMost.parse(text)
    assert str(cap) == canonical
    assert AtMost.parse(str(cap)) == cap


@pytest.mark.parametrize(
    "text", ["", "2", "0 per week", "每周0次", "2 per year", "twice a week", "每周两次"]
)
def test_what_is_no_cap(text: str) -> None:
    """A cap of nothing would be silence, and silence is asked for elsewhere."""
    with pytest.raises(ValueError, match="每周2次"):
        AtMost.parse(text)


@pytest.mark.parametrize(
    ("text", "canonical"), [("09:10", "09:10"), ("9:10", "09:10"), ("9：10", "09:10"), ("23:59", "23:59"), ("0:00", "00:00")]
)  # fmt: skip
def test_clock_times(text: str, canonical: str) -> None:
    """A missing nought and a full-width colon inside quotes are forgiven."""
    assert _CLOCK.validate_python(text) == canonical


@pytest.mark.parametrize("text", ["24:00", "9", "9:1", "09:60", "9点", "09:10:00", "21 : 00"])
def test_what_is_no_clock_time(text: str) -> None:
    """The day has 24 hours."""
    with pytest.raises(ValidationError):
        _CLOCK.validate_python(text)


def test_weekdays_have_chinese_names() -> None:
    """周, 星期 and 礼拜 all work; Sunday has two names."""
    assert _DAY.validate_python("周一") == "monday"
    assert _DAY.validate_python("星期四") == "thursday"
    assert _DAY.validate_python("礼拜六") == "saturday"
    assert {_DAY.validate_python(text) for text in ("周日", "星期天", "Sunday")} == {"sunday"}


@pytest.mark.parametrize(("text", "seconds"), [("30 seconds", 30), ("1 s", 1), ("2分钟", 120), ("60 min", 3600), ("5秒", 5)])  # fmt: skip
def test_waits(text: str, seconds: int) -> None:
    """Seconds or minutes."""
    assert _WAIT.validate_python(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["0 s", "30", "61 minutes", "1 hour", "-1 s"])
def test_what_is_no_wait(text: str) -> None:
    """No wait at all, or one of hours, is a slip."""
    with pytest.raises(ValidationError):
        _WAIT.validate_python(text)


def test_a_role_without_slots_has_the_usual_one() -> None:
    """Everybody hears once a week unless written otherwise."""
    own = Digest(days=("friday",), at="10:00")
    delivery = Delivery(routes={}, digest={"director": own})
    assert delivery.digest_of("director") == own
    assert delivery.digest_of("county") == DEFAULT_DIGEST


def test_a_password_is_not_shown() -> None:
    """Not in the text of the settings, nor of an error about them."""
    written = {"type": "smtp", "host": "h", "from": "a@b.invalid", "password": "geheim"}
    assert "geheim" not in repr(SmtpChannel.model_validate(written))
    with pytest.raises(ValidationError) as caught:
        SmtpChannel.model_validate({**written, "password": ["geheim"]})
    assert "geheim" not in str(caught.value)
