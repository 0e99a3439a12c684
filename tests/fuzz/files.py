"""Files of any bytes handed to commands: what a command refuses leaves the database as it was."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import xlsxwriter
from hypothesis import strategies as st

from config.settings import DEFAULT_NAMES
from tests.fuzz.county import County
from tests.fuzz.imports import Shelves
from tests.fuzz.sheets import Sheet, sheets
from tests.fuzz.standing import changed, faults_of, picture_of
from tests.service.commands.desk import Desk

_HANDED_IN = {"import": (), "calendar": ("import",), "restore": ("--replace",)}
_NOTED = ("imports",)
_NOTICE = '{"year": 2027, "papers": [], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}'
_LIST = (
    "日历,年度,行政区划代码,开始日期,结束日期,依据\n学期,2027,990101,2027-03-01,2027-07-01,演示\n"
)
_REFUSED = {1, 2}


@dataclass(frozen=True, slots=True)
class File:
    """A file for a command: a sheet, a list of days or a backup, in which some bytes are others.

    `backup`: made here, by the site itself, before bytes are changed.
    """

    command: str
    suffix: str
    sheet: Sheet
    flips: tuple[tuple[int, int], ...]
    length: int | None

    def write(self, county: County) -> Path:
        """Write it."""
        path = county.folder / f"in{self.suffix}"
        path.write_bytes(_torn(self._whole(county), self.flips, self.length))
        return path

    def _whole(self, county: County) -> bytes:
        if self.command == "restore":
            return _backup(county.prepared)
        if self.command == "calendar":
            return (_NOTICE if self.suffix == ".json" else _LIST).encode()
        return self.sheet.as_csv() if self.suffix == ".csv" else _workbook(county, self.sheet)


def _torn(whole: bytes, flips: tuple[tuple[int, int], ...], length: int | None) -> bytes:
    torn = bytearray(whole)
    for at, byte in flips:
        torn[at % len(torn)] = byte
    return bytes(torn[:length])


def _workbook(county: County, sheet: Sheet) -> bytes:
    path = county.folder / "made.xlsx"
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True, "strings_to_urls": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(sheet.rows):
            page.write_row(number, 0, row)
    return path.read_bytes()


@cache
def _backup(prepared: Path) -> bytes:
    path = prepared / "all.backup"
    if not path.exists():
        config = str(prepared / DEFAULT_NAMES[0])
        Desk(prepared).done("--config", config, "backup", str(path))
    return path.read_bytes()


_FORMS = (
    *(("import", ".csv"), ("import", ".csv"), ("import", ".xlsx"), ("import", ".xlsx")),
    *(("calendar", ".json"), ("calendar", ".csv"), ("restore", ".backup")),
)


@st.composite
def files(draw: st.DrawFn) -> File:
    """Draw a file: half of them as whole as their maker wrote them."""
    command, suffix = draw(st.sampled_from(_FORMS))
    is_whole = draw(st.booleans())
    flip = st.tuples(st.integers(0, 1 << 20), st.integers(0, 255))
    return File(
        command,
        suffix,
        draw(sheets(texts_only=suffix == ".csv")),
        () if is_whole else tuple(draw(st.lists(flip, min_size=1, max_size=3))),
        None if is_whole else draw(st.none() | st.integers(0, 2000)),
    )


def is_taken_or_leaves_no_trace(county: County, file: File) -> None:
    """Hand a file to its command, twice: refused, nothing is written; taken, only once."""
    county.put_back()
    words = (file.command, *_HANDED_IN[file.command], str(file.write(county)))
    with county.open() as site:
        before, shelves = picture_of(site.database), Shelves.of(site.database)
    done = county.run("--json", *words)
    assert "Traceback" not in done.err
    assert "incident" not in done.err
    with county.open() as site:
        after = picture_of(site.database)
        if done.code in _REFUSED:
            assert changed(before, after) == []
            return
        assert faults_of(site.database) == []
        if file.command == "import":
            (report,) = done.json["files"]
            Shelves.of(site.database).follow(shelves, report["counts"])
    if file.command == "restore":
        return
    county.run(*words)
    with county.open() as site:
        assert changed(after, picture_of(site.database), but=_NOTED) == []
