"""Finds the header of a sheet under its titles, in one to three rows, and what its columns mean."""

import re
from collections.abc import Iterable, Sequence

from config.lean import dataclass
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
    Kind.INSTITUTIONS: frozenset({"category", "principal", "permit_until", "last_inspection"}),
    Kind.PERSONS: frozenset(["role", "villages", "email", "wecom", "held_from", "held_to"]),
    Kind.RECORDS: frozenset(["happened", "method", "result", "seen_in_person", "all_well"]),
    Kind.REGIONS: frozenset({"code", "parent"}),
}
_HINT = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_FILLED_IN = re.compile(r"(填报|填表|制表|上报|盖章|负责人|复核).*[:：]")
_LIST_OF_PERSONS = re.compile(
    r"(儿童主任|督导员|工作人员|包保人|责任人)(基本)?(情况|信息)?(花名册|名册|名单|通讯录|联系表|信息表|登记表|台账|汇总表|一览表|$)"
)
_DIRECTOR = re.compile(r"儿童(福利)?(主任|督导员|工作)")
_CHILDREN = re.compile(r"儿童|未成年|孤儿|孩子")
_TITLE_WEIGHT = 40  # more than all columns together
_NEEDED: dict[Kind, tuple[frozenset[str], ...]] = {  # of each set at least one
    Kind.CHILDREN: (frozenset({"name", "number", "id_no"}),),
    Kind.INSTITUTIONS: (
        frozenset({"name"}),
        _MARKS[Kind.INSTITUTIONS] | {"address", "phone", "number"},
    ),
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
    above: str = ""  # the titles over the header, as one text

    def column_of(self, field: str) -> Column | None:
        """Answer the column that fills `field`."""
        return next((column for column in self.columns if column.field == field), None)


def find_header(
    rows: Sequence[list[Cell]],
    *,
    vocabulary: Vocabulary,
    merged: Iterable[Merged] | None = None,
    kinds: Sequence[Kind] = tuple(Kind),
    name: str = "",
) -> Header | None:
    """Answer the header among the first rows of a sheet, None if there is none.

    Only `kinds` are looked for. The sheet's `name` and titles decide where columns do not:
    姓名 and 联系电话 may be children's or, under 儿童主任花名册, directors'.

    The window of rows that makes most columns understood wins; among equals the lower and then
    the higher-up one, so that neither a title nor the first line of data is taken in.
    """
    grid = _Grid(rows[:LOOK_AT], merged)
    best: tuple[tuple[int, int, int], Header] | None = None
    for top in range(min(_LAST_TOP, len(grid.titles))):
        if not any(grid.titles[top]):
            continue
        above = " ".join([name, *(title for row in grid.titles[:top] for title in row if title)])
        for height in range(1, min(_TALLEST, len(grid.titles) - top) + 1):
            window = _Window(top, top + height, above, grid)
            for rank, header in _readings(window, vocabulary=vocabulary, kinds=kinds):
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
    if not isinstance(cell, str) or len(cell) > _LONGEST_TITLE or _FILLED_IN.search(cell):
        return ""
    return "".join(cell.split()) if not cell.isascii() else " ".join(cell.split())


@dataclass(frozen=True, slots=True)
class _Window:
    """The rows that may be the header, and the text of what stands above them."""

    top: int
    below: int
    above: str
    grid: _Grid


def _readings(
    window: _Window, *, vocabulary: Vocabulary, kinds: Sequence[Kind]
) -> list[tuple[tuple[int, int, int], Header]]:
    top, below = window.top, window.below
    if window.grid.cuts(top, below):
        return []
    paths = window.grid.paths(top, below)
    found = []
    for kind in kinds:
        columns, unknown = _understood(paths, kind, vocabulary)
        names = {column.field for column in columns if column.field}
        if len(names) < 2 or not all(needed & names for needed in _NEEDED[kind]):
            continue
        rank = len(names) + 4 * len(names & _MARKS[kind])
        if kind is Kind.PERSONS and _speaks_of_persons(window.above):
            rank += _TITLE_WEIGHT
        header = Header(kind, top, below, columns, unknown, window.above)
        found.append(((rank, top - below, -top), header))
    return found


def _speaks_of_persons(above: str) -> bool:
    """Tell whether titles announce a list of directors, and not children with their helpers."""
    others = _DIRECTOR.sub("", above)
    return _LIST_OF_PERSONS.search(above) is not None and not _CHILDREN.search(others)


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
        if keys and field is None:
            field = _without_hint(path, kind, vocabulary)
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


def _without_hint(path: tuple[str, ...], kind: Kind, vocabulary: Vocabulary) -> str | None:
    """Try 性别（男/女） as 性别; only after the whole words, for 村（居） needs its bracket."""
    bare = tuple(key for key in (word_key(_HINT.sub("", title)) for title in path) if key)
    return vocabulary.field_for(kind, bare) if bare else None
