"""What people do is kept in the audit chain; `audit` looks whether it is whole, lists and reports it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from service.cli import World, run
from tests.service.commands.desk import Desk

CHILD = "青山-01"
WHY = ("--purpose", "月度检查")


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    """Answer what was noted, but for the rules and workbooks that a desk begins with."""
    found: list[dict[str, Any]] = desk.done("--json", "audit", "list", "--all", *words).json
    return [one for one in found if not one["kind"].startswith(("rule.", "ledger.imported"))]


def tamper(*statements: str) -> None:
    """Do what somebody could who owns the tables."""
    with closing(sqlite3.connect("shouwang.sqlite")) as plain, plain:
        for name in ("no_update", "no_delete", "in_order"):
            plain.execute(f"DROP TRIGGER IF EXISTS audit_events_{name}")
        for statement in statements:
            plain.execute(statement)


def test_looking_at_a_file_is_kept(desk: Desk) -> None:
    """Who looked at whose file, and when."""
    desk.done("explain", CHILD)
    (look,) = listed(desk)
    assert (look["kind"], look["actor"][:3]) == ("file.read", "os:")
    assert look["at"].startswith("2026-12-07")
    assert [one["number"] for one in listed(desk, "--subject", CHILD)] == [look["number"]]
    assert listed(desk, "--subject", "青山-02") == []
    assert CHILD in desk.done("audit", "list", "--kind", "file").out


def test_an_export_says_what_it_is_for(desk: Desk) -> None:
    """The purpose, the person and the number of rows stand in the chain."""
    desk.done("export", "roster", "对照.xlsx", "--person", "P-0003", "--purpose", "上门交接")
    (export,) = listed(desk, "--kind", "export")
    assert (export["kind"], export["purpose"]) == ("export.roster", "上门交接")
    assert export["details"] == {"rows": "3"}
    assert listed(desk, "--subject", "P-0003") == [export]


@pytest.mark.parametrize("why", [(), ("--purpose", " "), ("--purpose", "致电15400000003")])
def test_without_a_purpose_nothing_is_exported(desk: Desk, why: Sequence[str]) -> None:
    """None, one that says nothing, one with somebody's phone: refused before anything is opened."""
    answer = desk.run("export", "overdue", "逾期.xlsx", *why)
    assert answer.code != 0
    assert "用途" in answer.err
    assert "15400000003" not in answer.err
    assert not Path("逾期.xlsx").exists()
    assert listed(desk) == []


def test_somebody_at_a_terminal_is_asked_for_the_purpose(desk: Desk) -> None:
    """It is typed, and kept as if it had been said."""

    class Keyboard(StringIO):
        def isatty(self) -> bool:
            return True

    out, err = StringIO(), StringIO()
    world = World(out, err, {}, lambda: desk.now, given=Keyboard("查找漏访\n"))
    assert run(["export", "overdue", "逾期.xlsx"], world) == 0
    assert "用来做什么" in err.getvalue()
    assert [one["purpose"] for one in listed(desk)] == ["查找漏访"]


KEPT = {
    "silence add --entry 青山-01 --to 2026-12-20": "silence.added",
    "outbox hold": "outbox.held",
    "outbox release": "outbox.released",
    "outbox retry": "outbox.retried",
    "person leave P-0003 --until 2026-12-20": "person.left",
    "person replace P-0003 P-0004": "person.replaced",
    "person prefer P-0003": "person.preferred",
    "person list --names": "person.names-read",
    "keys rotate": "keys.rotated",
    "keys master": "keys.master",
    "backup 备份": "backup.made",
    "import --compare 儿童.xlsx": "ledger.compared",
    "export visits 走访.xlsx --purpose 走访": "export.visits",
    "export outcomes 结果.xlsx --purpose 走访": "export.outcomes",
    "export form 表.xlsx --person P-0002 --purpose 走访": "export.form",
    "export quarantine 改.xlsx --purpose 改正": "export.quarantine",
    "export persons 人.xlsx --purpose 核对": "export.persons",
}
SHOW_NOBODY = ("status", "outbox list", "template preview", "person list", "audit")


def test_what_is_kept_and_what_not(desk: Desk) -> None:
    """Each look, each export, each change of who is told; not what shows no person's file."""
    for words in (*KEPT, *SHOW_NOBODY):
        desk.run(*words.split())
    assert [one["kind"] for one in listed(desk)] == list(KEPT.values())


def test_a_silence_that_ends_is_kept(desk: Desk) -> None:
    """By its id, whose beginning stands there too."""
    begun = desk.done("--json", "silence", "add", "--entry", CHILD, "--to", "2026-12-20").json["id"]
    desk.done("silence", "end", begun)
    assert [one["details"]["silence"] for one in listed(desk, "--kind", "silence")] == [begun] * 2


def test_a_changed_rule_is_kept_with_its_version(desk: Desk) -> None:
    """From the moment that anybody goes by it."""
    settings = Path("本县设置.yaml")
    rule = "\nrules:\n  重点对象季度联系:\n    every: 2 months\n"
    text = settings.read_text("utf-8")
    assert "\nrules:" not in text
    settings.write_text(text + rule, "utf-8")
    desk.done("explain", CHILD)
    found = desk.done("--json", "audit", "list", "--kind", "rule.changed", "--all").json
    assert (found[-1]["subject"], found[-1]["details"]["version"]) == ("重点对象季度联系", "2")


def test_a_whole_chain_is_said_to_be_whole(desk: Desk) -> None:
    """With its newest hash, which can be compared later."""
    desk.done("explain", CHILD)
    told = desk.done("--json", "audit", "verify").json
    assert told["findings"] == []
    desk.done("explain", CHILD)
    assert desk.done("audit", "verify", "--head", told["head"]).code == 0


def test_an_edit_is_named_by_its_number(desk: Desk) -> None:
    """In words, and with an exit code that a script sees."""
    desk.done("explain", CHILD)
    number = listed(desk)[0]["number"]
    tamper(f"UPDATE audit_events SET actor = 'os:li' WHERE number = {number}")  # noqa: S608
    answer = desk.run("audit", "verify")
    assert answer.code == 1
    assert f"第 {number} 条被改动过" in answer.out


def test_a_tail_that_was_cut_off_is_missed(desk: Desk) -> None:
    """The file beside the configuration knows that there were more."""
    desk.done("explain", CHILD)
    desk.done("explain", CHILD)
    last = listed(desk)[-1]["number"]
    tamper(f"DELETE FROM audit_events WHERE number = {last}")  # noqa: S608
    answer = desk.run("--lang", "en", "audit", "verify")
    assert answer.code == 1
    assert f"cut off: event {last} was there and is gone" in answer.out
    desk.done("status")  # notes no newer head over the evidence
    assert desk.run("audit", "verify").code == 1


def test_a_head_from_elsewhere_finds_the_cut_without_the_file(desk: Desk) -> None:
    """Whoever cuts the chain may delete the file, too."""
    desk.done("explain", CHILD)
    head = desk.done("--json", "backup", "备份").json["newest_event"]["head"]
    tamper("DELETE FROM audit_events WHERE number > 3")
    Path("shouwang.audit-head").unlink()
    assert desk.run("audit", "verify").code == 0
    answer = desk.run("audit", "verify", "--head", head[:20])
    assert answer.code == 1
    assert "末尾被截去" in answer.out


def test_a_head_file_that_somebody_wrote_is_not_believed(desk: Desk) -> None:
    """It is signed; a changed one is told and left as it is."""
    desk.done("explain", CHILD)
    path = Path("shouwang.audit-head")
    forged = path.read_text().replace('"number": ', '"number": 1')
    path.write_text(forged)
    assert "shouwang.audit-head" in desk.done("audit", "verify").err
    desk.done("explain", CHILD)
    assert path.read_text() == forged


@pytest.mark.parametrize("head", ["abc", "z" * 20])
def test_a_head_that_is_none_is_refused(desk: Desk, head: str) -> None:
    """Too short, or no hash."""
    assert desk.run("audit", "verify", "--head", head).code == 2


def test_a_list_of_a_broken_chain_still_lists(desk: Desk) -> None:
    """What somebody edited is shown as far as it can be read."""
    desk.done("export", "overdue", "逾期.xlsx", *WHY)
    tamper(
        "UPDATE audit_events SET at = 'x', details = '{', purpose = x'00' WHERE kind LIKE 'export%'"
    )
    (one,) = listed(desk, "--kind", "export")
    assert (one["at"], one["details"], one["purpose"]) == (None, {}, None)


@pytest.mark.parametrize(
    ("language", "sheets"),
    [
        ("zh_CN", ["概要", "按操作", "按操作人", "导出", "被拒绝的访问"]),
        ("en", ["summary", "by kind", "by actor", "exports", "refused accesses"]),
    ],
)
def test_the_yearly_report(desk: Desk, language: str, sheets: list[str]) -> None:
    """Counts, exports with their purposes, and whether the chain is whole; the child by number."""
    desk.done("explain", CHILD)
    desk.done("export", "overdue", "逾期.xlsx", *WHY)
    year = ("--lang", language, "audit", "report", "报告.xlsx", "--year", "2026")
    desk.done(*year, "--purpose", "年度合规审计")
    book = CalamineWorkbook.from_path("报告.xlsx")
    assert book.sheet_names == sheets
    rows = [book.get_sheet_by_name(name).to_python() for name in sheets]
    cells = [[str(cell) for row in sheet for cell in row] for sheet in rows]
    assert [one for one in cells[0] if "完整" in one or "whole" in one]
    assert "月度检查" in cells[3]
    assert not any("某甲" in one for sheet in cells for one in sheet)


def test_a_report_of_another_year_is_empty(desk: Desk) -> None:
    """Events belong to the year of the site's day."""
    desk.done("explain", CHILD)
    done = desk.done("--json", "audit", "report", "r.xlsx", "--year", "2025", *WHY)
    assert done.json["rows"] == 0
