"""Writes the sheets of an xlsx, xls or ods file as JSON lines. Runs in the child process."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ledgers.reading.containers import Refused
from ledgers.reading.formats import Positions, month_cells, uses_1904, xls_traits

_BATCH = 200
_MAX_SHEETS = 1_000  # a county with a sheet for each village has some hundreds
_MAX_MERGED = 100_000
_LONGEST_LINE = 16 << 20  # of a batch: honest cells have at most 32,767 characters


def write_sheets(source: BinaryIO, output: BinaryIO, *, kind: str, cells: int) -> None:
    """Write every worksheet of `source`, in order; refuse when they hold more than `cells`."""
    epoch, months = _traits(source, kind)
    source.seek(0)
    try:
        with CalamineWorkbook.from_filelike(source) as workbook:
            if len(workbook.sheets_metadata) > _MAX_SHEETS:
                raise Refused("size")
            for index, about in enumerate(workbook.sheets_metadata):
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_index(index)
                cells -= sheet.total_height * sheet.total_width
                if cells < 0:
                    raise Refused("size")
                hidden = about.visible != SheetVisibleEnum.Visible
                _write_line(output, _about(sheet, hidden=hidden, epoch=epoch))
                _write_rows(output, sheet, months.get(about.name, frozenset()))
    except PasswordError as error:
        raise Refused("password") from error
    except CalamineError as error:
        raise Refused("size" if "limit exceeded" in str(error) else "damaged") from error


def _traits(source: BinaryIO, kind: str) -> tuple[bool, dict[str, Positions]]:
    """Answer whether numbers count from 1904, and which cells show a month only."""
    if kind == "xlsx":
        return uses_1904(source), month_cells(source)
    if kind == "ods":
        return False, {}
    epoch, encrypted = xls_traits(source)
    if encrypted:
        raise Refused("password")
    return epoch, {}


def _about(sheet: CalamineSheet, *, hidden: bool, epoch: bool) -> dict[str, Any]:
    merged = sheet.merged_cell_ranges
    return {
        "sheet": sheet.name,
        "hidden": hidden,
        "epoch_1904": epoch,
        "merged": None if merged is None else merged[:_MAX_MERGED],
    }


def _write_rows(output: BinaryIO, sheet: CalamineSheet, months: Positions) -> None:
    if sheet.start is None:
        return
    blanks = [""] * sheet.start[1]  # iter_rows pads above the data, but not to the left of it
    batch: list[list[Any]] = []
    for number, row in enumerate(sheet.iter_rows()):
        while row and row[-1] == "":
            row.pop()
        cells: list[Any] = [*blanks, *row] if row else row
        if months:
            cells = [
                {"m": _plain(cell)} if (number, column) in months else cell
                for column, cell in enumerate(cells)
            ]
        batch.append(cells)
        if len(batch) == _BATCH:
            _write_line(output, {"rows": batch})
            batch = []
    _write_line(output, {"rows": batch})


def _write_line(output: BinaryIO, value: dict[str, Iterable[Any] | Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_encode)
    if len(text) > _LONGEST_LINE:
        raise Refused("size")
    output.write(text.encode("utf-8", "replace") + b"\n")


def _encode(cell: object) -> dict[str, str] | str:
    if isinstance(cell, date):
        return {"d": str(_plain(cell))}
    return str(cell)  # times and durations: no field of ours holds one


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell
