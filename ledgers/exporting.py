"""Workbooks a clerk can print and fill in: written row by row, with nothing in them that runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from config.lean import dataclass

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


Cell = str | int | float | date | None
"""Texts are written as texts and dates as `2027-06-03`; nothing becomes a formula or a link."""

GUARD = "'"
"""Put before a text that a spreadsheet could take for a formula; reading takes it off again."""

_LONGEST = 32_767  # characters Excel keeps in one cell
_MEASURED = 60  # rows that say how wide a column is
_NARROWEST, _WIDEST = 8.0, 42.0
_CROWDED = 16  # columns: with more of them headings stand in three lines, or print gets too small
_CROWDED_LINES, _CROWDED_HEIGHT = 3, 52
_BY_HAND = 24  # points: a row with cells to fill in has room for a pen
_SPARE_ROWS = 200  # below the last row a drop-down still works for lines added by hand
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FONT = "宋体"
_TITLE_FONT = "黑体"


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet to write. Columns count from 0.

    `widths` are in characters (a Chinese one counts two); missing ones follow the heading and what
    stands in the first rows. With
    `protected`, only the columns in `fill_in` can be written in. `choices` puts drop-down lists on
    columns. `hidden` columns and a `hidden_sheet` travel with the file unseen (ids, a form's id).
    `note` stands under the title and is printed (what to do, by when).
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Mapping[int, float] = field(default_factory=dict)
    heading: str | None = None
    note: str | None = None
    hidden: frozenset[int] = frozenset()
    hidden_sheet: bool = False
    fill_in: frozenset[int] = frozenset()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    protected: bool = False
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class _Looks:
    title: "Format"
    note: "Format"
    heading: "Format"
    cell: "Format"
    open_cell: "Format"


def write_workbook(
    stream: BinaryIO,
    sheets: Sequence[SheetPlan],
    *,
    properties: Mapping[str, str] | None = None,
    created: datetime | None = None,
    is_small: bool = False,
) -> int:
    """Write the sheets in order and answer how many rows went out, headings not counted.

    `rows` are consumed one by one, so memory stays flat, through temporary files that go again;
    what `is_small`, or names somebody, is written in memory and leaves no trace. `properties` are
    kept in the file's custom document properties. With `created` (aware) the same sheets make the same bytes;
    without, the file carries the moment it was written.
    """
    options = {
        "in_memory" if is_small else "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    written = 0
    import xlsxwriter  # loaded with the first workbook: the idle daemon stays small

    with xlsxwriter.Workbook(stream, options) as workbook:
        if created is not None:
            workbook.set_properties({"created": created.astimezone(UTC)})
        looks = _looks(workbook)
        for name, value in (properties or {}).items():
            workbook.set_custom_property(name, value, "text")
        taken: set[str] = set()
        for plan in sheets:
            written += _write_sheet(workbook, plan, looks, name=_sheet_name(plan.title, taken))
    return written


def safe_text(value: str) -> str:
    """Answer a text that no spreadsheet takes for a formula, not even after saving it as CSV."""
    text = value[: _LONGEST - 1]
    return GUARD + text if text.startswith(_DANGEROUS) else text


def _looks(workbook: "Workbook") -> _Looks:
    base = {"font_name": _FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True}
    cell = {**base, "border": 1, "num_format": "@"}
    return _Looks(
        title=workbook.add_format(
            {**base, "font_name": _TITLE_FONT, "font_size": 16, "align": "center"}
        ),
        note=workbook.add_format({**base, "align": "left"}),
        heading=workbook.add_format(
            {**cell, "font_name": _TITLE_FONT, "align": "center", "bg_color": "#E7EEF7"}
        ),
        cell=workbook.add_format(cell),
        open_cell=workbook.add_format({**cell, "locked": False, "bg_color": "#FFFBE6"}),
    )


def _write_sheet(workbook: "Workbook", plan: SheetPlan, looks: _Looks, *, name: str) -> int:
    sheet = workbook.add_worksheet(name)
    rows = iter(plan.rows)
    first = list(islice(rows, _MEASURED))
    _lay_out(sheet, plan, first)
    top = _write_top(sheet, plan, looks)
    if len(plan.headings) > _CROWDED:
        sheet.set_row(top, _CROWDED_HEIGHT)
    for column, text in enumerate(plan.headings):
        sheet.write_string(top, column, safe_text(text), looks.heading)
    row = top
    for row, cells in enumerate(chain(first, rows), start=top + 1):  # its last value counts
        for column, value in enumerate(cells):
            look = looks.open_cell if column in plan.fill_in else looks.cell
            _write_cell(sheet, (row, column), value, look)
    _finish(sheet, plan, top=top, last=row)
    return row - top


def _write_cell(sheet: "Worksheet", at: tuple[int, int], value: Cell, look: "Format") -> None:
    row, column = at
    if value is None or value == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, date):
        sheet.write_string(row, column, value.isoformat()[:10], look)
    elif isinstance(value, str):
        sheet.write_string(row, column, safe_text(value), look)
    else:
        sheet.write_number(row, column, value, look)


def _write_top(sheet: "Worksheet", plan: SheetPlan, looks: _Looks) -> int:
    """Write title and note across all columns; answer the row of the headings."""
    row = 0
    shown = [column for column in range(len(plan.headings)) if column not in plan.hidden]
    last = shown[-1] if shown else 0
    for text, look, height in ((plan.heading, looks.title, 30), (plan.note, looks.note, 36)):
        if text is None:
            continue
        sheet.set_row(row, height)
        if last > 0:
            sheet.merge_range(row, 0, row, last, safe_text(text), look)
        else:
            sheet.write_string(row, 0, safe_text(text), look)
        row += 1
    return row


def _lay_out(sheet: "Worksheet", plan: SheetPlan, first: Sequence[Sequence[Cell]]) -> None:
    """Set what must stand before the first row: widths, and how it is printed."""
    for column in range(len(plan.headings)):
        width = plan.widths.get(column) or _width(plan, column, first)
        sheet.set_column(column, column, width, None, {"hidden": column in plan.hidden})
    if plan.fill_in:
        sheet.set_default_row(_BY_HAND)
    sheet.set_paper(9)  # A4
    if plan.landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if plan.hidden_sheet:
        sheet.hide()


def _width(plan: SheetPlan, column: int, first: Sequence[Sequence[Cell]]) -> float:
    """Answer how wide a column must be for its heading and for what stands in it."""
    heading = _length(plan.headings[column]) + 2
    narrowest = _NARROWEST
    if len(plan.headings) > _CROWDED:
        heading = heading / _CROWDED_LINES + 1
        narrowest /= 2
    widest = max((_length(row[column]) for row in first if column < len(row)), default=0)
    return max(narrowest, heading, min(widest + 2, _WIDEST))


def _length(value: Cell) -> float:
    """Answer how many characters a cell shows; a Chinese one counts two, and a little more."""
    text = value.isoformat()[:10] if isinstance(value, date) else str(value or "")
    return sum(1 if letter.isascii() else 2.2 for letter in text)


def _finish(sheet: "Worksheet", plan: SheetPlan, *, top: int, last: int) -> None:
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 0)
    for column, words in plan.choices.items():
        rule = {"validate": "list", "source": list(words), "error_type": "warning"}
        sheet.data_validation(top + 1, column, last + _SPARE_ROWS, column, rule)
    if plan.protected:
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True})


def _sheet_name(title: str, taken: set[str]) -> str:
    """Answer a name Excel accepts: 31 letters at most, none of []:*?/\\, each only once."""
    name = "".join("_" if letter in "[]:*?/\\" else letter for letter in title).strip("'")[:28]
    name = name or "Sheet"
    candidate, count = name, 1
    while candidate.casefold() in taken or candidate.casefold() == "history":
        count += 1
        candidate = f"{name}{count}"
    taken.add(candidate.casefold())
    return candidate
