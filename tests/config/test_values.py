"""Days, flags and numbers are read strictly: nothing is guessed."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from config.values import Day, Flag, Number, Words

_DAY: TypeAdapter[date] = TypeAdapter(Day)
_FLAG: TypeAdapter[bool] = TypeAdapter(Flag)
_NUMBER: TypeAdapter[int] = TypeAdapter(Number)
_WORDS: TypeAdapter[tuple[str, ...]] = TypeAdapter(Words)


@pytest.mark.parametrize(
    "text", ["2026-12-01", "2026-12-1", "2026/12/1", "2026年12月1日", " 2026-12-01 "]
)
def test_days(text: str) -> None:
    """Three ways to write one day."""
    assert _DAY.validate_python(text) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text", ["20261201", "1764547200", "26-12-01", "2026-12", "2026-02-29", "2026-12/01", "2026-12-01T00:00", "0000-01-01"]
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    """No time stamps, no two-digit years, no day that is not in the calendar."""
    with pytest.raises(ValidationError):
        _DAY.validate_python(text)


def test_flags() -> None:
    """Yes and no in two languages."""
    assert [_FLAG.validate_python(text) for text in ("true", "是", "false", "否")] == [True, True, False, False]  # fmt: skip


@pytest.mark.parametrize("text", ["on", "off", "1", "0", "True", "真", ""])
def test_what_is_no_flag(text: str) -> None:
    """YAML 1.1's many words for yes are not guessed at."""
    with pytest.raises(ValidationError):
        _FLAG.validate_python(text)


@pytest.mark.parametrize(
    "text", ["1_000", "0x1f", "1e3", "１２", "-1", "1.0", "12:30", "", "1" * 10]
)
def test_what_is_no_number(text: str) -> None:
    """ASCII digits only."""
    with pytest.raises(ValidationError):
        _NUMBER.validate_python(text)
    assert _NUMBER.validate_python("0010") == 10


def test_one_or_many_words() -> None:
    """A single word is a list of one."""
    assert _WORDS.validate_python("a") == _WORDS.validate_python(["a"]) == ("a",)
