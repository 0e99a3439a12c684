"""Compared list → difference → one message → update recorded → settled; never a second signal."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.tables import alerts, signals
from ledgers.acts import RecordRequest, RecordSource
from ledgers.comparing import Compared, Comparing, Comparison, compare
from ledgers.entries import ids_by_number
from ledgers.reading.reader import read
from service.importing import import_context, vocabulary_of
from tests.acceptance.office import LAUNCH, Office, open_office, write_sheets

RULES = """\
include: 规则-演示.yaml
rules:
  比对差异核对:
    kind: signal
    say: 信息核对
    source: 演示文件
    for:
      ledger: children
      where:
        status: active
    on:
      imported: difference
    done_by: update
    expires_after: 90 days
    steps:
      - at: 0 days
        tell: supervisor
"""
SUPERVISOR = "dudao@example.invalid"
HEADINGS = (
    "乡镇",
    "村",
    "姓名",
    "出生日期",
    "年级",
    "最近联系日期",
    "最近走访日期",
    "信息更新日期",
)
DAY = date(2027, 2, 25)


def child(name: str, grade: str) -> list[str | date | None]:
    """Answer a line of a list."""
    return ["柳河镇", "青山村", name, date(2016, 5, 1), grade, DAY, DAY, DAY]


@pytest.fixture
def office(tmp_path: Path, bare_database_url: str) -> Iterator[Office]:
    """Answer an office with two children and their supervisor."""
    with open_office(tmp_path, bare_database_url, ("include: 规则-演示.yaml\n", RULES)) as opened:
        people = ("姓名", "类型", "手机号", "邮箱", "乡镇")
        opened.bring_rows(
            "人员", people, [["赵示例", "儿童督导员", "15400000001", SUPERVISOR, "柳河镇"]]
        )
        opened.bring_rows("台账", HEADINGS, [child("甲示例", "三年级"), child("乙示例", "四年级")])
        opened.tick()
        opened.move(LAUNCH)
        opened.tick()
        yield opened


def held(office: Office, grade: str) -> Comparison:
    """Compare the school's roster, which has the first child in this grade."""
    path = office.folder / "教育.xlsx"
    write_sheets(path, {"学籍": [HEADINGS, child("甲示例", grade), child("乙示例", "四年级")]})
    site, now = office.site, office.clock()
    rows = read(path, vocabulary=vocabulary_of(site.configuration))
    with site.database.writing() as connection:
        plan = site.plan(connection, today=office.today)
    context = import_context(site, plan, now=now, recorded_by="office")
    return compare(site.database, rows, context, Comparing("教育"))


def raised(office: Office) -> int:
    """Answer how many signals there were."""
    with office.site.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(signals)) or 0


def test_a_difference_is_told_once_and_closed_by_the_update(office: Office) -> None:
    """However often the list comes; what agrees again is settled."""
    assert held(office, "五年级").counts[Compared.NEW] == 1
    office.live(LAUNCH + timedelta(days=1), LAUNCH + timedelta(days=8))
    assert sum("信息核对" in mail.text for mail in office.mails_to(SUPERVISOR)) == 1
    assert held(office, "五年级").counts[Compared.NEW] == 0
    office.tick()
    assert raised(office) == 1
    with office.site.database.writing() as connection:
        entry = ids_by_number(connection, ["青山-01"])["青山-01"]
        context = import_context(
            office.site,
            office.site.plan(connection, today=office.today),
            now=office.clock(),
            recorded_by="",
        )
        context.door(connection, [RecordRequest(entry, "update", office.today, RecordSource.CLI)])
        open_ = select(alerts.c.rule).where(alerts.c.closed_at.is_(None))
        assert "比对差异核对" not in set(connection.scalars(open_))
    assert held(office, "三年级").counts[Compared.SETTLED] == 1
