"""A workbook with every defect that county ledgers show: what is good comes in, the rest has a place."""

from datetime import date
from pathlib import Path

import pytest

from ledgers.errors import NothingRecognised
from ledgers.problems import ProblemCode
from ledgers.reading.counties import known_counties
from ledgers.reading.reader import read
from ledgers.reading.vocabulary import BUILT_IN, Kind
from ledgers.rows import (
    ChildRow,
    FileRows,
    LedgerDate,
    PersonRow,
    Place,
    Problem,
    RecordRow,
    RegionRow,
    Severity,
    SheetRows,
)
from tests.ledgers.reading import makers

_COUNTIES = known_counties() | {"139901", "529901", "419901", "339901", "139902"}
_NAME = "清河镇台账.xlsx"
_SHEET = "青山柳沟"

_TITLES: makers.Rows = [
    ["演示县清河镇流动儿童重点关爱服务对象信息台账"],
    ["填报单位（盖章）：清河镇人民政府", None, None, None, None, None, "填报日期：2026年3月"],
    ["序号", "村（社区）", "姓 名", "身份证\n号码", "出生\n年月", "儿童类别", "关爱情形", "家庭情况", None, None, None, "最近走访\n时间", "兴趣爱好"],
    [None, None, None, None, None, None, None, "父亲", None, "监护人", None, None, None],
    [None, None, None, None, None, None, None, "姓名", "联系电话", "姓名", "联系电话", None, None],
]  # fmt: skip
_LINES: makers.Rows = [
    [1, "青山村", "张测试", "139901201202290012", "2012.2", "孤儿", "监护缺失、流浪", "张甲", "15400000009", "李测试", "154 0000 0001（外婆）", "2026年3月5日", "画画"],
    [2, None, "张 试验", "52990120140315002 7", "2014年3月15日", "事实无人抚养", "√", None, None, "李试验", "15400000002/15400000003", "—", None],
    [3, None, "王测试", "41990120090901003x", "２００９年９月１日", "其他", "流浪", None, None, "无", "无", 46086, None],
    [None, None, None, None, None, None, None, None, None, None, None, None, None],
    [None, "小计", 3, None, None, None, None, None, None, None, None, None, None],
    [4, "柳沟村", "赵测试", 3.3990120161231e17, "2016.12.31", "孤儿", None, None, None, None, None, None, None],
    [5, None, "钱测试", "339901201612310045", "2016.12.31", "孤儿", None, None, None, None, None, None, None],
    [6, None, "孙测试", "139902201106070059", "2011.6.8", "孤儿", None, None, None, None, None, "2026.2.30", None],
    [7, None, "周测试", None, "11.6.8", "孤儿", None, None, None, None, "1.54E+10", None, None],
    [8, None, "吴测试", None, "3月5日", None, None, None, None, None, None, None, None],
    [9, None, None, None, "2015.3.5", "孤儿", None, None, None, None, None, None, None],
    [10, None, "郑测试", "110105201503050013", "二〇一五年三月五日", None, None, None, None, None, None, None, None],
    ["合计", None, 10, None, None, None, None, None, None, None, None, None, None],
    ["注：本表一式两份", None, None, None, None, None, None, None, None, None, None, None, None],
    ["单位负责人：", None, "复核人：", None, "填表人：某某", None, "联系电话：15400000000", None, None, None, None, None, None],
]  # fmt: skip
_MERGED = [
    "A1:M1",
    *(f"{column}3:{column}5" for column in "ABCDEFGLM"),
    "H3:K3",
    "H4:I4",
    "J4:K4",
    "B6:B8",
    "B11:B17",
]


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> FileRows:
    """Read the workbook once."""
    path = makers.save_xlsx(
        tmp_path_factory.mktemp("messy") / _NAME,
        {
            "填表说明": [["填表说明"], ["1. 姓名按户口簿填写。"]],
            _SHEET: [*_TITLES, *_LINES],
            "字典": [["姓名", "性别"], ["张测试", "男"]],
            "儿童主任": [
                ["姓名", "类型", "手机号", "邮箱", "所属乡镇", "职责范围", "任职时间"],
                ["王主任", "儿童主任", 15400000011.0, "/", "清河镇", "青山、柳沟", "2024年3月"],
                [None, "儿童督导员", "15400000012", "a@example.invalid", "清河镇", None, None],
                ["刘督导", "儿童督导员", "0851-85550000", "不会用", "清河镇", None, None],
            ],
            "区划": [
                ["行政区划代码", "名称", "上级"],
                ["990101001", "清河镇", "990101"],
                ["99010100", "错镇", ""],
                ["", "无码镇", ""],
            ],
        },
        merged=[(_SHEET, cells) for cells in _MERGED],
        hidden=["字典"],
    )
    return read(path, county_codes=_COUNTIES)


def _sheet(rows: FileRows, name: str) -> SheetRows:
    return next(sheet for sheet in rows.sheets if sheet.sheet == name)


def _children(rows: FileRows) -> dict[str, ChildRow]:
    found = [row for row in _sheet(rows, _SHEET).rows if isinstance(row, ChildRow)]
    return {str(row.name): row for row in found}


def _problems(rows: FileRows, line: int, sheet: str = _SHEET) -> dict[ProblemCode, Problem]:
    return {
        ProblemCode(problem.code): problem
        for problem in _sheet(rows, sheet).problems
        if problem.place.row == line
    }


def test_every_sheet_is_known_for_what_it_is(messy: FileRows) -> None:
    """Explanations and hidden lists are skipped by name."""
    assert [(sheet.sheet, sheet.kind) for sheet in messy.sheets] == [
        (_SHEET, "children"),
        ("儿童主任", "persons"),
        ("区划", "regions"),
    ]
    assert messy.skipped == ("填表说明", "字典")
    assert len(messy.digest) == 64


def test_good_lines_come_in_and_refused_ones_do_not(messy: FileRows) -> None:
    """Totals, notes and signatures are neither."""
    assert list(_children(messy)) == ["张测试", "张试验", "王测试", "钱测试", "郑测试"]
    refused = {
        problem.place.row
        for problem in _sheet(messy, _SHEET).problems
        if problem.severity is Severity.REFUSED
    }
    assert refused == {11, 13, 14, 15, 16}


def test_a_line_is_read_whole(messy: FileRows) -> None:
    """The guardian's name and phone are kept, the father's are not."""
    assert _children(messy)["张测试"] == ChildRow(
        place=Place(_NAME, _SHEET, 6),
        name="张测试",
        id_no="139901201202290012",
        sex="male",
        born=LedgerDate(date(2012, 2, 29)),
        village="青山村",
        category="孤儿",
        triggers=("监护缺失", "流浪"),
        guardian="李测试",
        phone="15400000001",
        last_visit=LedgerDate(date(2026, 3, 5)),
    )


def test_a_refused_line_keeps_what_it_said_to_be_mended(messy: FileRows) -> None:
    """Under headings that reading knows, dates as dates, with the village of its merged cell."""
    texts = _sheet(messy, _SHEET).refused_texts
    assert set(texts) == {11, 13, 14, 15, 16}
    assert texts[13] == {
        "村": "柳沟村",
        "姓名": "孙测试",
        "身份证号": "139902201106070059",
        "出生日期": "2011-06-08",
        "儿童类别": "孤儿",
        "最近走访日期": "2026.2.30",
    }


def test_a_mended_row_is_known_when_it_comes_back(tmp_path: Path) -> None:
    """The hidden column of the mending workbook travels as an extra."""
    lines = [["姓名", "性别", "隔离编号"], ["张测试", "男", "Q-1"]]
    (row,) = read(makers.save_csv(tmp_path / "a.csv", lines)).sheets[0].rows
    assert isinstance(row, ChildRow)
    assert row.extras == {"quarantine": "Q-1"}


def test_merged_villages_hold_for_every_line_beside_them(messy: FileRows) -> None:
    """Also after a blank line and a subtotal."""
    villages = {name: row.village for name, row in _children(messy).items()}
    assert villages == {
        "张测试": "青山村",
        "张试验": "青山村",
        "王测试": "青山村",
        "钱测试": "柳沟村",
        "郑测试": "柳沟村",
    }


def test_serials_and_full_width_digits_are_dates(messy: FileRows) -> None:
    """46086 is 5 March 2026."""
    child = _children(messy)["王测试"]
    assert child.last_visit == LedgerDate(date(2026, 3, 5))
    assert child.born == LedgerDate(date(2009, 9, 1))
    assert child.phone is child.guardian is None


@pytest.mark.parametrize(
    ("line", "column", "code", "severity"),
    [
        (5, "兴趣爱好", ProblemCode.COLUMN_UNKNOWN, Severity.WARNING),
        (7, "关爱情形", ProblemCode.WORD_UNKNOWN, Severity.WARNING),
        (7, "监护人 > 联系电话", ProblemCode.PHONE_TWO_NUMBERS, Severity.WARNING),
        (11, "身份证号码", ProblemCode.ID_DAMAGED, Severity.REFUSED),
        (12, "身份证号码", ProblemCode.ID_CHECKSUM, Severity.WARNING),
        (13, "身份证号码", ProblemCode.ID_BIRTH_DIFFERS, Severity.WARNING),
        (13, "最近走访时间", ProblemCode.DATE_IMPOSSIBLE, Severity.REFUSED),
        (14, "出生年月", ProblemCode.DATE_TWO_DIGIT_YEAR, Severity.REFUSED),
        (14, "监护人 > 联系电话", ProblemCode.PHONE_DAMAGED, Severity.WARNING),
        (15, "出生年月", ProblemCode.DATE_WITHOUT_YEAR, Severity.REFUSED),
        (16, "姓名", ProblemCode.NAME_MISSING, Severity.REFUSED),
        (17, "身份证号码", ProblemCode.ID_CHECKSUM, Severity.WARNING),
    ],
)
def test_each_problem_has_its_exact_place(
    messy: FileRows, line: int, column: str, code: ProblemCode, severity: Severity
) -> None:
    """File, sheet, row as Excel shows it, and the words of the column."""
    problem = _problems(messy, line)[code]
    assert problem.place == Place(_NAME, _SHEET, line, column)
    assert problem.severity is severity


def test_a_problem_shows_no_personal_value(messy: FileRows) -> None:
    """A visit's date may be shown; a birth date, a phone or an ID only by its class."""
    assert _problems(messy, 13)[ProblemCode.DATE_IMPOSSIBLE].value == "2026.2.30"
    birth = _problems(messy, 14)[ProblemCode.DATE_TWO_DIGIT_YEAR]
    assert (birth.value, birth.value_class) == (None, "6 characters")
    damaged = _problems(messy, 11)[ProblemCode.ID_DAMAGED]
    assert (damaged.value, damaged.value_class) == (None, "number")


def test_directors_are_read_with_their_villages(messy: FileRows) -> None:
    """职责范围 makes a list; a landline and a sentence instead of an address are remarked."""
    persons = _sheet(messy, "儿童主任")
    assert persons.rows[0] == PersonRow(
        place=Place(_NAME, "儿童主任", 2),
        name="王主任",
        role="儿童主任",
        phone="15400000011",
        town="清河镇",
        villages=("青山", "柳沟"),
        held_from=LedgerDate(date(2024, 3, 1), month_only=True),
    )
    assert {(problem.place.row, problem.code) for problem in persons.problems} == {
        (3, ProblemCode.NAME_MISSING),
        (4, ProblemCode.PHONE_LANDLINE),
        (4, ProblemCode.EMAIL_MALFORMED),
    }


def test_divisions_need_code_and_name(messy: FileRows) -> None:
    """A code of another length, or none, is refused."""
    regions = _sheet(messy, "区划")
    assert regions.rows == (
        RegionRow(place=Place(_NAME, "区划", 2), code="990101001", name="清河镇", parent="990101"),
    )
    assert [(problem.place.row, problem.code) for problem in regions.problems] == [
        (3, ProblemCode.REGION_CODE_MALFORMED),
        (4, ProblemCode.REGION_CODE_MISSING),
    ]


_FORM_LINES: makers.Rows = [
    makers.FORM,
    ["青山村", "03", "走访", "2026-03-01", "2026.3.5", "入户", "已完成", "√", "是"],
    ["青山村", 5, "联系", "2026-03-01", date(2026, 3, 6), "电话", "未联系上", "", "×"],
    ["青山村", "青山-08", "走访", "2026-03-01", None, None, None, None, None],
    ["青山村", "09", "走访", "2026-03-01", None, "入户", "已完成", None, None],
    ["青山村", None, "走访", "2026-03-01", "2026.3.5", "飞鸽", None, None, None],
]


def test_a_filled_in_form_is_known_by_its_hidden_sheet(tmp_path: Path) -> None:
    """The form's id and its person's are not shown to anyone who fills it in."""
    hidden: makers.Rows = [["form", "F-1"], ["person", "P-1"]]
    path = makers.save_xlsx(
        tmp_path / "走访登记表.xlsx",
        {"登记": _FORM_LINES, "_shouwang": hidden},
        hidden=["_shouwang"],
    )
    rows = read(path)
    (sheet,) = rows.sheets
    assert (sheet.kind, sheet.form_id, rows.skipped) == ("records", "F-1", ())
    assert sheet.rows[0] == RecordRow(
        place=Place("走访登记表.xlsx", "登记", 2),
        number="03",
        village="青山村",
        kind="走访",
        happened=LedgerDate(date(2026, 3, 5)),
        method="home",
        result="done",
        seen_in_person=True,
        all_well=True,
        recorded_by="P-1",
    )


def test_a_form_without_its_hidden_sheet_is_known_by_its_headers(tmp_path: Path) -> None:
    """Blank lines are no problem; half-filled ones are."""
    (sheet,) = read(makers.save_csv(tmp_path / "a.csv", _FORM_LINES)).sheets
    rows = [row for row in sheet.rows if isinstance(row, RecordRow)]
    assert [(row.number, row.result, row.all_well) for row in rows] == [
        ("03", "done", True),
        ("05", "not-reached", False),
        ("青山-08", None, None),
    ]
    assert sheet.form_id is None
    assert [(problem.place.row, problem.code) for problem in sheet.problems] == [
        (5, ProblemCode.DATE_MISSING),
        (6, ProblemCode.WORD_UNKNOWN),
        (6, ProblemCode.NUMBER_MISSING),
    ]


def test_villages_are_filled_down_in_text_files_with_a_remark(tmp_path: Path) -> None:
    """Without merge marks it is an assumption, said once, and it ends where the town changes."""
    lines = [
        ["乡镇", "村", "姓名", "性别"],
        ["清河镇", "青山", "张测试", "男"],
        ["", "", "李测试", "女"],
        ["柳河镇", "", "王测试", "女"],
        ["", "石桥", "赵测试", "女"],
    ]
    (sheet,) = read(makers.save_csv(tmp_path / "a.csv", lines)).sheets
    rows = [row for row in sheet.rows if isinstance(row, ChildRow)]
    assert [(row.town, row.village) for row in rows] == [
        ("清河镇", "青山"),
        ("清河镇", "青山"),
        ("柳河镇", None),
        ("柳河镇", "石桥"),
    ]
    assert {problem.code for problem in sheet.problems} == {ProblemCode.FILLED_DOWN}
    assert len(sheet.problems) == 2


def test_a_sheet_may_be_a_village(tmp_path: Path) -> None:
    """One sheet a village is how some counties keep their ledger."""
    lines: makers.Rows = [["姓名", "性别"], ["张测试", "男"]]
    path = makers.save_xlsx(tmp_path / "a.xlsx", {"青山村": lines, "Sheet2": lines})
    rows = [row for sheet in read(path).sheets for row in sheet.rows]
    assert [row.village for row in rows if isinstance(row, ChildRow)] == ["青山村", None]


def test_a_sheet_may_be_a_town(tmp_path: Path) -> None:
    """One sheet a township tells two villages of one name apart."""
    lines: makers.Rows = [["姓名", "村"], ["张测试", "东庄"]]
    path = makers.save_xlsx(tmp_path / "a.xlsx", {"青河镇": lines, "柳林乡": lines})
    rows = [row for sheet in read(path).sheets for row in sheet.rows]
    towns = [row.town for row in rows if isinstance(row, ChildRow)]
    assert towns == ["青河镇", "柳林乡"]


def test_a_header_repeated_on_every_page_is_no_child(tmp_path: Path) -> None:
    """Sheets made for printing repeat it."""
    lines = [["姓名", "性别"], ["张测试", "男"], ["姓名", "性别"], ["李测试", "女"]]
    (sheet,) = read(makers.save_csv(tmp_path / "a.csv", lines)).sheets
    assert [row.place.row for row in sheet.rows] == [2, 4]


def test_only_named_extras_are_kept(tmp_path: Path) -> None:
    """What nobody asked for does not enter the ledger."""
    path = makers.save_csv(
        tmp_path / "a.csv", [["姓名", "性别", "鞋码", "爱好"], ["张测试", "男", "36", "画画"]]
    )
    own = BUILT_IN.extended({}, extras={"shoe": ["鞋码"]})
    (row,) = read(path, vocabulary=own).sheets[0].rows
    assert isinstance(row, ChildRow)
    assert row.extras == {"shoe": "36"}


def test_a_file_without_known_columns_is_refused(tmp_path: Path) -> None:
    """A budget is no ledger."""
    with pytest.raises(NothingRecognised):
        read(makers.save_csv(tmp_path / "a.csv", [["项目", "金额"], ["办公", "100"]]))


def test_a_list_of_directors_gives_them_their_title(tmp_path: Path) -> None:
    """Where no column says it, the sheet's title does; the file's name too for text."""
    lines = [["序号", "村", "姓名", "联系电话"], ["1", "青山", "王主任", "15400000011"]]
    titled: makers.Rows = [["清河镇儿童主任花名册"], *lines]
    for path in (
        makers.save_xlsx(tmp_path / "a.xlsx", {"Sheet1": titled}),
        makers.save_csv(tmp_path / "儿童主任名单.csv", lines),
    ):
        (row,) = read(path).sheets[0].rows
        assert isinstance(row, PersonRow)
        assert (row.name, row.role, row.village) == ("王主任", "儿童主任", "青山")


def test_the_kind_can_be_said(tmp_path: Path) -> None:
    """`--ledger persons` ends all doubt."""
    path = makers.save_csv(
        tmp_path / "a.csv", [["村", "姓名", "联系电话"], ["青山", "王主任", "15400000011"]]
    )
    assert read(path).sheets[0].kind == "children"
    assert read(path, kind=Kind.PERSONS).sheets[0].kind == "persons"


def test_examples_and_column_numbers_are_no_children(tmp_path: Path) -> None:
    """Forms to fill in often bring both."""
    lines = [
        ["序号", "姓名", "性别", "村"],
        ["1", "2", "3", "4"],
        ["例", "张三", "男", "青山"],
        ["1", "张测试", "男", "青山"],
        ["以下空白", "", "", ""],
    ]
    (sheet,) = read(makers.save_csv(tmp_path / "a.csv", lines)).sheets
    assert [row.place.row for row in sheet.rows] == [4]


def test_the_line_of_a_sample_workbook_is_no_child(tmp_path: Path) -> None:
    """It says itself that it is to be deleted; whoever forgets to has made nobody up."""
    lines = [["乡镇", "村", "姓名", "备注"], ["青河镇", "青山村", "（示例，请删除此行）", ""]]
    lines.append(["青河镇", "青山村", "张测试", "示例，请勿删除"])
    lines.append(["青河镇", "青山村", "李测试", ""])
    sheet = read(makers.save_csv(tmp_path / "a.csv", lines)).sheets[0]
    assert [(row.place.row, row.name) for row in sheet.rows] == [(4, "李测试")]  # type: ignore[union-attr]


def test_our_own_columns_of_rows_to_mend_cause_no_remark(tmp_path: Path) -> None:
    """What the mending workbook says beside a row is not a column that nobody knows."""
    lines = [["姓名", "岗位", "村", "问题", "原来的位置", "隔离编号"]]
    lines.append(["赵测试", "儿童主任", "青山村", "看不懂", "a · b · 3", "Q-1"])
    assert not read(makers.save_csv(tmp_path / "a.csv", lines)).sheets[0].problems
