"""Finds the header of a sheet under its titles, in one to three rows, and what its columns mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledgers.reading.text import word_key
from ledgers.reading.vocabulary import Kind, Vocabulary
from ledgers.reading.workbook import Cell, Merged

LOOK_AT = 18  # a header begins in the first 15 rows and has three at most
_LAST_TOP = 15
_TALLEST = 3
_WIDEST = 300
_LONGEST_TITLE = 60
_MARKS: dict[Kind, frozenset[str]] = {
    Kind.CHILDREN: frozenset(
        [
            "guardian",
            "category",
            "population",
            "triggers",
            "level",
            "school",
            "grade",
            "illness",
            "director",
            "last_contact",
            "last_visit",
            "last_update",
        ]
    ),
    Kind.PERSONS: frozenset(["role", "villages", "email", "wecom", "held_from", "held_to"]),
    Kind.RECORDS: frozenset(["happened", "method", "result", "seen_in_person", "all_well"]),
    Kind.REGIONS: frozenset({"code", "parent"}),
}
_NEEDED: dict[Kind, tuple[frozenset[str], ...]] = {  # of each set at least one
    Kind.CHILDREN: (frozenset({"name", "number", "id_no"}),),
    Kind.PERSONS: (frozenset({"name"}), _MARKS[Kind.PERSONS] | {"phone"}),
    Kind.RECORDS: (frozenset({"number"}), frozenset({"happened"})),
    Kind.REGIONS: (frozenset({"code"}), frozenset({"name"})),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a header: its place from 0, its words as written, the field it fills or None."""

    index: int
    title: str
    field: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """`top` is the header's first row and `below` the first row under it, both from 0."""

    kind: Kind
    top: int
    below: int
    columns: tuple[Column, ...]
    unknown: tuple[Column, ...]

    def column_of(self, field: str) -> Column | None:
        """Answer the column that fills `field`."""
        return next((column for column in self.columns if column.field == field), None)


def find_header(
    rows: Sequence[list[Cell]],
    *,
    vocabulary: Vocabulary,
    merged: Iterable[Merged] | None = None,
) -> Header | None:
    """Answer the header among the first rows of a sheet, None if there is none.

    The window of rows that makes most columns understood wins; among equals the lower and then
    the higher-up one, so that neither a title nor the first line of data is taken in.
    """
    grid = _Grid(rows[:LOOK_AT], merged)
    best: tuple[tuple[int, int, int], Header] | None = None
    for top in range(min(_LAST_TOP, len(grid.titles))):
        if not any(grid.titles[top]):
            continue
        for height in range(1, min(_TALLEST, len(grid.titles) - top) + 1):
            for rank, header in _readings(grid, top, height, vocabulary=vocabulary):
                if best is None or rank > best[0]:
                    best = rank, header
    return best[1] if best else None


class _Grid:
    """The texts of the first rows, with merged cells and group headings spread over what they cover."""

    def __init__(self, rows: Sequence[list[Cell]], merged: Iterable[Merged] | None) -> None:
        self.titles = [[_title(cell) for cell in row[:_WIDEST]] for row in rows]
        self.width = max(map(len, self.titles), default=0)
        for row in self.titles:
            row.extend([""] * (self.width - len(row)))
        self.merged = [
            ((top, left), (bottom, right))
            for (top, left), (bottom, right) in merged or ()
            if top < len(self.titles) and left < self.width
        ]
        self.knows_merged = merged is not None

    def cuts(self, top: int, below: int) -> bool:
        """Tell whether the window cuts a merged heading of several rows in two."""
        return any(
            (first < top <= last) or (top <= first < below <= last)
            for (first, left), (last, _) in self.merged
            if last > first and self.titles[first][left]
        )

    def paths(self, top: int, below: int) -> list[tuple[str, ...]]:
        """Answer, per column, the different titles from the outermost heading to the leaf."""
        window = [row[:] for row in self.titles[top:below]]
        for (first, left), (last, right) in self.merged:
            for row in range(max(first, top), min(last + 1, below)):
                for column in range(left, min(right + 1, self.width)):
                    window[row - top][column] = self.titles[first][left]
        if not self.knows_merged:
            _spread_right(window)
        return [
            tuple(dict.fromkeys(title for title in column if title))
            for column in zip(*window, strict=True)
        ]


def _spread_right(window: list[list[str]]) -> None:
    """Without merge marks, a heading also covers blanks to its right that have a title below."""
    for depth, row in enumerate(window[:-1]):
        for column in range(1, len(row)):
            below = any(window[deeper][column] for deeper in range(depth + 1, len(window)))
            above_left = window[depth + 1][column - 1]
            if not row[column] and below and above_left:
                row[column] = row[column - 1]


def _title(cell: Cell) -> str:
    """Answer a cell's words on one line; numbers, dates and long sentences are no titles."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_TITLE:
        return ""
    return "".join(cell.split()) if not cell.isascii() else " ".join(cell.split())


def _readings(
    grid: _Grid, top: int, height: int, *, vocabulary: Vocabulary
) -> list[tuple[tuple[int, int, int], Header]]:
    below = top + height
    if grid.cuts(top, below):
        return []
    paths = grid.paths(top, below)
    found = []
    for kind in Kind:
        columns, unknown = _understood(paths, kind, vocabulary)
        names = {column.field for column in columns if column.field}
        if len(names) < 2 or not all(needed & names for needed in _NEEDED[kind]):
            continue
        rank = len(names) + 4 * len(names & _MARKS[kind])
        found.append(((rank, -height, -top), Header(kind, top, below, columns, unknown)))
    return found


def _understood(
    paths: Sequence[tuple[str, ...]], kind: Kind, vocabulary: Vocabulary
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Give each field its first column; a bare 联系电话 right of 儿童主任 is the director's own."""
    taken: set[str] = set()
    columns: list[Column] = []
    unknown: list[Column] = []
    before = None
    for index, path in enumerate(paths):
        if not path:
            continue
        keys = tuple(key for key in map(word_key, path) if key)
        field = vocabulary.field_for(kind, keys) if keys else None
        if kind is Kind.CHILDREN and field == "phone" and before == "director":
            field = None
        column = Column(index, " > ".join(path[-2:])[:_LONGEST_TITLE], field, keys)
        if field is not None and field not in taken:
            taken.add(field)
            columns.append(column)
        elif keys and field is None and not vocabulary.is_ignored(keys):
            unknown.append(column)
        before = field
    return tuple(columns), tuple(unknown)
