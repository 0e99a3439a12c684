"""What became of a step and of each telling, in words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from alerts.explained_alerts import AlertTeller
from alerts.explanation import AlertFacts, MoveFacts, StepFacts, TellingFacts
from alerts.states import Outcome
from config.language import speaking
from tests.alerts.county import at

DAY = date(2027, 3, 1)


def told(outcome: Outcome, reason: str | None = None, via: str | None = None) -> TellingFacts:
    """Answer a telling that waited and then went this way."""
    moves = (MoveFacts(at(DAY, 9), Outcome.PENDING, None), MoveFacts(at(DAY, 10), outcome, reason))
    return TellingFacts("P-01", "director", outcome, reason, via, "mail", 1, moves)


def line(
    language: str,
    *tellings: TellingFacts,
    skipped: int = 0,
    ended: Outcome | None = None,
    reason: str | None = None,
) -> str:
    """Answer what is said of one step of an open alert."""
    made = StepFacts("0 days", 0, skipped, DAY, False, (), ended, reason, tellings)
    alert = AlertFacts("a", "k", 1, DAY, DAY, None, None, None, None, None, None, (made,))
    teller = AlertTeller({"director": "儿童主任"}, ZoneInfo("Asia/Shanghai"))
    with speaking(language):
        return list(teller.alert(alert))[1].strip()


@pytest.mark.parametrize(
    ("outcome", "reason", "chinese", "english"),
    [
        (Outcome.MERGED, None, "已并入更新的提醒", "said together with a newer reminder"),
        (Outcome.HELD, "backlog", "待审核发送", "held for an operator to look at"),
        (Outcome.SILENCED, None, "未发：已暂停提醒", "not said: reminders were paused"),
        (Outcome.LATE_RECORDED, None, "未发：已过时，只作记录", "not said: too late, only noted"),
        (Outcome.EXPIRED, None, "未发：已过有效时间", "not said: its time ran out"),
        (Outcome.RESOLVED, None, "发出前已办结", "done before it went out"),
        (Outcome.FAILED, "address-refused", "发送失败", "could not be sent"),
    ],
)
def test_each_outcome_of_a_telling_has_words(
    outcome: Outcome, reason: str | None, chinese: str, english: str
) -> None:
    """And its reason, if there is one that the outcome does not say."""
    told_en, told_zh = (line(language, told(outcome, reason)) for language in ("en", "zh_CN"))
    assert told_en.startswith(f"2027-03-01: 儿童主任 P-01: {english} (2027-03-01 10:00)")
    assert told_zh.startswith(f"2027年3月1日：儿童主任 P-01：{chinese}（2027年3月1日 10:00）")
    assert (reason is None) == told_en.endswith("10:00)")


def test_what_is_passed_on_names_through_whom() -> None:
    """Somebody without an address is told by the next rung."""
    said = line("en", told(Outcome.RELAYED, via="P-03"))
    assert said == (
        "2027-03-01: 儿童主任 P-01, through P-03 who passes it on:"
        " given to be passed on (2027-03-01 10:00)"
    )


def test_a_step_that_nobody_was_told_says_why() -> None:
    """It ended before it had tellings."""
    assert line("en", ended=Outcome.NO_RECIPIENT) == "2027-03-01: nobody to be told"
    late = line("zh_CN", ended=Outcome.LATE_RECORDED, reason="late")
    assert late == "2027年3月1日：未发：已过时，只作记录［已经迟了］"
    assert line("en", skipped=3) == "2027-03-01: repeated; earlier repeats nobody needed: 3"
