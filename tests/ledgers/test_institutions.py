"""A list of institutions goes in once, names stay sealed, and each is found again."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from ledgers.database import Database
from ledgers.declared import DeclaredField
from ledgers.entries import ids_by_number, open_secret, roster
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.imports import INSTITUTIONS, Count, ImportReport
from ledgers.quarantined import export_quarantine
from ledgers.reading.dates import read_last_day
from ledgers.reading.reader import read
from ledgers.reading.vocabulary import BUILT_IN, Kind
from ledgers.regions import Region, add_regions
from ledgers.tables import entries, entry_changes, entry_fields, quarantine, records, touched
from tests.ledgers.samples import TODAY, VAULT, bring_in, child, context, file_of

HEADINGS = ["序号", "机构名称", "机构类型", "所属区划", "地址", "负责人", "电话", "证照有效期"]
HOME = [
    "1",
    "演示县儿童福利院",
    "福利院",
    None,
    "演示路1号",
    "赵示例",
    "0999-8400001",
    "2027-06-30",
]
SHELTER = ["2", "柳河未成年人救助保护站", "未保站", "柳河镇", None, None, None, "长期"]
REGIONS = [Region("990101", "演示县"), Region("990101001", "柳河镇")]
CODE = "52990101MJ0000001X"

Cells = list[str | None]


def saved(path: Path, rows: list[Cells], headings: list[str] | None = None) -> Path:
    """Write a list of institutions as a county would."""
    with path.open("wb") as stream:
        write_workbook(stream, [SheetPlan("机构", headings or HEADINGS, rows)])
    return path


@pytest.fixture
def county(database: Database) -> Database:
    """Answer a ledger that knows its divisions."""
    with database.writing() as connection:
        add_regions(connection, REGIONS)
    return database


def taken(database: Database, path: Path, *, force: bool = False) -> ImportReport:
    """Read and import one file."""
    return bring_in(database, read(path), force=force)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Answer how many are new, changed, unchanged and set apart."""
    new, changed, same = (
        Count.INSTITUTIONS,
        Count.INSTITUTIONS_CHANGED,
        Count.INSTITUTIONS_UNCHANGED,
    )
    return tuple(report.counts[count] for count in (new, changed, same, Count.QUARANTINED))  # type: ignore[return-value]


def test_a_list_is_known_by_its_columns_and_numbered(county: Database, tmp_path: Path) -> None:
    """One of the county itself, one of a township; who runs it and where is sealed."""
    report = taken(county, saved(tmp_path / "机构.xlsx", [HOME, SHELTER]))
    assert counts(report) == (2, 0, 0, 0)
    assert report.counts[Count.NEW] == 0
    with county.reading() as connection:
        rows = connection.execute(select(entries).order_by(entries.c.lives_in)).mappings().all()
        until = connection.execute(select(entry_fields.c.field, entry_fields.c.on_date)).one()
    home, shelter = rows
    assert (home["number"], home["lives_in"], home["category"]) == (
        "演示县机构-01",
        "990101",
        "儿童福利机构",
    )
    assert (shelter["number"], shelter["category"]) == ("柳河机构-01", "未成年人救助保护机构")
    assert {row["ledger"] for row in rows} == {INSTITUTIONS}
    assert open_secret(VAULT, home["id"], "sealed_name", home["sealed_name"]) == HOME[1]
    assert "赵示例" in (
        open_secret(VAULT, home["id"], "sealed_extras", home["sealed_extras"]) or ""
    )
    assert tuple(until) == ("permit_until", date(2027, 6, 30))


def test_the_second_import_changes_nothing(county: Database, tmp_path: Path) -> None:
    """Neither an entry, nor its history, nor what is to be looked at again."""
    path = saved(tmp_path / "机构.xlsx", [HOME, SHELTER])
    taken(county, path)
    tables = (entries, entry_fields, entry_changes, touched, quarantine)
    with county.reading() as connection:
        before = [connection.scalar(select(func.count()).select_from(t)) for t in tables]
    report = taken(county, path)
    assert report.changed_nothing
    assert counts(report) == (0, 0, 2, 0)
    with county.reading() as connection:
        assert before == [connection.scalar(select(func.count()).select_from(t)) for t in tables]


def test_a_renewed_permit_is_a_change_of_the_same_institution(
    county: Database, tmp_path: Path
) -> None:
    """Found by name and division; of the permit both days are kept."""
    taken(county, saved(tmp_path / "机构.xlsx", [HOME, SHELTER]))
    renewed = [*HOME[:-1], "2027-07-01至2032-06-30"]
    assert counts(taken(county, saved(tmp_path / "机构.xlsx", [renewed]))) == (0, 1, 0, 0)
    with county.reading() as connection:
        change = connection.execute(select(entry_changes)).one()
    assert (change.field, change.old_plain, change.new_plain) == (
        "permit_until",
        "2027-06-30",
        "2032-06-30",
    )


@pytest.mark.parametrize(
    ("heading", "value"), [("机构编号", "演示县机构-01"), ("统一社会信用代码", CODE)]
)
def test_a_new_name_is_seen_by_number_or_code(
    county: Database, tmp_path: Path, heading: str, value: str
) -> None:
    """An institution that changes its name stays itself."""
    headings = [*HEADINGS, "统一社会信用代码"]
    taken(county, saved(tmp_path / "机构.xlsx", [[*HOME, CODE]], headings))
    renamed: Cells = [value, "演示县儿童福利中心", "福利院"]
    path = saved(tmp_path / "新名.xlsx", [renamed], [heading, "机构名称", "机构类型"])
    assert counts(taken(county, path)) == (0, 1, 0, 0)
    with county.reading() as connection:
        row = connection.execute(select(entries)).mappings().one()
    assert open_secret(VAULT, row["id"], "sealed_name", row["sealed_name"]) == "演示县儿童福利中心"
    assert row["number"] == "演示县机构-01"


def test_what_nobody_can_tell_apart_is_set_apart(county: Database, tmp_path: Path) -> None:
    """The same line twice, an unknown number, an unknown place: each with sheet, row and reason."""
    headings = ["机构编号", *HEADINGS[1:]]
    lines: list[Cells] = [
        [None, *HOME[1:]],
        [None, *HOME[1:]],
        ["柳河机构-07", "无此机构", "福利院", "柳河镇", None, None, None, None],
        [None, "何处机构", "福利院", "不知处", None, None, None, None],
        [None, "坏日期机构", "福利院", "柳河镇", None, None, None, "27.6.30"],
    ]
    report = taken(county, saved(tmp_path / "机构.xlsx", lines, headings))
    assert counts(report) == (1, 0, 0, 4)
    found = {(p.place.row, p.place.column, p.code) for p in report.problems}
    assert found >= {
        (3, None, "duplicate-in-file"),
        (4, None, "number-unknown"),
        (5, None, "town-unknown"),
        (6, "证照有效期", "date-two-digit-year"),
    }
    assert "机构" not in repr([p.value for p in report.problems])


def test_two_of_one_name_in_one_place_are_a_question(county: Database, tmp_path: Path) -> None:
    """Two known ones fit a line that names only the county: it is set apart."""
    two = [["甲机构", "儿童之家", "柳河镇"], ["乙机构", "儿童之家", "柳河镇"]]
    headings = ["机构名称", "机构类型", "所属区划"]
    taken(county, saved(tmp_path / "机构.xlsx", [list(one) for one in two], headings))
    numbered: list[Cells] = [["柳河机构-02", "甲机构", "儿童之家"]]
    taken(
        county,
        saved(tmp_path / "改名.xlsx", numbered, ["机构编号", "机构名称", "机构类型"]),
        force=True,
    )
    report = taken(county, saved(tmp_path / "机构.xlsx", [list(two[0])], headings))
    assert counts(report)[3] == 1
    assert "several-entries" in {problem.code for problem in report.problems}


def test_what_was_bad_comes_back_good(county: Database, tmp_path: Path) -> None:
    """The mending workbook has its own sheet of institutions and is known by its columns."""
    bad = [*SHELTER[:3], "不知处", *SHELTER[4:]]
    taken(county, saved(tmp_path / "机构.xlsx", [bad]))
    path = tmp_path / "待更正.xlsx"
    with path.open("wb") as stream, county.reading() as connection:
        export_quarantine(connection, VAULT, stream)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["机构台账"]
    headings, row = book.get_sheet_by_index(0).to_python()
    cells = [str(cell).replace("不知处", "柳河镇") for cell in row]
    report = taken(county, saved(path, [list(cells)], [str(heading) for heading in headings]))
    assert counts(report) == (1, 0, 0, 0)
    with county.reading() as connection:
        assert (
            connection.scalar(select(quarantine.c.id).where(quarantine.c.mended_at.is_(None)))
            is None
        )


def test_names_are_public_only_if_the_site_says_so(county: Database, tmp_path: Path) -> None:
    """Then an institution is called by its name, but never by one that labels children."""
    told = context()
    open_names = replace(told, settings=replace(told.settings, names_institutions=True))
    labelling: Cells = ["3", "柳河困境儿童之家", "儿童之家", "柳河镇", None, None, None, None]
    bring_in(county, read(saved(tmp_path / "机构.xlsx", [HOME, SHELTER, labelling])), open_names)
    with county.reading() as connection:
        numbers = set(connection.scalars(select(entries.c.number)))
    assert numbers == {"演示县儿童福利院", "柳河未成年人救助保护站", "柳河机构-01"}


def test_a_child_and_an_institution_never_share_a_number(county: Database, tmp_path: Path) -> None:
    """Both are found by what they are called, and the roster names both."""
    bring_in(county, file_of(child(3, "张示例", village=None)))
    taken(county, saved(tmp_path / "机构.xlsx", [SHELTER]))
    with county.reading() as connection:
        assert len(ids_by_number(connection, ["柳河-01", "柳河机构-01"])) == 2
        lines = roster(connection, VAULT, ["990101001"], ledger=INSTITUTIONS)
    assert [(line.number, line.name) for line in lines] == [("柳河机构-01", SHELTER[1])]


def test_the_last_inspection_becomes_a_record_and_a_sheet_of_acts_too(
    county: Database, tmp_path: Path
) -> None:
    """最近检查日期 in the list, and a line with the institution's number."""
    headings = ["机构名称", "机构类型", "所属区划", "最近检查日期"]
    path = saved(tmp_path / "机构.xlsx", [["甲机构", "福利院", "柳河镇", "2026-11-02"]], headings)
    report = taken(county, path)
    assert "kind-not-configured" in {problem.code for problem in report.problems}
    acts: list[Cells] = [["柳河机构-01", "联系", "2026-11-20"]]
    report = taken(county, saved(tmp_path / "记录.xlsx", acts, ["编号", "事项", "办理日期"]))
    assert report.counts[Count.RECORDS] == 1
    with county.reading() as connection:
        assert connection.scalar(select(records.c.happened_on)) == date(2026, 11, 20)


def test_what_a_sheet_holds_can_be_said(county: Database, tmp_path: Path) -> None:
    """A plain 名称 could be a division's; `--ledger institutions` says what it is."""
    path = saved(
        tmp_path / "名单.xlsx", [["甲机构", "柳河镇", "0999-8400002"]], ["名称", "乡镇", "电话"]
    )
    report = bring_in(county, read(path, kind=Kind.INSTITUTIONS))
    assert counts(report) == (1, 0, 0, 0)


def test_a_site_may_add_fields_of_its_own(county: Database, tmp_path: Path) -> None:
    """Declared for institutions, they are no columns of children; plain ones can be asked for."""
    beds = DeclaredField("beds", "number", "plain")
    told = context()
    told = replace(told, settings=replace(told.settings, fields={INSTITUTIONS: {"beds": beds}}))
    words = BUILT_IN.extended({}, extras={"beds": ["床位数"]}, kind=Kind.INSTITUTIONS)
    path = saved(
        tmp_path / "机构.xlsx", [["甲机构", "福利院", "柳河镇", "40"]], [*HEADINGS[1:4], "床位数"]
    )
    assert counts(bring_in(county, read(path, vocabulary=words), told)) == (1, 0, 0, 0)
    with county.reading() as connection:
        kept = connection.execute(select(entry_fields.c.field, entry_fields.c.number)).one()
    assert tuple(kept) == ("beds", 40)
    assert words.field_for(Kind.CHILDREN, ["床位数"]) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-01-01至2029-01-01", date(2029, 1, 1)),
        ("2024年1月1日-2028年12月31日", date(2028, 12, 31)),
        ("2024.1.1—2027.6", date(2027, 6, 1)),
        ("2024-01-01-2029-01-01", date(2029, 1, 1)),
        ("2027年6月30日止", date(2027, 6, 30)),
        ("长期", None),
        ("2020年1月1日至长期", None),
    ],
)
def test_of_a_span_its_end_counts(cell: str, day: date | None) -> None:
    """So permits are written; what has no end is no date."""
    reading = read_last_day(cell)
    assert reading.problem is None
    assert (reading.value.day if reading.value else None) == day


def test_a_closed_institution_leaves_the_ledger(county: Database, tmp_path: Path) -> None:
    """What was owed of it ends with the next pass; nobody is missed who is not in the list."""
    headings = [*HEADINGS[1:4], "状态"]
    both: list[Cells] = [["甲机构", "福利院", "柳河镇", "运营"], ["乙机构", "福利院", "柳河镇", ""]]
    taken(county, saved(tmp_path / "机构.xlsx", both, headings))
    shut: list[Cells] = [["甲机构", "福利院", "柳河镇", "停办"]]
    report = taken(county, saved(tmp_path / "机构.xlsx", shut, headings))
    assert report.missing == ()
    with county.reading() as connection:
        query = select(entries.c.status, entries.c.left_on).order_by(entries.c.number)
        assert [tuple(row) for row in connection.execute(query)] == [
            ("closed", TODAY),
            ("active", None),
        ]
