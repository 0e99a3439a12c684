"""`import`: what is good goes in, what is not is named; a trial writes nothing."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.ledgers.reading import makers
from tests.service.commands.desk import Desk, children, write_table

TAKEN = """
import os, re, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from service.cli import World, run

world = World(sys.stderr, sys.stderr, os.environ, lambda: datetime.now(UTC))
code = run(["import", sys.argv[1]], world)
own = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(code, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""What importing a file took at most: this process and the one that reads, in units of 1,024 bytes."""

BAD = ("柳河镇", "青山村", "某辛", "16-5-1", "流动儿童", "流浪", "")


def test_a_trial_says_what_the_import_will_do(begun_desk: Desk) -> None:
    """The same counts, the same messages to the same number of people; and nothing is written."""
    trial = begun_desk.done("--json", "import", "儿童.xlsx", "人员.xlsx", "--dry-run").json
    assert begun_desk.done("--json", "status").json["entries"] == 0
    real = begun_desk.done("--json", "import", "儿童.xlsx", "人员.xlsx").json
    assert [one["counts"] for one in trial["files"]] == [one["counts"] for one in real["files"]]
    assert trial["causes"] == real["causes"]
    assert real["causes"]["messages"] >= real["causes"]["people"] > 0


def test_the_messages_foretold_are_the_messages_sent(begun_desk: Desk) -> None:
    """A week lived through sends what the import said it would."""
    begun_desk.done("tick")
    told = begun_desk.done("--json", "import", "人员.xlsx", "儿童.xlsx").json["causes"]
    for _day in range(8):
        begun_desk.done("tick")
        begun_desk.now += timedelta(days=1)
    assert len(list(Path("邮件").glob("*.eml"))) == told["messages"]


def test_a_second_time_nothing_changes(desk: Desk) -> None:
    """It says so, and causes nothing."""
    again = desk.done("--json", "import", "儿童.xlsx").json
    assert (again["files"][0]["changed_nothing"], again["causes"]) == (True, None)
    assert "没有变化" in desk.done("import", "儿童.xlsx").out


def test_a_bad_row_is_set_apart_mended_and_taken(desk: Desk) -> None:
    """It ends with 3; the workbook of such rows, mended, is imported like any other."""
    write_table(Path("新.xlsx"), "儿童台账", children(BAD))
    answer = desk.run("--json", "import", "新.xlsx")
    assert answer.code == 3
    (problem,) = [p for p in answer.json["files"][0]["problems"] if p["severity"] == "refused"]
    assert (problem["sheet"], problem["row"], problem["column"]) == ("儿童台账", 8, "出生日期")
    assert "某辛" not in answer.out + answer.err
    desk.done("export", "quarantine", "待改.xlsx", "--purpose", "改正")
    assert desk.done("--json", "status").json["rows_to_mend"] == 1


def test_a_shifted_column_asks_before_anything_is_written(desk: Desk) -> None:
    """So many births would change that it must be said twice."""
    changed = [(*row[:3], f"2012-01-0{at}", *row[4:]) for at, row in enumerate(children()[1:], 1)]
    numbers = ("青山-01", "青山-02", "青山-03", "柳沟-01", "柳沟-02", "石门-01")
    rows = [("编号", *children()[0]), *((n, *row) for n, row in zip(numbers, changed, strict=True))]
    write_table(Path("错位.xlsx"), "儿童台账", rows)
    asked = desk.run("import", "错位.xlsx")
    assert (asked.code, "--force" in asked.err) == (1, True)
    assert desk.done("--json", "import", "儿童.xlsx").json["files"][0]["changed_nothing"]
    assert desk.run("import", "错位.xlsx", "--force").code == 0


def test_one_refused_file_stops_no_other(begun_desk: Desk) -> None:
    """The good ones are in, the bad one is named, and it ends with 1."""
    Path("坏.xlsx").write_bytes(Path("儿童.xlsx").read_bytes()[:600])
    answer = begun_desk.run("--json", "import", "坏.xlsx", "人员.xlsx", "儿童.xlsx")
    assert answer.code == 1
    assert [one["file"] for one in answer.json["refused"]] == ["坏.xlsx"]
    assert [one["file"] for one in answer.json["files"]] == ["人员.xlsx", "儿童.xlsx"]
    assert "坏.xlsx" in answer.err


def test_a_person_set_apart_is_mended_like_a_child(desk: Desk) -> None:
    """Mended in the workbook of such rows, nothing waits any more."""
    headings = ("姓名", "岗位", "乡镇", "职责范围", "联系电话")
    bad = ("庚主", "看门人", "柳河镇", "王坪村", "15400000007")
    write_table(Path("新人.xlsx"), "人员名单", [headings, bad])
    assert desk.run("import", "新人.xlsx").code == 3
    desk.done("export", "quarantine", "待改.xlsx", "--purpose", "改正")
    rows = CalamineWorkbook.from_path("待改.xlsx").get_sheet_by_index(0).to_python()
    mended = [["儿童主任" if cell == "看门人" else str(cell) for cell in row] for row in rows]
    write_table(Path("改好.xlsx"), "人员", mended)
    desk.done("import", "改好.xlsx")
    assert desk.done("--json", "status").json["rows_to_mend"] == 0


def test_the_directory_comes_back_with_how_people_want_to_be_told(desk: Desk) -> None:
    """Written, filled in and imported; what the site has no channel for is named with its row."""
    desk.done("export", "persons", "名单.xlsx", "--purpose", "核对")
    assert desk.done("--json", "import", "名单.xlsx").json["files"][0]["changed_nothing"]
    book = CalamineWorkbook.from_path("名单.xlsx").get_sheet_by_index(0).to_python()
    head, county, supervisor, *_others = [[str(cell) for cell in row] for row in book[1:]]
    wish = head.index("接收方式")
    county[wish], supervisor[wish] = "电子邮件", "打电话"
    write_table(Path("改.xlsx"), "人员名单", [head, county, supervisor])
    report = desk.done("--json", "import", "改.xlsx").json["files"][0]
    assert report["counts"]["persons_changed"] == 1
    said = [(one["code"], one["row"], one["allowed"]) for one in report["problems"]]
    assert said == [("way-unknown", 3, ["邮件", "不限"])]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_hostile_file_takes_512_megabytes_at_most(begun_desk: Desk) -> None:
    """Whoever imports and the reader together; begun at the desk's folder."""
    file = makers.save_swollen_xlsx(begun_desk.folder / "坏.xlsx")
    command = [sys.executable, "-c", TAKEN, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, own, readers = map(int, done.stdout.split())
    assert code == 1
    assert file.name in done.stderr
    assert readers > own > 0
    assert (own + readers) * 1024 < 512_000_000
