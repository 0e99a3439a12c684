"""Every word that the office reads is in its own language."""

import re

import pytest

from alerts.states import Closed, NoticeState, Outcome
from alerts.wording import (
    closed_text,
    notice_text,
    outcome_text,
    reason_text,
    role_text,
    span_text,
)
from channels.protocol import FailureReason
from config.durations import Duration, Unit
from config.language import speaking

REASONS = [
    *("template", "crash", "unknown", "backlog", "late", "operator"),
    *("passed-on", "raised-it", "step-removed"),
    *FailureReason,
    *Closed,
]


def in_chinese(text: str) -> bool:
    """Say whether a text has Chinese letters, and no Latin word beside a setting's name."""
    plain = re.sub(r"`[^`]*`", "", text)
    return bool(re.search(r"[一-鿿]", plain)) and not re.search(r"[a-z]{3}", plain)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_word(reason: str) -> None:
    """Whatever a channel, the clock or the operator did."""
    assert in_chinese(reason_text(reason))


@pytest.mark.parametrize("text", [*map(outcome_text, Outcome), *map(closed_text, Closed)])
def test_every_state_has_a_word(text: str) -> None:
    """Of tellings and of alerts; messages have theirs, too."""
    assert in_chinese(text)
    assert all(in_chinese(notice_text(state)) for state in NoticeState)


def test_the_operator_has_a_title_though_no_role() -> None:
    """A role that is configured no more goes by its name."""
    assert role_text({}, "operator") == "系统管理员"
    assert role_text({}, "former") == "former"
    assert reason_text("of-a-newer-version") == "of-a-newer-version"


@pytest.mark.parametrize("unit", Unit)
def test_one_of_a_kind_is_no_plural(unit: Unit) -> None:
    """One month, three months; Chinese has but one word."""
    with speaking("en"):
        one, three = span_text(Duration(1, unit)), span_text(Duration(3, unit))
    assert (one.startswith("1 "), three) == (True, f"3 {one[2:]}s")
    with speaking("zh_CN"):
        assert span_text(Duration(3, unit)) == span_text(Duration(1, unit)).replace("1", "3")
