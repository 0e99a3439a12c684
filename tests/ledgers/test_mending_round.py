"""From a workbook with a bad row, through the mending workbook, to a ledger without questions."""

from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ledgers.database import Database
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.imports import Count, ImportReport
from ledgers.leftovers import count_waiting
from ledgers.quarantined import export_quarantine
from ledgers.reading.reader import read
from ledgers.tables import entries
from tests.ledgers.samples import VAULT, bring_in

HEADINGS = ["姓名", "身份证号", "出生日期", "乡镇", "村", "最近走访日期"]
GOOD = ["张示例", None, "2016.5.4", "柳河镇", "青山村", "2026-10"]
BAD = ["李示例", None, "18.1.2", "柳河镇", "柳沟", None]  # which year is meant?
PLACELESS = ["王示例", None, "2018-01-02", None, "白石村", None]


def saved(path: Path, rows: list[list[str | None]]) -> Path:
    """Write a ledger as a county would."""
    with path.open("wb") as stream:
        write_workbook(stream, [SheetPlan("台账", HEADINGS, rows)])
    return path


def taken(database: Database, path: Path) -> ImportReport:
    """Read and import one file."""
    return bring_in(database, read(path))


def mended(database: Database, path: Path) -> Path:
    """Answer the mending workbook with what was asked for filled in."""
    with path.open("wb") as stream, database.reading() as connection:
        export_quarantine(connection, VAULT, stream)
    headings, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    right = {"李示例": ("出生日期", "2018-01-02"), "王示例": ("乡镇", "柳河镇")}
    columns = [str(heading) for heading in headings]
    if "乡镇" not in columns:
        columns.append("乡镇")
    lines: list[list[str | None]] = []
    for row in rows:
        cells = dict(zip(columns, [str(value) for value in row], strict=False))
        column, value = right[cells["姓名"]]
        cells[column] = value
        lines.append([cells.get(name) for name in columns])
    with path.open("wb") as stream:
        write_workbook(stream, [SheetPlan("台账", columns, lines)])
    return path


def test_what_was_bad_comes_back_good(database: Database, tmp_path: Path) -> None:
    """The good row is in at once, the others after they were mended, and nothing waits any more."""
    first = taken(database, saved(tmp_path / "台账.xlsx", [GOOD, BAD, PLACELESS]))
    assert (first.counts[Count.NEW], first.counts[Count.QUARANTINED]) == (1, 2)
    second = taken(database, mended(database, tmp_path / "待更正.xlsx"))
    assert second.counts[Count.NEW] == 2
    assert second.missing == ()
    with database.reading() as connection:
        assert count_waiting(connection) == {}
        numbers = set(connection.scalars(select(entries.c.number)))
    assert numbers == {"青山-01", "柳沟-01", "白石-01"}


def test_the_same_workbook_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    """Read twice, imported twice, written once."""
    path = saved(tmp_path / "台账.xlsx", [GOOD, BAD])
    taken(database, path)
    assert taken(database, path).changed_nothing
