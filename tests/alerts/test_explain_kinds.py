"""Why, under rules of every kind: what a county clerk reads, in both languages."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update

from alerts.explain import explain
from alerts.explained import sentences
from alerts.explanation import Explanation, Why
from config.language import speaking
from ledgers.database import Database
from ledgers.tables import calendar_windows, entries, level_changes, touched
from tests.alerts.county import at, written
from tests.alerts.lives import RECORDS
from tests.alerts.test_kinds import EIGHTEEN, LEVELS, MONTHLY, REQUEST, SUMMER
from tests.alerts.watched import CONTACT, Watched

SPRING = date(2027, 3, 1)
SITE = "990101"
_LEVELS = [{"id": "green", "title": "绿"}, {"id": "red", "title": "红"}]
_CALENDARS = {
    "summer": {"2027": [date(2027, 7, 5), date(2027, 8, 31)], "region": SITE},
    "flood": {"every_year": ["06-01", "09-30"], "region": "99"},
    "winter": {},
}


def county(database: Database, **rules: dict[str, Any]) -> Watched:
    """Answer a county on the first of March with these rules."""
    configuration = written(rules=rules, records=RECORDS, levels=_LEVELS, calendars=_CALENDARS)
    return Watched(database, configuration, SPRING)


def explained(site: Watched, number: str = "青山-03") -> Explanation:
    """Explain an entry as it stands today."""
    with site.database.reading() as connection:
        return explain(connection, site.in_force, number, on=site.today)


def said(site: Watched, language: str, number: str = "青山-03") -> list[str]:
    """Answer what is said under the first rule, without its headline."""
    with speaking(language):
        lines = sentences(explained(site, number), site.timetable.zone)
    begins = next(at for at, line in enumerate(lines) if line.startswith(("规则“", "Rule “")))
    ends = next((at for at, line in enumerate(lines) if not line and at > begins), len(lines))
    return [line[2:] for line in lines[begins + 1 : ends]]


def raise_level(site: Watched, entry: str, was: str, now: str) -> None:
    """Give an entry another level on the day it is."""
    change = {"id": f"{site.today:%Y%m%d}".zfill(32), "entry_id": entry, "on_date": site.today}
    with site.database.writing() as connection:
        connection.execute(update(entries).where(entries.c.id == entry).values(level=now))
        connection.execute(insert(level_changes).values(**change, was=was, level=now))
        connection.execute(insert(touched).values(entry_id=entry, known_on=site.today))


DATE = {
    "zh_CN": [
        "依据：某办法 第三条",
        "按档案中的日期起算：出生日期，2008年9月。",
        "只知道月份，按当月最后一天（2008年9月30日）算。",
        "再过 18 年是2026年9月30日。",
        "以当月第一天为准，即2026年9月1日。",
        "期限是2026年9月1日。",
    ],
    "en": [
        "It rests on: 某办法 第三条",
        "Counted from a date of the entry: date of birth, 2008-09.",
        "Only the month is known; it counts as its last day, 2008-09-30.",
        "18 years from then is 2026-09-30.",
        "The first day of that month counts, 2026-09-01.",
        "Due on 2026-09-01.",
    ],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_date_says_which_field_it_counts_from(database: Database, language: str) -> None:
    """Known to the month, it counts as the month's last day; then it moves as the rule says."""
    on = {"field": "born_on", "plus": "18 years", "to": "month-start"}
    site = county(database, eighteen={**EIGHTEEN, "on": on, "source": "某办法 第三条"})
    site.entry("青山-03", born_on=date(2008, 9, 1), born_month_only=True)
    assert said(site, language)[:6] == DATE[language]


def test_a_date_says_which_record_it_counts_from(database: Database) -> None:
    """Until there is one nothing is sent; once answered nothing is any more."""
    rule = {**REQUEST, "on": {"record": "request", "plus": "10 workdays"}}
    site = county(database, request=rule)
    entry = site.entry("青山-03")
    site.pass_now()
    assert said(site, "zh_CN") == ["不发提醒：还没有规则起算的记录。"]
    site.record(entry, SPRING, kind="request")
    site.pass_now()
    assert said(site, "zh_CN")[:4] == [
        "按记录起算：2027年3月1日的协查请求。",
        "再过 10 个工作日是2027年3月15日。",
        "期限是2027年3月15日。",
        "那一年的放假安排还没有公布，期限可能还会变动。",
    ]
    site.record(entry, SPRING, kind="reply")
    site.pass_now()
    assert explained(site).rules[0].whys == (Why.SETTLED,)
    assert "Nothing is sent: what the rule asks for was done already." in said(site, "en")


def test_a_date_that_is_not_written_is_no_crash(database: Database) -> None:
    """It says which kind of thing is missing."""
    site = county(database, eighteen=EIGHTEEN)
    site.entry("青山-03")
    site.pass_now()
    assert said(site, "en") == [
        "Nothing is sent: the date that the rule counts from is not written."
    ]


SEASON = {
    "zh_CN": [
        "只作提示，不需要登记。",
        "同时处在这些时段内才适用（flood、summer）：2027年6月28日至2027年8月31日。",
        "  flood：2027年6月1日至2027年9月30日，适用于99，每年相同。",
        "  summer：2027年7月5日至2027年8月31日，适用于演示县 990101，写在配置里。",
        "本规则提前 7 天开始。",
        "现在不发提醒：还没到时候。",
        "接下来：2027年6月28日告知儿童主任，随2027年6月28日的消息发出：P-01。",
        "接下来：2027年8月1日告知儿童主任，随2027年7月26日的消息发出：P-01。",
    ],
    "en": [
        "It only informs: nothing is to be recorded.",
        "It applies on the days that lie in all of flood and summer: from 2027-06-28 to 2027-08-31.",
        "  flood: 2027-06-01 to 2027-09-30, for 99; the same every year.",
        "  summer: 2027-07-05 to 2027-08-31, for 演示县 990101; from the configuration.",
        "For this rule it begins 7 days earlier than there.",
        "Nothing is sent yet: it is too early.",
        "Next, for 2027-06-28: 儿童主任 is told in the message of 2027-06-28: P-01.",
        "Next, for 2027-08-01: 儿童主任 is told in the message of 2027-07-26: P-01.",
    ],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_season_says_which_calendars_it_comes_from(database: Database, language: str) -> None:
    """For whom they are, and how the rule widens them."""
    window = {"all": ["flood", "summer"]}
    site = county(database, summer={**SUMMER, "window": window, "lead": "7 days"})
    site.entry("青山-03")
    site.pass_now()
    assert said(site, language) == SEASON[language]


def test_a_season_says_why_it_does_not_come(database: Database) -> None:
    """Nobody entered this year's, and since when that is told."""
    site = county(database, winter={**SUMMER, "window": "winter"})
    site.entry("青山-03")
    site.pass_now()
    assert said(site, "zh_CN")[1:] == [
        (
            "日历“winter”没有录入 2027 年的日期（演示县 990101），属于“未配置”，"
            "从2026年10月3日起提醒补录。"
        ),
        "不发提醒：日历里没有这个时段的日期。",
    ]
    assert said(site, "en")[1] == (
        "Calendar winter, 2027, for 演示县 990101: not configured; this is told from 2026-10-03."
    )


def test_an_imported_window_says_since_when_it_is_known(database: Database) -> None:
    """And a season whose window is over says that the next is not entered."""
    site = county(database, winter={**SUMMER, "window": "winter"})
    site.entry("青山-03")
    row = {"calendar": "winter", "year_key": "2027", "region": "", "known_on": SPRING}
    days = {"start_on": date(2027, 3, 5), "end_on": date(2027, 4, 10)}
    with database.writing() as connection:
        connection.execute(
            insert(calendar_windows).values(**row, **days, imported_at=at(SPRING, 8))
        )
    site.configure(site.configuration)
    site.live(date(2027, 3, 6))
    assert said(site, "zh_CN")[1:3] == [
        "适用时段“winter”：2027年3月5日至2027年4月10日。",
        "  winter：2027年3月5日至2027年4月10日，适用于所有地区，2027年3月1日导入。",
    ]
    site.live(date(2027, 5, 10))
    assert said(site, "en")[-1] == (
        "Nothing is sent: it is over, and no calendar says when the next is."
    )


CALENDAR = {
    "zh_CN": [
        "这里执行演示县（990101）的本地规定：休息日怎么办、到期日。",
        "演示县（990101）的依据：县文件",
        "每月办一次，这一次是2027年3月1日至2027年3月31日。",
        "期限是其中的第 10 天，即2027年3月10日。",
        "那一年的放假安排还没有公布，期限可能还会变动。",
        "待办：2027年3月4日开立，2027年3月10日到期，尚未办结。",
        "  2027年3月7日：儿童主任 P-01：已发出（2027年3月8日 09:10）",
        "  2027年3月12日：县级工作人员 P-04：已发出（2027年3月15日 08:40）",
        "每月办一次，这一次是2027年4月1日至2027年4月30日。",
        "其中的第 10 天是2027年4月10日，遇休息日提前到前一个工作日，期限是2027年4月9日。",
    ],
    "en": [
        "What 演示县 (990101) changes holds here: what happens on days of rest, the due day.",
        "For 演示县 (990101) it rests on: 县文件",
        "Owed once in each month; this one is 2027-03-01 to 2027-03-31.",
        "Due on its day 10, 2027-03-10.",
        "The holidays of that year are not known yet: the date may still move.",
        "Open since 2027-03-04, due on 2027-03-10.",
        "  2027-03-07: 儿童主任 P-01: sent (2027-03-08 09:10)",
        "  2027-03-12: 县级工作人员 P-04: sent (2027-03-15 08:40)",
        "Owed once in each month; this one is 2027-04-01 to 2027-04-30.",
        (
            "Its day 10, 2027-04-10, is a day of rest; the workday before it counts:"
            " due on 2027-04-09."
        ),
    ],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_each_period_tells_its_own_story(database: Database, language: str) -> None:
    """By the county's own rule, with its own source; what stands open stands beside the next."""
    over = {"due": "10", "roll": "before", "source": "县文件"}
    site = county(database, pay={**MONTHLY, "due": "5th workday", "regions": {SITE: over}})
    site.entry("青山-03")
    site.live(date(2027, 4, 2))
    assert said(site, language)[:10] == CALENDAR[language]
    assert [matter.is_open for matter in explained(site).rules[0].matters] == [True, True, False]


def test_a_period_by_workdays_says_so(database: Database) -> None:
    """The fifth workday of the month."""
    site = county(database, pay={**MONTHLY, "due": "5th workday"})
    site.entry("青山-03")
    assert said(site, "zh_CN")[1] == "期限是其中的第 5 个工作日，即2027年3月5日。"


LEVEL = {
    "zh_CN": [
        "间隔按等级定：绿 6 个月、红 7 天。本档案适用的是 7 天。",
        "最近一次算数的记录：2027年3月1日联系。",
        "从2027年3月1日起 7 天，本应是2027年3月8日。",
        "2027年5月1日等级调高，须在 3 天内办理；此后间隔是 7 天。",
        "期限是2027年5月4日。",
    ],
    "en": [
        "The interval goes by level: 绿 6 months, 红 7 days. Here it is 7 days.",
        "Last record that counts: 联系 on 2027-03-01.",
        "7 days from 2027-03-01 would be 2027-03-08.",
        (
            "Its level was raised on 2027-05-01: to be done within 3 days of that day;"
            " the interval is 7 days since then."
        ),
        "Due on 2027-05-04.",
    ],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_raised_level_says_how_it_moved_the_date(database: Database, language: str) -> None:
    """Which intervals there are, and which holds; not in so many words which level it is."""
    site = county(database, visits=LEVELS)
    entry = site.entry("青山-03", level="green")
    site.record(entry, SPRING)
    site.live(date(2027, 5, 1))
    raise_level(site, entry, "green", "red")
    site.live(date(2027, 5, 2))
    assert said(site, language)[:5] == LEVEL[language]


def test_a_level_without_an_interval_is_not_configured(database: Database) -> None:
    """Shown, never guessed."""
    site = county(database, visits=LEVELS)
    site.record(site.entry("青山-03", level="blue"), SPRING)
    site.pass_now()
    assert said(site, "zh_CN") == [
        "间隔按等级定：绿 6 个月、红 7 天。本档案的等级没有配置间隔。",
        "不发提醒：本档案的等级没有配置间隔。",
    ]
    assert explained(site).rules[0].whys == (Why.NOT_CONFIGURED,)


SHORTENED = {
    "zh_CN": [
        "从2027年3月1日起 6 个月，本应是2027年9月1日。",
        "2027年7月5日至2027年8月31日（summer）期间，间隔缩短为 2 周。",
        "从2027年7月5日起 2 周，期限是2027年7月19日。",
    ],
    "en": [
        "6 months from 2027-03-01 would be 2027-09-01.",
        "From 2027-07-05 to 2027-08-31 (summer) the interval is only 2 weeks.",
        "2 weeks from 2027-07-05: due on 2027-07-19.",
    ],
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_window_that_shortens_an_interval_is_named(database: Database, language: str) -> None:
    """From its beginning at the earliest."""
    during = [{"window": "summer", "every": "2 weeks"}]
    site = county(database, contacts={**CONTACT, "every": "6 months", "during": during})
    site.record(site.entry("青山-03"), SPRING)
    site.pass_now()
    assert said(site, language)[2:5] == SHORTENED[language]


@pytest.mark.parametrize(
    ("on", "chinese"),
    [
        ({"signal": "flood"}, "收到信号“flood”时触发。"),
        ({"record": "request"}, "出现这类记录时触发：协查请求。"),
        ({"changed": "level", "to": "raised"}, "发生这样的变动时触发：等级调高。"),
        ({"cap": {"event": ["暴雨"]}}, "收到公共预警时触发：暴雨。"),
        ({"imported": "difference"}, "导入时发现不一致即触发。"),
    ],
)
def test_a_signal_says_what_would_raise_it(
    database: Database, on: dict[str, Any], chinese: str
) -> None:
    """Nothing has, so nothing is sent."""
    group = {"ledger": "children", "where": {"status": "active"}}
    ladder = [{"tell": "director", "wait": "30 minutes"}, {"tell": "supervisor"}]
    site = county(
        database, flood={"kind": "signal", "say": "叫应", "for": group, "on": on, "ladder": ladder}
    )
    site.entry("青山-03")
    site.pass_now()
    first, *rungs, last = said(site, "zh_CN")
    assert (first, last) == (chinese, "不发提醒：没有发生会触发它的事情。")
    assert rungs == [
        "第 1 级：儿童主任，今天是 P-01（mail）。",
        "第 2 级：儿童督导员，今天是 P-03（mail）。",
    ]


def test_the_next_dates_are_told_across_all_rules(database: Database) -> None:
    """Three of them, with what is told on each and to whom."""
    site = county(database, contacts=CONTACT, summer=SUMMER, pay=MONTHLY)
    site.record(site.entry("青山-03"), SPRING)
    site.pass_now()
    with speaking("zh_CN"):
        lines = sentences(explained(site), site.timetable.zone)
    assert lines[-4:] == [
        "所有规则接下来的日子：",
        "  2027年3月1日：发放核对（告知儿童主任）",
        "  2027年3月15日：发放核对（告知县级工作人员）",
        "  2027年4月5日：发放核对（告知儿童主任）",
    ]
    assert [one.on for one in explained(site).next_dates][1:] == [
        date(2027, 3, 15),
        date(2027, 4, 5),
    ]


def test_a_suggested_day_is_told(database: Database) -> None:
    """Before the due date, by the number of the entry."""
    site = county(database, contacts={**CONTACT, "spread": "30 days"})
    site.record(site.entry("青山-03"), SPRING)
    site.pass_now()
    (matter,) = explained(site).rules[0].matters
    assert matter.suggested_on is not None
    assert date(2027, 5, 1) <= matter.suggested_on < matter.due_on
    assert any(line.startswith("Suggested day: 2027-05-") for line in said(site, "en"))


def test_terms_that_nobody_entered_are_named(database: Database) -> None:
    """A rule that goes by terms has no period until they are there."""
    site = county(database, term={**MONTHLY, "period": "term", "due": "end"})
    site.entry("青山-03")
    site.pass_now()
    assert said(site, "en") == [
        "Calendar terms, 2027, for 演示县 990101: not configured; this is told from 2026-10-03.",
        "Nothing is sent: no calendar says when the season is.",
    ]


def test_a_festival_is_called_one(database: Database) -> None:
    """It is in no calendar of the site's own."""
    site = county(database, moon={**SUMMER, "window": "中秋", "lead": "3 days"})
    site.entry("青山-03")
    site.pass_now()
    assert said(site, "zh_CN")[1:4] == [
        "适用时段“中秋”：2027年9月12日至2027年9月15日。",
        "  中秋：2027年9月15日，传统节日。",
        "本规则提前 3 天开始。",
    ]
