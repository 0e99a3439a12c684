"""Headers under titles, in one to three rows, with and without merge marks."""

from ledgers.reading.headers import Header, find_header
from ledgers.reading.vocabulary import BUILT_IN, Kind
from ledgers.reading.workbook import Cell, Merged
from tests.ledgers.reading import makers

_TITLE: list[Cell] = ["演示县清河镇流动儿童重点关爱服务对象信息台账"]
_FILLED_BY: list[Cell] = ["填报单位（盖章）：清河镇人民政府", "", "", "填报日期：2026.3.1"]
_LINE: list[Cell] = ["1", "张测试", "男", "2015.3.5", "李测试", "15400000000"]


def _found(rows: list[list[Cell]], merged: list[Merged] | None = None) -> Header:
    header = find_header(rows, vocabulary=BUILT_IN, merged=merged)
    assert header is not None
    return header


def _fields(header: Header) -> dict[int, str | None]:
    return {column.index: column.field for column in header.columns}


def test_a_header_is_found_under_titles() -> None:
    """Neither the title nor the line of who filled it in is taken for one."""
    header = _found(
        [_TITLE, _FILLED_BY, [], ["序号", "姓名", "性别", "出生日期", "监护人", "联系电话"], _LINE]
    )
    assert (header.kind, header.top, header.below) == (Kind.CHILDREN, 3, 4)
    assert _fields(header) == {1: "name", 2: "sex", 3: "born", 4: "guardian", 5: "phone"}
    assert header.unknown == ()


_THREE_ROWS: list[list[Cell]] = [
    _TITLE,
    ["姓名", "性别", "家庭情况", "", "", "", "备注"],
    ["", "", "父亲", "", "监护人", "", ""],
    ["", "", "姓名", "联系电话", "姓名", "联系电话", ""],
    ["张测试", "男", "张甲", "15400000001", "李测试", "15400000002", ""],
]


def test_three_rows_with_merge_marks_are_one_header() -> None:
    """A merged heading covers what stands below it."""
    merged: list[Merged] = [
        ((0, 0), (0, 6)),
        *(((1, column), (3, column)) for column in (0, 1, 6)),
        ((1, 2), (1, 5)),
        ((2, 2), (2, 3)),
        ((2, 4), (2, 5)),
    ]
    header = _found(_THREE_ROWS, merged)
    assert (header.top, header.below) == (1, 4)
    assert _fields(header) == {0: "name", 1: "sex", 4: "guardian", 5: "phone", 6: "notes"}


def test_three_rows_without_merge_marks_are_the_same_header() -> None:
    """In csv and ods a heading reaches over the blanks to its right."""
    header = _found(_THREE_ROWS, None)
    assert (header.top, header.below) == (1, 4)
    assert _fields(header) == {0: "name", 1: "sex", 4: "guardian", 5: "phone", 6: "notes"}


def test_the_phone_beside_the_director_is_not_the_guardians() -> None:
    """A bare 联系电话 belongs to the person on its left."""
    header = _found([["姓名", "儿童主任", "联系电话", "监护人", "联系电话"]])
    assert _fields(header) == {0: "name", 1: "director", 3: "guardian", 4: "phone"}


def test_unknown_columns_are_listed_and_known_ones_left_out() -> None:
    """序号 and 民族 are known and not kept; 兴趣爱好 is news."""
    header = _found([["序号", "姓名", "民族", "性别", "兴趣爱好"]])
    assert [column.title for column in header.unknown] == ["兴趣爱好"]


def test_the_kind_of_sheet_follows_from_its_columns() -> None:
    """A list of directors may have birth dates and is still no list of children."""
    heads: dict[Kind, list[Cell]] = {
        Kind.CHILDREN: ["姓名", "身份证号", "儿童类别", "联系方式"],
        Kind.PERSONS: ["姓名", "性别", "身份证号", "出生年月", "手机号", "职责范围"],
        Kind.RECORDS: [*makers.FORM],
        Kind.REGIONS: ["代码", "名称"],
    }
    assert {kind: _found([head]).kind for kind, head in heads.items()} == {
        kind: kind for kind in heads
    }


def test_explanations_have_no_header() -> None:
    """填表说明 is prose."""
    rows: list[list[Cell]] = [
        ["填表说明"],
        ["1. 姓名：填写儿童姓名。"],
        ["2. 身份证号：填写 18 位。"],
    ]
    assert find_header(rows, vocabulary=BUILT_IN) is None


def test_a_header_far_below_is_not_looked_for() -> None:
    """It begins in the first fifteen rows."""
    blank: list[list[Cell]] = [[]]
    assert find_header(blank * 15 + [["姓名", "性别"]], vocabulary=BUILT_IN) is None
    assert find_header(blank * 14 + [["姓名", "性别"]], vocabulary=BUILT_IN) is not None


def test_a_hint_in_brackets_is_not_part_of_the_word() -> None:
    """性别（男/女） is 性别; 村（居） is a word of its own."""
    header = _found([["姓名（必填）", "性别（男/女）", "村（居）", "风险等级（红黄绿）"]])
    assert _fields(header) == {0: "name", 1: "sex", 2: "village", 3: "level"}


def test_who_filled_it_in_is_no_column() -> None:
    """填报日期： above a header belongs to the sheet, not to its lines."""
    rows: list[list[Cell]] = [
        ["填报单位：", "", "", "填报日期："],
        ["姓名", "性别", "村", ""],
        ["张测试", "男", "青山", ""],
    ]
    header = _found(rows)
    assert (header.top, header.below) == (1, 2)
    assert _fields(header) == {0: "name", 1: "sex", 2: "village"}


def test_a_title_decides_where_columns_do_not() -> None:
    """The same four columns are directors under 儿童主任花名册 and children elsewhere."""
    head: list[Cell] = ["乡镇", "村", "姓名", "联系电话"]
    assert _found([["清河镇儿童主任花名册"], head]).kind is Kind.PERSONS
    for title in ("清河镇流动儿童花名册", "困境儿童包保责任人登记表"):
        assert _found([[title], head]).kind is Kind.CHILDREN
    forced = find_header([head], vocabulary=BUILT_IN, kinds=[Kind.PERSONS])
    assert forced is not None
    assert forced.kind is Kind.PERSONS
