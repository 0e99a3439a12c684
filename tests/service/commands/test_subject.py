"""Requests of those whose data are held: access, erasure, legal holds, and what a restore does."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.service.commands.desk import Desk, children, write_table

CHILD = "青山-01"
SURE = ("--reason", "other-law", "--yes")


def cells(path: Path) -> dict[str, set[str]]:
    """Answer what stands in each sheet of a workbook."""
    book = CalamineWorkbook.from_path(path)
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    return {name: {str(cell) for row in rows for cell in row} for name, rows in sheets.items()}


def test_access_writes_everything_opened_and_is_audited(desk: Desk) -> None:
    """Under Chinese headings; what for is kept in the chain, which stays whole."""
    desk.done("subject", "export", CHILD, "答复.xlsx", "--purpose", "监护人查阅申请")
    found = cells(desk.folder / "答复.xlsx")
    assert found["档案"] >= {"姓名", "某甲", "出生日期", "2016-05-01", "村内编号", CHILD}
    assert found["办理记录"] >= {"办理日期", "2026-08-20"}
    assert "待办" in found
    assert not any("密" in word or "_key" in word for words in found.values() for word in words)
    assert (desk.folder / "答复.xlsx").stat().st_mode & 0o777 == 0o600
    log = desk.done("audit", "list", "--kind", "subject.export", "--json").json
    assert len(log) == 1
    desk.done("audit", "verify")


def test_access_wants_a_purpose(desk: Desk) -> None:
    """Without one nothing is written."""
    answer = desk.run("subject", "export", CHILD, "答复.xlsx")
    assert answer.code == 2
    assert "--purpose" in answer.err
    assert not (desk.folder / "答复.xlsx").exists()


def test_access_of_a_person_opens_their_own(desk: Desk) -> None:
    """What they hold, and how they are reached."""
    desk.done("subject", "export", "P-0003", "答复.xlsx", "--purpose", "本人查阅")
    found = cells(desk.folder / "答复.xlsx")
    assert found["人员"] >= {"丙主", "15400000003", "director@example.invalid"}
    assert "岗位任职" in found


def test_an_erased_child_is_not_found_again(desk: Desk) -> None:
    """Neither by its number nor in a later export; the chain stays whole."""
    desk.done("subject", "erase", CHILD, *SURE)
    assert desk.run("explain", CHILD).code == 2
    assert desk.run("subject", "export", CHILD, "x.xlsx", "--purpose", "x").code == 2
    desk.done("audit", "verify")
    desk.done("audit")
    desk.done("tick")


@pytest.mark.parametrize(("typed", "code"), [((CHILD,), 0), (("青山-02",), 2), ((), 2)])
def test_erasing_asks_for_the_number_once_more(
    desk: Desk, typed: tuple[str, ...], code: int
) -> None:
    """Another one, or none, erases nothing."""
    answer = desk.run("subject", "erase", CHILD, "--reason", "other-law", typed=typed)
    assert answer.code == code, answer.err
    assert desk.run("explain", CHILD).code == (2 if code == 0 else 0)


def test_it_is_refused_in_words(desk: Desk) -> None:
    """An active child is kept by statutory duty; a director at work too."""
    kept = desk.run("subject", "erase", CHILD, "--reason", "consent-withdrawn", "--yes")
    assert kept.code == 1
    assert "在册" in kept.err
    at_work = desk.run("subject", "erase", "P-0003", *SURE)
    assert at_work.code == 1
    assert "person leave" in at_work.err


def test_a_legal_hold_is_added_listed_and_ended(desk: Desk) -> None:
    """While it lasts nothing is erased; each step stands in the chain."""
    desk.done("subject", "hold", "add", CHILD, "--reason", "court", "--until", "2027-01-31")
    listed = desk.done("subject", "hold", "list", "--json").json
    assert [(one["ref"], one["reason"]) for one in listed] == [(CHILD, "court")]
    refused = desk.run("subject", "erase", CHILD, *SURE)
    assert refused.code == 1
    assert "2027-01-31" in refused.err
    desk.done("subject", "hold", "end", CHILD)
    desk.done("subject", "erase", CHILD, *SURE)
    assert desk.done("subject", "hold", "list", "--json").json == []


def test_a_restored_backup_does_not_bring_the_erased_back(desk: Desk) -> None:
    """The list of the database that is replaced is kept, and gone by at once."""
    desk.done("backup", "备份")
    desk.done("subject", "erase", CHILD, *SURE)
    answer = desk.done("restore", "备份", "--replace")
    assert "1" in answer.out
    assert desk.run("explain", CHILD).code == 2
    assert desk.run("explain", "青山-02").code == 0
    desk.done("restore", "备份", "--replace")
    assert desk.run("explain", CHILD).code == 2


def test_where_the_database_is_lost_the_list_erases_again(desk: Desk) -> None:
    """Written out before, it is given to `restore`."""
    desk.done("backup", "备份")
    desk.done("subject", "erase", CHILD, *SURE)
    desk.done("subject", "erased", "名单.jsonl")
    assert "某甲" not in (desk.folder / "名单.jsonl").read_text("utf-8")
    for file in desk.folder.glob("shouwang.sqlite*"):
        file.unlink()
    desk.done("restore", "备份", "--erased", "名单.jsonl")
    assert desk.run("explain", CHILD).code == 2


def test_a_file_that_is_no_list_is_refused_before_anything_is_touched(desk: Desk) -> None:
    """The database stays as it was."""
    desk.done("backup", "备份")
    (desk.folder / "名单.jsonl").write_text("nothing", "utf-8")
    answer = desk.run("restore", "备份", "--replace", "--erased", "名单.jsonl")
    assert answer.code == 1
    assert "subject erased" in answer.err
    assert desk.done("outbox", "list").code == 0


def test_whoever_is_imported_again_is_new(desk: Desk) -> None:
    """The same workbook makes a new entry, with a number of its own."""
    desk.done("subject", "erase", CHILD, *SURE)
    write_table(desk.folder / "儿童.xlsx", "儿童台账", children())
    counts = desk.done("import", "儿童.xlsx", "--json").json["files"][0]["counts"]
    assert (counts["new"], counts["quarantined"]) == (1, 0)
    assert desk.run("explain", CHILD).code == 2


def test_retention_says_what_it_would_do_and_does_it(desk: Desk) -> None:
    """Counts only; afterwards nothing is due."""
    settings = desk.folder / "本县设置.yaml"
    text = settings.read_text("utf-8") + "\nretention:\n  children: 30 days\n"
    settings.write_text(text, "utf-8")
    left = [(*row[:7], "退出") if row[2] == "某甲" else row for row in children()]
    left[0] = (*left[0], "状态")
    write_table(desk.folder / "儿童.xlsx", "儿童台账", left)
    desk.done("import", "儿童.xlsx")
    desk.done("tick")
    desk.now = desk.now.replace(year=2027, month=2)
    assert desk.done("retention", "run", "--dry-run", "--json").json["counts"] == {"children": 1}
    assert desk.done("retention", "run", "--json").json["counts"] == {"children": 1}
    assert desk.done("retention", "run", "--json").json["counts"] == {}
    assert desk.run("explain", CHILD).code == 2
    desk.done("audit", "verify")
