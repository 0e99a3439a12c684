"""Numbered parts of a long text: within the limit, valid, and nothing lost."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.cutting import LEAST_LIMIT, cut

CHINESE = "走访儿童青山村王家坪最迟月日𠮷·，。"
LINES = st.text(st.sampled_from(CHINESE + "ab 1é"), min_size=1, max_size=80).filter(str.strip)
BLOCKS = st.lists(LINES, min_size=1, max_size=6).map("\n".join)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=12).map("\n\n".join)
LIMITS = st.integers(LEAST_LIMIT, 400)
MARK = re.compile(r"\((\d+)/(\d+)\)\n")


def bare(part: str) -> str:
    """Take the number off a part."""
    return MARK.sub("", part, count=1)


@given(TEXTS, LIMITS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_parts_hold_everything_within_the_limit(text: str, limit: int) -> None:
    """Each part is within the limit, and together they say what was said, in its order."""
    parts = cut(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    said = "".join(bare(part) for part in parts) if len(parts) > 1 else parts[0]
    assert said.replace("\n", "") == text.replace("\n", "")


@given(TEXTS, LIMITS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_parts_are_numbered(text: str, limit: int) -> None:
    """From the first to the last, each with how many there are; one alone has no number."""
    parts = cut(text, limit)
    if len(parts) > 1:
        marks = [match.groups() for part in parts if (match := MARK.match(part))]
        assert marks == [(str(n), str(len(parts))) for n in range(1, len(parts) + 1)]
    else:
        assert parts == (text,)


@given(st.lists(LINES, min_size=2, max_size=30), st.integers(360, 500))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_that_fits_is_whole(records: list[str], limit: int) -> None:
    """A record never begins in one part and ends in the next, if a part can hold it."""
    parts = cut("\n\n".join(records), limit)
    said = [record for part in parts for record in bare(part).split("\n\n")]
    assert said == records


def test_2049_bytes_of_chinese_are_cut_between_records() -> None:
    """One byte too many for a robot: two parts, each ending where a record ends."""
    record = "青山村03号，走访，最迟6月18日"
    records = [record] * 45
    text = "\n\n".join(records)
    text += "。" * ((2049 - len(text.encode())) // 3)
    text += "." * (2049 - len(text.encode()))
    first, second = cut(text, 2048)
    assert len(text.encode()) == 2049
    assert first.startswith(f"(1/2)\n{record}\n\n")
    assert first.endswith(record)
    assert second.startswith("(2/2)\n" + record[:3])


def test_a_long_record_is_cut_between_lines() -> None:
    """It does not fit one part, its lines do."""
    lines = ["一二三四五六七八九十" for _ in range(8)]
    parts = cut("题\n\n" + "\n".join(lines), 80)
    assert [set(bare(part).splitlines()) for part in parts[1:]] == [{lines[0]}] * (len(parts) - 1)


def test_a_character_stays_with_what_is_put_on_it() -> None:
    """A variation selector chooses how a rare name is written."""
    name = "葛\U000e0100"
    parts = cut(name * 40, LEAST_LIMIT)
    assert all(not bare(part).startswith("\U000e0100") for part in parts)


def test_what_fits_is_left_as_it_is() -> None:
    """To the byte, but for empty lines around it."""
    assert cut("你好" * 10, LEAST_LIMIT) == ("你好" * 10,)
    assert cut("a\r\nb\n", LEAST_LIMIT) == ("a\nb",)
    assert cut("", LEAST_LIMIT) == ("",)
    assert cut("a\ud800b", LEAST_LIMIT) == ("a?b",)


def test_a_limit_must_leave_room() -> None:
    """For the number and a character."""
    with pytest.raises(ValueError, match="64"):
        cut("你好", LEAST_LIMIT - 1)
