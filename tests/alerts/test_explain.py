"""Why, and why not: whole texts, as a county clerk reads them, in both languages."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from alerts import acts
from alerts.errors import EntryUnknown, PersonUnknown
from alerts.explain import explain
from alerts.explain_reckonings import DutyReckoning
from alerts.explained import sentences
from alerts.explanation import Explanation, RuleStory, Why
from alerts.holding import HeldFor, hold_delivery
from config.language import speaking
from ledgers.database import Database
from ledgers.tables import entries
from tests.alerts.county import LIUGOU, TOWN, written
from tests.alerts.watched import CONTACT, Watched, told_lines

DAY = timedelta(days=1)
SPRING = date(2027, 3, 1)

OVERDUE = {
    "zh_CN": """\
青山-03（青山村、临河镇）：在册，2027年3月1日入册。
记录（最近的在前）：
  2027年2月9日联系、未联系上［编号 …］
  2027年2月联系、已完成［编号 …］

规则“季度联系”，第 1 版，2026年12月1日起执行。
  依据：某实施方案 一(二)
  最近一次算数的记录：2027年2月联系。
  只知道月份，从当月第一天（2027年2月1日）起算。
  从2027年2月1日起 3 个月是2027年5月1日，遇休息日提前到前一个工作日，期限是2027年4月30日。
  那一年的放假安排还没有公布，期限可能还会变动。
  待办：2027年4月12日开立，2027年4月30日到期，尚未办结。
    2027年4月30日：儿童主任 P-01：已发出（2027年4月26日 09:10）
    2027年5月3日：儿童主任 P-01：已发出（2027年5月3日 09:10）
    2027年5月7日：儿童督导员 P-03：已发出（2027年5月10日 08:40）
  规则要求的提醒都已发过；办结之前一直保留为待办。""",
    "en": """\
青山-03 (青山村, 临河镇): in the ledger, entered on 2027-03-01.
Records, the newest first:
  联系 on 2027-02-09, not reached [id …]
  联系 on 2027-02, completed [id …]

Rule “季度联系”, version 1, in force since 2026-12-01.
  It rests on: 某实施方案 一(二)
  Last record that counts: 联系 on 2027-02.
  Only the month is known; it counts from its first day, 2027-02-01.
  3 months from 2027-02-01 is 2027-05-01, a day of rest; the workday before it counts: due on 2027-04-30.
  The holidays of that year are not known yet: the date may still move.
  Open since 2027-04-12, due on 2027-04-30.
    2027-04-30: 儿童主任 P-01: sent (2027-04-26 09:10)
    2027-05-03: 儿童主任 P-01: sent (2027-05-03 09:10)
    2027-05-07: 儿童督导员 P-03: sent (2027-05-10 08:40)
  All that the rule foresees was told; it stays open until it is done.""",
}

NEVER_RECORDED = {
    "zh_CN": """\
柳沟-04（柳沟村、临河镇）：在册，2027年3月1日入册。
还没有任何记录。

规则“季度联系”，第 1 版，2026年12月1日起执行。
  依据：某实施方案 一(二)
  还没有算数的记录，属于“从未登记”，不算逾期。
  首次期限是2027年5月28日（首次期限在 90 天内分散安排）。
  那一年的放假安排还没有公布，期限可能还会变动。
  现在不发提醒：还没到时候。
  接下来：2027年5月28日告知儿童主任，随2027年5月24日的消息发出：P-02（由 P-03 转告）。
  接下来：2027年5月31日告知儿童主任，随2027年5月31日的消息发出：P-02（由 P-03 转告）。
  接下来：2027年6月4日提请上级，告知儿童督导员，随2027年6月7日的消息发出：P-03。

P-01""",
    "en": """\
柳沟-04 (柳沟村, 临河镇): in the ledger, entered on 2027-03-01.
Nothing was ever recorded.

Rule “季度联系”, version 1, in force since 2026-12-01.
  It rests on: 某实施方案 一(二)
  No record counts yet, so it is not overdue but never recorded.
  First due on 2027-05-28; first dates are spread over 90 days.
  The holidays of that year are not known yet: the date may still move.
  Nothing is sent yet: it is too early.
  Next, for 2027-05-28: 儿童主任 is told in the message of 2027-05-24: P-02, through P-03 who passes it on.
  Next, for 2027-05-31: 儿童主任 is told in the message of 2027-05-31: P-02, through P-03 who passes it on.
  Next, for 2027-06-04: 儿童督导员 is told, one rung up, in the message of 2027-06-07: P-03.

""",
}
NEVER_RECORDED["zh_CN"] = (
    NEVER_RECORDED["zh_CN"].partition("P-01")[0]
    + """\
这份档案不告知 P-01。
  作为儿童主任被告知的是：P-02（由 P-03 转告）。
  作为儿童督导员被告知的是：P-03。
  作为县级工作人员被告知的是：P-04。
  到目前为止没有向 P-01 发过这份档案的提醒。"""
)
NEVER_RECORDED["en"] += """\
P-01 is not told of this entry.
  As 儿童主任 there is told: P-02, through P-03 who passes it on.
  As 儿童督导员 there is told: P-03.
  As 县级工作人员 there is told: P-04.
  So far nothing of it was said to P-01."""


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county with one duty of three months, on the first of March."""
    made = Watched(database)
    made.today = SPRING
    return made


def explained(site: Watched, number: str = "青山-03", *, person: str | None = None) -> Explanation:
    """Explain an entry as it stands today."""
    with site.database.reading() as connection:
        return explain(connection, site.in_force, number, on=site.today, person=person)


def text(site: Watched, number: str = "青山-03", *, person: str | None = None) -> str:
    """Answer the explanation's text, ids left out."""
    told = explained(site, number, person=person)
    return told_lines(sentences(told, site.timetable.zone))


def story(site: Watched, number: str = "青山-03") -> RuleStory:
    """Answer what there is to say under the one rule."""
    (only,) = explained(site, number).rules
    return only


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_overdue_entry_says_which_record_and_rule_led_to_what(
    site: Watched, language: str
) -> None:
    """A month-only record, a weekend, three messages, and nothing more to say."""
    entry = site.entry("青山-03")
    site.record(entry, date(2027, 2, 9), result="not-reached")
    site.record(entry, date(2027, 2, 1), month_only=True)
    site.live(date(2027, 6, 2))
    with speaking(language):
        assert text(site) == OVERDUE[language]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_child_never_recorded_is_not_called_overdue(site: Watched, language: str) -> None:
    """What comes next, through whom, and why somebody asked about is not told."""
    site.entry("柳沟-04", LIUGOU)
    site.live(SPRING + DAY)
    with speaking(language):
        assert text(site, "柳沟-04", person="P-01") == NEVER_RECORDED[language]


def test_no_name_and_no_label_is_in_an_explanation(site: Watched) -> None:
    """Not of the child: the explanation knows plain fields and says none of the labelling ones."""
    site.entry("青山-03", category="孤儿", level="一级", population="流动儿童")
    site.live(SPRING + DAY)
    for said in (text(site), repr(explained(site))):
        assert not {word for word in ("孤儿", "一级", "流动儿童") if word in said}


def test_a_rule_that_is_not_for_an_entry_names_the_condition(site: Watched) -> None:
    """By what the rule asks for; what the entry is stays unsaid."""
    group = {
        "ledger": "children",
        "where": {"population": "甲类", "age": {"under": "16 years"}, "status": "active"},
    }
    site.configure(written(rules={"contacts": {**CONTACT, "for": group}}))
    site.entry("青山-03", population="乙类")
    with speaking("zh_CN"):
        said = text(site)
    assert "    人员类别：不符合；规则要求：甲类" in said
    assert "    年龄：没有填写；规则要求：未满 16 岁" in said
    assert story(site).whys == (Why.NOT_FOR_IT,)


def test_what_was_done_closes_and_the_next_date_is_told(site: Watched) -> None:
    """The alert says by which record it was closed."""
    entry = site.entry("青山-03")
    site.record(entry, SPRING - 60 * DAY)
    site.live(date(2027, 4, 8))
    site.record(entry, date(2027, 4, 7))
    site.pass_now()
    found = story(site)
    assert found.whys == (Why.NOT_YET,)
    assert next(coming.on_date for coming in found.coming) == date(2027, 7, 7)
    with speaking("zh_CN"):
        assert "2027年4月8日结束：已办结（2027年4月7日联系）。" in text(site)


def test_a_silence_and_an_acknowledgement_say_until_when(site: Watched) -> None:
    """They defer: the next message is named too."""
    entry = site.entry("青山-03")
    site.record(entry, SPRING - 80 * DAY)
    site.live(date(2027, 3, 9))
    until = site.today + 6 * DAY
    region = (acts.Scope.REGION, TOWN)
    now = site.county.now
    with site.database.writing() as connection:
        acts.ack(connection, entry, acts.Ack(until), today=site.today)
        days = (site.today, until)
        acts.silence(connection, acts.Silence(*region, days, acts.Reason.EMERGENCY), now=now)
    found = story(site)
    assert found.whys == (Why.SILENCED, Why.ACKNOWLEDGED)
    assert all(coming.slot is None or coming.slot > until for coming in found.coming)
    with speaking("zh_CN"):
        assert "已有人知悉，2027年3月15日之前（含当天）不再提醒。" in text(site)


def test_what_holds_everything_back_is_said(site: Watched) -> None:
    """After a restored backup nothing goes out."""
    site.record(site.entry("青山-03"), SPRING)
    site.pass_now()
    with site.database.writing() as connection:
        hold_delivery(connection, HeldFor.RESTORED, now=site.county.now)
    assert story(site).whys == (Why.DELIVERY_HELD,)


def test_a_change_that_no_pass_has_seen_is_said(site: Watched) -> None:
    """Just entered: the next pass takes it up."""
    site.entry("青山-03")
    assert story(site).whys == (Why.NOT_LOOKED_AT,)


def test_what_was_shortened_is_softened_and_said(site: Watched) -> None:
    """A rule made stricter on a day: due from that day on, with both dates named."""
    site.record(site.entry("青山-03"), SPRING - 60 * DAY)
    site.pass_now()
    site.today += 20 * DAY
    site.configure(written(rules={"contacts": {**CONTACT, "every": "1 months"}}))
    site.pass_now()
    (matter,) = story(site).matters
    found = matter.reckoning
    assert isinstance(found, DutyReckoning)
    assert (found.softened_on, found.due_on) == (site.today, date(2027, 3, 31))
    with speaking("zh_CN"):
        assert "间隔从2027年3月21日起缩短" in text(site)


def test_who_has_left_says_so(site: Watched) -> None:
    """An entry that moved away is sent nothing about."""
    entry = site.entry("青山-03")
    with site.database.writing() as connection:
        moved = {"status": "moved", "left_on": SPRING}
        connection.execute(update(entries).where(entries.c.id == entry).values(**moved))
    assert story(site).whys == (Why.ENTRY_LEFT,)
    with speaking("en"):
        assert "moved away on 2027-03-01." in text(site)


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ({"number": "青山-99"}, EntryUnknown, "no entry has the number 青山-99"),
        ({"person": "P-99"}, PersonUnknown, "there is no person P-99"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    site: Watched, asked: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    """Naming it, and saying how it is written."""
    site.entry("青山-03")
    with speaking("en"), pytest.raises(error, match=sentence):
        explained(site, **asked)
