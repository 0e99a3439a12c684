"""List of institutions → matter → mail → record → settled: rules about institutions work whole."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.acts import RecordRequest, RecordSource, record
from alerts.explain import explain
from alerts.exports import Asked, export_overdue
from alerts.tables import alerts
from ledgers.entries import ids_by_number
from ledgers.imports import Count
from service.commands.sites import looking
from tests.acceptance.office import LAUNCH, Office, open_office

RULES = """\
include: 规则-演示.yaml
records:
  meeting:
    title: 安全调度会
  renewal:
    title: 换证
groups:
  机构:
    ledger: institutions
    where:
      status: active
      category: 儿童福利机构
rules:
  季度安全会:
    kind: calendar
    say: 季度安全会
    source: 2024年儿童福利工作综述
    for: 机构
    period: quarter
    due: end
    done_by: meeting
    steps:
      - at: -15 days
        tell: county
      - at: +1 day
        tell: county
        escalation: true
  许可证到期:
    kind: date
    say: 换证
    source: 演示文件
    for: 机构
    on:
      field: permit_until
    done_by: renewal
    steps:
      - at: -90 days
        tell: supervisor
"""
COUNTY = "county@example.invalid"
TOWN = "town@example.invalid"
HEADINGS = ("机构名称", "机构类型", "所属区划", "地址", "负责人", "电话", "证照有效期")
HOME = (
    "柳河阳光福利院",
    "福利院",
    "柳河镇",
    "演示路1号",
    "周示例",
    "0999-8400001",
    date(2027, 5, 31),
)
CENTRE = ("演示县未保中心", "未保中心", "演示县", "演示路2号", "吴示例", "0999-8400002", "长期")


@pytest.fixture
def office(tmp_path: Path, bare_database_url: str) -> Iterator[Office]:
    """Answer an office with two institutions, on its first Monday."""
    change = ("include: 规则-演示.yaml\n", RULES)
    with open_office(tmp_path, bare_database_url, change) as opened:
        people = ("姓名", "类型", "手机号", "邮箱", "行政区划代码", "乡镇")
        county = ["郑示例", "县级工作人员", "15400000009", COUNTY, "990101", None]
        town = ["王示例", "儿童督导员", "15400000008", TOWN, None, "柳河镇"]
        opened.bring_rows("人员", people, [county, town])
        report = opened.bring_rows("机构", HEADINGS, [HOME, CENTRE])
        assert report.counts[Count.INSTITUTIONS] == 2
        opened.tick()
        opened.move(LAUNCH)
        opened.tick()
        yield opened


def done(office: Office, number: str, kind: str) -> int:
    """Record an act, and answer how many matters it settled."""
    now, today = office.clock(), office.today
    with office.site.database.writing() as connection:
        entry = ids_by_number(connection, [number])[number]
        plan = office.site.plan(connection, today=today)
        request = RecordRequest(entry, kind, today, RecordSource.CLI)
        return record(connection, plan, [request], now=now, today=today).closed


def said(office: Office, address: str) -> list[str]:
    """Answer what somebody has been told so far."""
    return [mail.text for mail in office.mails_to(address)]


def test_a_permit_that_runs_out_is_told_and_settled(office: Office) -> None:
    """Ninety days before, by number and without a name; a record of the renewal closes it."""
    office.live(date(2027, 3, 2), date(2027, 3, 9))
    (mail,) = said(office, TOWN)
    assert "机构-01" in mail
    assert "换证" in mail
    assert not any(str(word) in mail for word in (*HOME[:2], *HOME[3:6]))
    assert done(office, "柳河机构-01", "renewal") == 1
    office.live(date(2027, 3, 10), date(2027, 3, 16))
    assert len(said(office, TOWN)) == 1


def test_a_quarterly_meeting_is_owed_of_homes_only(office: Office) -> None:
    """The centre is none; the meeting held closes the quarter, and the next one opens by itself."""
    office.live(date(2027, 3, 15), date(2027, 3, 23))
    with office.site.database.reading() as connection:
        open_ = select(alerts.c.rule).where(alerts.c.closed_at.is_(None))
        assert sorted(connection.scalars(open_)) == ["季度安全会", "许可证到期"]
    assert "季度安全会" in said(office, COUNTY)[-1]
    assert done(office, "柳河机构-01", "meeting") == 1
    assert office.look() == []


def test_explain_and_overdue_know_institutions(office: Office, tmp_path: Path) -> None:
    """Why, by its number; and in the list of what is overdue."""
    site = office.site
    office.move(date(2027, 6, 2))
    office.tick()
    with looking(site, office.clock()) as (connection, in_force, _today):
        story = explain(connection, in_force, "柳河机构-01", on=office.today)
        path = tmp_path / "逾期.xlsx"
        with path.open("wb") as stream:
            rows = export_overdue(connection, Asked(in_force, office.today, ""), stream)
    assert story.entry.village == "柳河镇"
    permit = next(rule for rule in story.rules if rule.rule == "许可证到期")
    assert not permit.failed
    assert permit.matters
    assert rows >= 1
