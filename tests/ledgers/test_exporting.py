"""Workbooks go out complete, printable, and without anything that runs."""

import io
import re
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ledgers.exporting import GUARD, Cell, SheetPlan, safe_text, write_workbook


def written(*plans: SheetPlan) -> io.BytesIO:
    """Answer a workbook as a file."""
    stream = io.BytesIO()
    write_workbook(stream, plans)
    stream.seek(0)
    return stream


def cells(stream: io.BytesIO, sheet: int = 0) -> list[list[object]]:
    """Answer what a reader finds in one sheet."""
    book = CalamineWorkbook.from_filelike(stream)
    return [list(row) for row in book.get_sheet_by_index(sheet).to_python()]


def test_rows_stand_under_their_headings() -> None:
    """Texts, counts and days are found again as they were given."""
    rows: list[list[Cell]] = [["青山-03", 4, date(2027, 6, 3), None]]
    read = cells(written(SheetPlan("清单", ["编号", "数", "日期", "备注"], rows)))
    assert read == [["编号", "数", "日期", "备注"], ["青山-03", 4.0, "2027-06-03", ""]]


def test_title_and_note_stand_above_the_headings() -> None:
    """What is printed on top does not take the headings' place."""
    plan = SheetPlan("表", ["村", "编号"], [["青山村", "03"]], heading="走访登记表", note="请填写")
    assert [row[0] for row in cells(written(plan))] == ["走访登记表", "请填写", "村", "青山村"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_nothing_a_spreadsheet_would_run_is_written(start: str) -> None:
    """A name that begins like a formula stays a text, even when the file is saved as CSV."""
    text = f"{start}HYPERLINK(1)"
    stream = written(SheetPlan("表", [text], [[text]]))
    assert cells(stream)[0][0] == GUARD + text.replace("\r", "\n") or start == "\r"
    with zipfile.ZipFile(stream) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=40))
def test_guarded_text_never_starts_dangerously(text: str) -> None:
    """Whatever a cell says, what is written begins with nothing that runs."""
    assert not safe_text(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_answers_how_many_rows_went_out() -> None:
    """Rows of all sheets count, headings do not."""
    one = SheetPlan("一", ["a"], [["1"], ["2"]])
    two = SheetPlan("二", ["a"], iter([["3"]]), heading="标题")
    assert write_workbook(io.BytesIO(), [one, two]) == 3
    assert write_workbook(io.BytesIO(), [SheetPlan("空", ["a"], [])]) == 0


def test_sheets_of_one_name_are_told_apart() -> None:
    """Excel refuses equal, too long or oddly spelled sheet names, so they never occur."""
    stream = written(SheetPlan("青山村/东" * 9, ["a"], []), SheetPlan("青山村/东" * 9, ["a"], []))
    names = CalamineWorkbook.from_filelike(stream).sheet_names
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and "/" not in name for name in names)


def test_only_columns_to_fill_in_are_open_on_a_protected_sheet() -> None:
    """A form can be filled in where it should be, and its ids travel unseen."""
    plan = SheetPlan(
        "登记表",
        ["编号", "结果", "行号"],
        [["03", "", "x1"]],
        protected=True,
        fill_in=frozenset({1}),
        hidden=frozenset({2}),
        choices={1: ["已完成", "未联系上"]},
    )
    with zipfile.ZipFile(written(plan)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<sheetProtection" in sheet
    assert 'hidden="1"' in sheet
    assert "已完成,未联系上" in sheet


def test_custom_properties_travel_with_the_file() -> None:
    """A form's id is also in the document's properties."""
    stream = io.BytesIO()
    write_workbook(stream, [SheetPlan("表", ["a"], [])], properties={"shouwang-form": "f00d"})
    with zipfile.ZipFile(stream) as archive:
        assert b"f00d" in archive.read("docProps/custom.xml")


def widths(plan: SheetPlan) -> list[float]:
    """Answer how wide each column is."""
    with zipfile.ZipFile(written(plan)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    return [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]


def test_a_column_is_as_wide_as_what_stands_in_it() -> None:
    """A date fits on one line, however short its heading; a long sentence is wrapped."""
    rows: list[list[Cell]] = [[date(2027, 6, 3), "说明" * 60, 4]]
    of_date, of_text, of_count = widths(SheetPlan("表", ["日", "说明", "数"], rows))
    assert 11.5 < of_date < 14
    assert 40 < of_text < 44
    assert of_count < 10


def test_many_columns_stay_narrow_enough_to_read_on_paper() -> None:
    """Their headings stand in three lines."""
    headings = [f"入户走访：按期完成{n}" for n in range(28)]
    plan = SheetPlan("表", headings, [list(range(28))])
    assert sum(widths(plan)) < 330
