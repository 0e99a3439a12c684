"""Why, when something happened: what raised it, how far the ladder went, who answered."""

import pytest

from alerts.explain import explain
from alerts.explained import sentences
from alerts.in_force import InForce
from config.language import speaking
from ledgers.database import Database
from tests.alerts.signalling import FLOOD, Office, with_rules

OPEN = {
    "zh_CN": [
        "收到信号“暴雨”时触发。",
        "第 1 级：儿童主任，今天是 P-01（mail）。",
        "第 2 级：儿童督导员，今天是 P-03（mail）。",
        "第 3 级：县级工作人员，今天是 P-04（mail）。",
        "待办：2027年7月1日开立，尚未办结。",
        "由“flood”触发（2027年7月1日 12:00），2027年7月1日 18:00之后不再发送。",
        "还没有人答复，已叫到第 2 级，2027年7月1日 13:01再往下叫。",
    ],
    "en": [
        "It is raised by the signal 暴雨.",
        "Rung 1: 儿童主任, today P-01 (mail).",
        "Rung 2: 儿童督导员, today P-03 (mail).",
        "Rung 3: 县级工作人员, today P-04 (mail).",
        "Open since 2027-07-01.",
        "Raised by “flood” (2027-07-01 12:00); nothing is sent after 2027-07-01 18:00.",
        "Nobody has answered yet; it has come to rung 2, and goes on at 2027-07-01 13:01.",
    ],
}
ANSWERED = {
    "zh_CN": [
        "收到信号“暴雨”时触发。",
        "第 1 级：儿童主任，今天是 P-01（mail）。",
        "第 2 级：儿童督导员，今天是 P-03（mail）。",
        "第 3 级：县级工作人员，今天是 P-04（mail）。",
        "待办：2027年7月1日开立；2027年7月1日结束：已办结。",
        "由“flood”触发（2027年7月1日 12:00），2027年7月1日 18:00之后不再发送。",
        "P-01 已答复（2027年7月1日 12:31）。",
    ],
    "en": [
        "It is raised by the signal 暴雨.",
        "Rung 1: 儿童主任, today P-01 (mail).",
        "Rung 2: 儿童督导员, today P-03 (mail).",
        "Rung 3: 县级工作人员, today P-04 (mail).",
        "Opened on 2027-07-01; closed on 2027-07-01: done.",
        "Raised by “flood” (2027-07-01 12:00); nothing is sent after 2027-07-01 18:00.",
        "Answered by P-01 (2027-07-01 12:31).",
    ],
}


def said(office: Office, language: str) -> list[str]:
    """Answer what is said of the first entry under the one rule, but for tellings."""
    in_force = InForce(office.plan, office.county.timetable)
    with office.database.reading() as connection:
        found = explain(connection, in_force, "青山-01", on=office.today)
    with speaking(language):
        lines = sentences(found, office.county.timetable.zone)
    begins = next(at for at, line in enumerate(lines) if line.startswith(("规则“", "Rule “")))
    return [line[2:] for line in lines[begins + 1 :] if not line.startswith("    ")]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_signal_says_how_far_it_climbed_and_who_answered(
    database: Database, language: str
) -> None:
    """Nobody in the first half hour, then the director."""
    office = Office(database, with_rules(flood=FLOOD))
    office.signal()
    office.look()
    office.look(minutes=31)
    assert said(office, language) == OPEN[language]
    office.answer("flood", "P-01")
    assert said(office, language)[:7] == ANSWERED[language]
