"""Lists as workbooks: what stands in them, and what never does."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from alerts.exports import (
    Asked,
    export_outcomes,
    export_overdue,
    export_statistics,
    export_visits,
)
from alerts.statistics import read_statistics
from alerts.terms import Term
from config.language import speaking
from ledgers.database import Database
from tests.alerts.county import LIUGOU, QINGSHAN, written
from tests.alerts.watched import CONTACT, Watched

DAY = timedelta(days=1)
SPRING = date(2027, 3, 1)
VISIT = {**CONTACT, "title": "半年走访", "say": "走访", "done_by": "visit", "every": "3 months"}


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county with contacts and visits, on the first of March."""
    rules = {"contacts": {**CONTACT, "roll": "none"}, "visits": {**VISIT, "roll": "none"}}
    made = Watched(database, written(rules=rules))
    made.today = SPRING
    return made


Written = Callable[[BytesIO, Asked], int]


def sheet(site: Watched, region: str, write: Callable[..., int], **more: object) -> list[list[str]]:
    """Write a workbook and read it back, in Chinese."""
    stream = BytesIO()
    asked = Asked(site.in_force, site.today, region)
    with site.database.reading() as connection, speaking("zh_CN"):
        count = write(connection, asked, stream, **more)
    stream.seek(0)
    rows = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    texts = [[str(cell) for cell in row] for row in rows]
    assert count == len(texts) - 3
    return texts


def live_on(site: Watched) -> None:
    """Two children of two villages: one overdue, one never recorded."""
    entry = site.entry("青山-03", QINGSHAN)
    site.record(entry, SPRING, kind="visit")
    site.entry("柳沟-04", LIUGOU)
    site.live(date(2027, 6, 3))


def test_the_overdue_list_has_places_dates_and_the_post(site: Watched) -> None:
    """Never recorded is not called overdue, and has no days."""
    live_on(site)
    title, note, headings, *rows = sheet(site, "", export_overdue)
    assert title[0] == "逾期和从未登记的事项"
    assert note[0] == "统计到2027年6月3日。"
    assert headings[:7] == ["乡镇", "村", "村内编号", "事项", "情况", "期限", "逾期天数"]
    assert rows[0] == [
        *["临河镇", "青山村", "青山-03", "联系", "逾期", "2027-06-01", "2.0"],
        *["2027-03-01", "", "P-01"],
    ]
    assert [row[4] for row in rows] == ["逾期"] * 2 + ["从未登记"] * 2


def test_a_list_can_be_of_one_village(site: Watched) -> None:
    """As a director is given it."""
    live_on(site)
    rows = sheet(site, QINGSHAN, export_overdue)[3:]
    assert {row[1] for row in rows} == {"青山村"}


def test_the_visit_list_has_one_row_an_entry_with_its_strongest_act(site: Watched) -> None:
    """A visit is also a contact: who is to be visited need not be called as well."""
    live_on(site)
    rows = sheet(site, "", export_visits, until=date(2027, 6, 10))[3:]
    assert [(row[2], row[3]) for row in rows] == [("青山-03", "走访"), ("柳沟-04", "走访")]


def test_outcomes_say_what_became_of_each_telling(site: Watched) -> None:
    """To whom, through whom, on which channel, and when."""
    live_on(site)
    rows = sheet(site, LIUGOU, export_outcomes, days=(SPRING, site.today))[3:]
    assert rows
    assert {tuple(row[6:10]) for row in rows} == {("儿童主任", "P-02", "P-03", "mail")}
    assert {row[10] for row in rows} == {"已交人转告"}


def test_the_figures_have_a_row_for_each_township_and_one_for_all(site: Watched) -> None:
    """With the columns a county reports."""
    live_on(site)
    with site.database.reading() as connection:
        term = Term.parse("2027Q2")
        found = read_statistics(connection, site.in_force, term, today=site.today)
    stream = BytesIO()
    with speaking("zh_CN"):
        count = export_statistics(found, Asked(site.in_force, site.today), stream)
    stream.seek(0)
    rows = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    title, _note, headings, town, total = [[str(cell) for cell in row] for row in rows]
    assert count == 2
    assert title[0] == "演示县民政局 2027Q2 统计表"
    assert headings[:6] == ["乡镇", "在册", "重点关爱", "联系应办", "联系按期", "联系补录"]
    assert (town[0], total[0], town[1:]) == ("临河镇", "合计", total[1:])
