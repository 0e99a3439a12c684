"""Whatever stands in a sheet, its reader answers rows and problems, never a traceback or a value."""

import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ledgers.problems import ProblemCode
from ledgers.reading.headers import LOOK_AT, find_header
from ledgers.reading.lines import data_lines
from ledgers.reading.sheets import Form, SheetReader
from ledgers.reading.vocabulary import BUILT_IN, Kind
from ledgers.reading.workbook import Merged, RawSheet
from ledgers.rows import Severity, SheetRows

_HEADS = {
    Kind.CHILDREN: [
        "序号",
        "编号",
        "姓名",
        "身份证号",
        "性别",
        "出生日期",
        "村",
        "乡镇",
        "儿童类别",
        "关爱情形",
        "状态",
        "年级",
        "监护人",
        "联系电话",
        "最近走访时间",
    ],
    Kind.INSTITUTIONS: [
        "机构编号",
        "机构名称",
        "机构类型",
        "统一社会信用代码",
        "所属区划",
        "地址",
        "负责人",
        "电话",
        "证照有效期",
        "最近检查日期",
    ],
    Kind.PERSONS: ["姓名", "类型", "手机号", "邮箱", "职责范围", "任职时间", "离任时间"],
    Kind.RECORDS: [
        "村",
        "编号",
        "事项",
        "办理日期",
        "方式",
        "结果",
        "见到儿童本人",
        "情况是否正常",
    ],
    Kind.REGIONS: ["代码", "名称", "上级"],
}
_MARKER = "玛尔可"
_CELLS = st.one_of(
    st.text(max_size=20),
    st.text("0123456789.-/年月日xX √×、青山 ", max_size=19),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.just(_MARKER),
)
_GRIDS = st.lists(st.lists(_CELLS, max_size=18), max_size=12)
_SPANS = st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(0, 12), st.integers(0, 8))


def _sheet(rows: Sequence[Sequence[object]], merged: Sequence[Merged] | None = ()) -> RawSheet:
    batch = json.dumps({"rows": rows}).encode()
    spans = None if merged is None else tuple(merged)
    return RawSheet("台账", hidden=False, epoch_1904=False, merged=spans, batches=(batch,))


def _read(raw: RawSheet) -> SheetRows | None:
    header = find_header(list(raw.rows())[:LOOK_AT], vocabulary=BUILT_IN, merged=raw.merged)
    if header is None:
        return None
    return SheetReader(raw, header, file="a.xlsx", county_codes=frozenset(), form=Form()).read()


def _corners(span: tuple[int, int, int, int]) -> Merged:
    top, left, height, width = span
    return (top, left), (top + height, left + width)


@settings(max_examples=150)
@given(st.sampled_from(list(Kind)), _GRIDS, st.none() | st.lists(_SPANS.map(_corners), max_size=4))
def test_any_cells_under_a_header_become_rows_or_problems(
    kind: Kind, grid: list[list[object]], merged: list[Merged] | None
) -> None:
    """No line is both good and refused, and each stands where it says."""
    found = _read(_sheet([_HEADS[kind], *grid], merged))
    if found is None:
        return
    good = [row.place.row for row in found.rows]
    refused = {p.place.row for p in found.problems if p.severity is Severity.REFUSED}
    assert good == sorted(set(good))
    assert not set(good) & refused
    assert all(1 < row <= len(grid) + 1 for row in [*good, *refused])
    assert all(p.code in set(ProblemCode) for p in found.problems)


@settings(max_examples=100)
@given(st.sampled_from(list(Kind)), _GRIDS)
def test_no_problem_repeats_what_a_cell_said(kind: Kind, grid: list[list[object]]) -> None:
    """A name that slipped into another column is not printed by the complaint about it."""
    found = _read(_sheet([_HEADS[kind], *grid]))
    assert found is None or _MARKER not in repr(found.problems)


@settings(max_examples=100)
@given(_GRIDS)
def test_any_sheet_at_all_is_looked_through(grid: list[list[object]]) -> None:
    """Without a header there is simply nothing; with one, every row stands in the sheet."""
    found = _read(_sheet(grid))
    assert found is None or all(1 < row.place.row <= len(grid) for row in found.rows)


def test_a_merged_cell_ends_where_it_ends() -> None:
    """A blank village below the merged one stays blank."""
    rows = [
        ["村", "姓名", "性别"],
        ["青山", "张测试", "男"],
        ["", "李测试", "女"],
        ["", "王测试", "女"],
    ]
    raw = _sheet(rows, [((1, 0), (2, 0))])
    header = find_header(list(raw.rows()), vocabulary=BUILT_IN, merged=raw.merged)
    assert header is not None
    assert [line.cells[0] for line in data_lines(raw, header)] == ["青山", "青山", ""]


def test_a_village_without_children_is_no_line() -> None:
    """Its name alone, or with a dash, says that nobody lives there."""
    rows = [["村", "姓名", "性别", "备注"], ["青山", "", "", ""], ["柳沟", "/", "—", "无"]]
    found = _read(_sheet(rows))
    assert found is not None
    assert (found.rows, found.problems) == ((), ())


def test_the_kind_of_act_follows_from_the_column_of_its_date() -> None:
    """A list with 走访日期 and no 事项 is a list of visits."""
    found = _read(
        _sheet(
            [["编号", "走访日期", "走访方式", "结果"], ["青山-03", "2026.3.5", "入户", "已完成"]]
        )
    )
    assert found is not None
    assert [getattr(row, "kind", None) for row in found.rows] == ["走访"]
