"""`calendar import` of terms, exam days and seasons."""

from datetime import timedelta
from pathlib import Path

from tests.service.commands.desk import Desk

HEADER = "日历,年度,行政区划代码,开始日期,结束日期,依据\n"


def imported(desk: Desk, rows: str) -> dict[str, object]:
    """Import a csv file of these rows; answer what the command says it did."""
    Path("校历.csv").write_text(HEADER + rows, "utf-8")
    answer = desk.done("--json", "calendar", "import", "校历.csv").json
    assert isinstance(answer, dict)
    return answer


def test_a_list_of_windows_is_taken_once(desk: Desk) -> None:
    """New, then as before, then with other dates."""
    assert imported(desk, "flood,2027,990101,2027-06-01,2027-09-30,通知\n") == {
        "added": [
            {
                "calendar": "flood",
                "year": "2027",
                "region": "990101",
                "dates": ["2027-06-01", "2027-09-30"],
                "source": "通知",
            }
        ],
        "changed": [],
        "unchanged": 0,
    }
    again = imported(desk, "flood,2027,990101,2027-06-01,2027-09-30,通知\n")
    assert (again["added"], again["unchanged"]) == ([], 1)
    desk.now += timedelta(days=1)
    changed = imported(desk, "flood,2027,990101,2027-05-20,2027-09-30,通知\n")["changed"]
    assert isinstance(changed, list)
    assert [one["was"] for one in changed] == [["2027-06-01", "2027-09-30"]]


def test_what_changed_is_said_in_words(desk: Desk) -> None:
    """The calendar, its dates, and how many in all."""
    Path("a.yaml").write_text("- {calendar: gaokao, start: 2027-06-07, end: 2027-06-09}\n", "utf-8")
    said = desk.done("calendar", "import", "a.yaml").out
    assert "gaokao 2027 2027-06-07–2027-06-09：新增" in said
    Path("a.yaml").write_text("- {calendar: gaokao, start: 2027-06-08}\n", "utf-8")
    said = desk.done("calendar", "import", "a.yaml").out
    assert "gaokao 2027 2027-06-08：原为 2027-06-07–2027-06-09" in said
    assert "更改 1 个" in said


def test_a_list_with_mistakes_is_not_taken_at_all(desk: Desk) -> None:
    """Each mistake with line and column."""
    rows = "flood,2027,,2027-06-01,2027-09-30,\nflood season,二七,,,,\n"
    Path("校历.csv").write_text(HEADER + rows, "utf-8")
    result = desk.run("calendar", "import", "校历.csv")
    assert result.code == 2
    assert "什么也没有导入" in result.err
    assert "第 3 行“年度”" in result.err
    assert "第 3 行“开始日期”" in result.err
    assert imported(desk, "flood,2027,,2027-06-01,2027-09-30,\n")["unchanged"] == 0


def test_a_notice_is_known_by_what_it_holds(desk: Desk) -> None:
    """JSON under any name is a notice of days off."""
    Path("通知.txt").write_text('\ufeff{"year": 2028, "papers": [], "days": []}', "utf-8")
    assert "还没有公布" in desk.run("calendar", "import", "通知.txt").err
