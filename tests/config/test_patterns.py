"""Patterns of an admin on answers of a far side: found, refused, and never waited for."""

import time

import pytest

from config.patterns import compiled

LONGEST = "a" * 8192
"""As much of an answer as is looked at (`channels.http_sms_answers`)."""


def test_what_is_there_is_found() -> None:
    """Anywhere in a text, with its groups; case and lines are said in the pattern."""
    found = compiled(r"编号：(\w+)(x)?").search("成功，编号：m17。")
    assert found is not None
    assert (found[0], found[1], found[2]) == ("编号：m17", "m17", None)
    assert compiled(r"编号：(\w+)(x)?").groups == 2
    assert compiled("(?im)^ok$").search("1\nOK\n2") is not None
    assert compiled("ok").search("OK") is None


@pytest.mark.parametrize(
    "pattern",
    ["(", "a**", r"(a)\1", "(?=a)b", "(?<!a)b", "(a?){900}", "((a?){30}){30}b", "\ud800"],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    """What cannot be found in linear time, and what is too large, as well."""
    with pytest.raises(ValueError, match=r"\w"):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$b", "(a|aa)+b", "(a|a?)+b", "(.*a){12}b", "(x*x*)*y", "(a?){300}b", "a{0,900}b"],
)
def test_no_pattern_hangs_on_an_answer(pattern: str) -> None:
    """Python's own engine takes longer than the world lasts for some of these."""
    before = time.process_time()
    assert compiled(pattern).search(LONGEST) is None
    assert time.process_time() - before < 2
