"""The lines of data under a header: without totals and signatures, merged cells filled down."""

import re
from collections.abc import Iterator
from functools import lru_cache

from config.lean import dataclass
from ledgers.reading.headers import Column, Header
from ledgers.reading.text import as_text, compact, word_key
from ledgers.reading.vocabulary import Kind
from ledgers.reading.workbook import Cell, RawSheet

_TOTAL = re.compile(r"(合|总|小|共|累)计([:(].*|\d.*)?|(总|合计)人数.*|汇总|以下空白|第\d+页.*")
_SIGNATURE = re.compile(
    r"(单位|部门|主管)?(负责人|审核人|复核人|填表人|制表人|填报人|经办人|分管领导|主要领导)([:(].*)?"
    r"|(填报|填表|制表)(单位|日期|时间|人)([:(].*)?"
    r"|(备?注|说明|填表说明|填报说明)([:(].*|\d[.、].*)"
    r"|(示|样|举)?例([:(].*)?|例如.*"
)
# What our own sample workbooks say in their one line, wherever it stands in it.
_SAMPLE = re.compile(r"\(?[示样]例,?请(删除|勿).*")
# A merged cell of these columns holds for every line beside it.
_SHARED = frozenset(
    {"town", "village", "region_code", "director", "guardian", "phone", "address"}
    | {"registered_place", "role", "parent"}
)
_PLACES = ("town", "village")
# Fields that say where, not who: a line with nothing else is a village without anybody.
NOT_OWN: dict[Kind, frozenset[str]] = {
    Kind.CHILDREN: frozenset({"town", "village", "region_code", "director"}),
    Kind.INSTITUTIONS: frozenset({"region", "town", "village", "region_code", "category"}),
    Kind.PERSONS: frozenset({"town", "village", "region_code", "villages", "role"}),
    Kind.RECORDS: frozenset({"village"}),
    Kind.REGIONS: frozenset({"parent"}),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of data; `row` counts from 1, `assumed` are columns filled down without a merge mark."""

    row: int
    cells: list[Cell]
    assumed: tuple[Column, ...] = ()


def data_lines(raw: RawSheet, header: Header) -> Iterator[Line]:
    """Yield the lines that hold something of their own in a column that is understood."""
    elsewhere = NOT_OWN[header.kind]
    own = [column.index for column in header.columns if column.field not in elsewhere]
    width = max((column.index for column in header.columns), default=-1) + 1
    fill = _Fill(raw, header)
    for number, cells in enumerate(raw.rows(), 1):
        if number <= header.below:
            continue
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        if (
            _is_remark(cells)
            or _is_sample(cells)
            or (number == header.below + 1 and _is_numbering(cells))
        ):
            continue
        holds = any(cells[index] != "" and not _is_blank(cells[index]) for index in own)
        assumed = fill.complete(number - 1, cells, holds=holds)
        if holds and not _repeats(header, cells):
            yield Line(number, cells, assumed)


class _Fill:
    """Fills merged cells down; without merge marks only town and village, and says so."""

    def __init__(self, raw: RawSheet, header: Header) -> None:
        shared = {column.index: column for column in header.columns if column.field in _SHARED}
        self._ends = {
            (top, left): bottom
            for (top, left), (bottom, _) in raw.merged or ()
            if left in shared and bottom > top and bottom >= header.below
        }
        self._merges = sorted({left for _, left in self._ends})
        self._open: dict[int, tuple[int, Cell]] = {}
        self._places = [
            column
            for field in _PLACES
            if (column := header.column_of(field)) is not None and raw.merged is None
        ]
        self._last: dict[int, Cell] = {}

    def complete(self, row: int, cells: list[Cell], *, holds: bool) -> tuple[Column, ...]:
        """Fill `cells` in place; answer the columns that were assumed rather than known."""
        for index in self._merges:
            end = self._ends.get((row, index))
            if end is not None:
                self._open[index] = end, cells[index]
            last, value = self._open.get(index, (-1, ""))
            if row <= last and _is_blank(cells[index]):
                cells[index] = value
        return self._assume(cells) if holds else self._remember(cells)

    def _remember(self, cells: list[Cell]) -> tuple[Column, ...]:
        for position, column in enumerate(self._places):
            if not _is_blank(cells[column.index]):
                self._last[column.index] = cells[column.index]
                for finer in self._places[position + 1 :]:
                    self._last.pop(finer.index, None)
        return ()

    def _assume(self, cells: list[Cell]) -> tuple[Column, ...]:
        blank = [column for column in self._places if _is_blank(cells[column.index])]
        self._remember(cells)  # a new town forgets the village of the line above
        filled = [column for column in blank if column.index in self._last]
        for column in filled:
            cells[column.index] = self._last[column.index]
        return tuple(filled)


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _is_remark(cells: list[Cell]) -> bool:
    """Tell whether a line is a total, a signature or a note, by its first two filled cells."""
    seen = 0
    for cell in cells:
        if cell == "" or _is_blank(cell):
            continue
        seen += 1
        if isinstance(cell, str) and _speaks_as_remark(cell):
            return True
        if seen == 2:
            break
    return False


def _is_sample(cells: list[Cell]) -> bool:
    """Tell whether a line only shows what goes in: whoever forgets to delete it makes no child."""
    for cell in cells:
        if isinstance(cell, str) and "例" in cell and _SAMPLE.fullmatch(compact(cell)):
            return True
    return False


def _is_numbering(cells: list[Cell]) -> bool:
    """Tell whether a line only counts the columns: 1, 2, 3 … under the header."""
    filled = [as_text(cell).strip("()（）") for cell in cells if not _is_blank(cell)]
    return len(filled) > 2 and filled == [str(n) for n in range(1, len(filled) + 1)]


@lru_cache(maxsize=10_000)
def _speaks_as_remark(cell: str) -> bool:
    text = compact(cell)
    return _TOTAL.fullmatch(text) is not None or _SIGNATURE.fullmatch(text) is not None


def _repeats(header: Header, cells: list[Cell]) -> bool:
    """Tell whether a line repeats the header, as sheets made for printing do on each page."""
    same = 0
    for column in header.columns:
        cell = cells[column.index]
        if _is_blank(cell):
            continue
        if word_key(as_text(cell)) not in column.keys:
            return False
        same += 1
    return same > 0
