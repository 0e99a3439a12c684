"""Another system's list at the command line: read, compared, written out, and nothing taken over."""

from python_calamine import CalamineWorkbook

from tests.service.commands.desk import Desk, write_table

LIST = (
    ("乡镇", "村", "姓名", "出生日期", "人群类别", "联系电话"),
    ("柳河镇", "青山村", "某甲", "2016-05-01", "留守儿童", "15400000077"),
    ("柳河镇", "青山村", "某乙", "2015-03-02", "流动儿童", ""),
    ("柳河镇", "青山村", "无此人", "2012-01-01", "流动儿童", ""),
)


def written(desk: Desk, name: str = "全国系统导出20261207.xlsx") -> str:
    """Write the other system's list; answer its name."""
    write_table(desk.folder / name, "导出", LIST)
    return name


def test_a_comparison_says_what_differs_and_names_nobody(desk: Desk) -> None:
    """Our numbers, their rows; a phone number only as different."""
    answer = desk.done("import", written(desk), "--compare")
    assert "青山-01: 人员类别" in answer.out
    assert "流动儿童 / 留守儿童" in answer.out
    assert "青山-01: 电话: （加密） / 不一致" in answer.out
    assert "第 4 行: 只在对方名单" in answer.out
    assert "青山-03: 只在本台账" in answer.out
    assert not any(word in answer.out for word in ("某甲", "无此人", "15400000077"))
    again = desk.done("--json", "import", written(desk, "全国系统导出20270107.xlsx"), "--compare")
    (file,) = again.json["files"]
    assert (file["source"], file["counts"]["new"]) == ("全国系统导出", 0)
    assert desk.done("--json", "status").json["entries"] == 6


def test_differences_go_out_as_a_workbook(desk: Desk) -> None:
    """One row for each, by number, with room for what was found."""
    desk.done("import", written(desk), "--compare", "--source", "全国系统")
    desk.done("export", "differences", "差异.xlsx", "--purpose", "核对")
    grid = CalamineWorkbook.from_path(desk.folder / "差异.xlsx").get_sheet_by_index(0).to_python()
    text = "\n".join(" ".join(map(str, row)) for row in grid)
    assert "柳河镇 青山村 青山-01 人员类别 流动儿童 留守儿童 全国系统 导出 第2行" in text
    assert not any(word in text for word in ("某甲", "无此人", "15400000077"))
    none = desk.done(
        "--json", "export", "differences", "无.xlsx", "--source", "教育", "--purpose", "核对"
    )
    assert none.json["rows"] == 0


def test_a_trial_and_a_part_of_a_list(desk: Desk) -> None:
    """`--dry-run` keeps nothing; `--partial` misses nobody."""
    name = written(desk)
    words = ("--json", "import", name, "--compare", "--partial", "--dry-run")
    (file,) = desk.done(*words).json["files"]
    assert (file["counts"]["only_here"], file["import_id"], file["dry_run"]) == (0, None, True)
    assert (
        desk.done("--json", "export", "differences", "无.xlsx", "--purpose", "核对").json["rows"]
        == 0
    )


def test_whose_list_it_is_is_said_of_comparisons_only(desk: Desk) -> None:
    """Or somebody would believe that an import only compares."""
    refused = desk.run("import", written(desk), "--source", "全国系统")
    assert refused.code == 2
    assert "--compare" in refused.err
