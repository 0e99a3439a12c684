"""The one door of calendar files (YAML, csv, xlsx): windows of dates by calendar, year and region."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from config.language import catalogue
from config.lean import dataclass
from config.tree import MAX_BYTES, Node, parse
from ledgers.errors import FileMissing, FileRefused, OversizedFile, UnknownFileType
from ledgers.reading.limits import Limits
from ledgers.reading.text import as_text, word_key
from ledgers.reading.windows import TITLES, Row, WindowMistake, WindowRow, read_row
from ledgers.reading.workbook import RawSheet, read_file

_ = catalogue("ledgers")

_YAML = (".yaml", ".yml")
_LOOK_AT = 15
_NEEDED = {"calendar", "start"}
_FIELD_OF = {word_key(title): field for field, titles in TITLES.items() for title in titles}


class NoCalendarColumns(FileRefused):
    """No sheet has the columns of a calendar file, and it is no list of windows."""

    def __init__(self, file: str) -> None:
        super().__init__(
            file,
            _(
                "%(file)s holds no calendar: its columns are 日历, 年度, 行政区划代码, 开始日期, 结束日期, 依据;"
                " a notice of days off is a JSON file of the holiday-cn project"
            ),
        )


@dataclass(frozen=True, slots=True)
class WindowFile:
    """What a file says, and every mistake as a sentence with its line and column.

    A file with mistakes is to be imported not at all.
    """

    rows: tuple[WindowRow, ...]
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with the words for where it stands, and how each of its columns is headed."""

    where: str
    cells: Row
    titles: dict[str, str]
    epoch_1904: bool = False

    def complaint(self, mistake: WindowMistake) -> str:
        title = self.titles.get(mistake.field, TITLES[mistake.field][0])
        return _("%(where)s, column “%(column)s”: %(sentence)s") % {
            "where": self.where,
            "column": title,
            "sentence": mistake.sentence,
        }


def read_windows(path: Path, limits: Limits | None = None) -> WindowFile:
    """Read a calendar file.

    Raises:
        FileRefused: the file cannot be read, or has no such columns.
        ConfigurationErrors: the text of a YAML file is no YAML.
    """
    lines = _of_yaml(path) if path.suffix.lower() in _YAML else _of_sheets(path, limits)
    rows: dict[tuple[str, str, str], tuple[WindowRow, _Line]] = {}
    mistakes: list[str] = []
    for line in lines:
        found = read_row(line.cells, epoch_1904=line.epoch_1904)
        if not isinstance(found, WindowRow):
            mistakes += [line.complaint(mistake) for mistake in found]
            continue
        key = (found.calendar, found.year_key, found.region)
        known, first = rows.setdefault(key, (found, line))
        if (known.start_on, known.end_on) != (found.start_on, found.end_on):
            said = _("%(where)s says other dates for the same") % {"where": first.where}
            mistakes.append(line.complaint(WindowMistake("start", said)))
    return WindowFile(tuple(row for row, _line in rows.values()), tuple(mistakes))


def _of_sheets(path: Path, limits: Limits | None) -> list[_Line]:
    raw = read_file(path, limits or Limits())
    shown = [sheet for sheet in raw.sheets if not sheet.hidden]
    lines = [line for sheet in shown for line in _of_sheet(sheet, alone=len(shown) == 1)]
    if not lines:
        raise NoCalendarColumns(raw.name)
    return lines


def _of_sheet(sheet: RawSheet, *, alone: bool) -> Iterator[_Line]:
    titles: dict[int, str] = {}
    for number, row in enumerate(sheet.rows(), start=1):
        if not titles:
            if number > _LOOK_AT:
                return
            named = {index: as_text(cell) for index, cell in enumerate(row)}
            known = {i: text for i, text in named.items() if word_key(text) in _FIELD_OF}
            if {_FIELD_OF[word_key(text)] for text in known.values()} >= _NEEDED:
                titles = known
            continue
        cells = {_FIELD_OF[word_key(titles[i])]: row[i] for i in titles if i < len(row)}
        if any(as_text(cell) for cell in cells.values()):
            where = _("line %(line)s") % {"line": number}
            yield _Line(
                where if alone else f"{sheet.name} {where}",
                cells,
                {_FIELD_OF[word_key(title)]: title for title in titles.values()},
                sheet.epoch_1904,
            )


def _of_yaml(path: Path) -> list[_Line]:
    root = parse(_text(path), path.name)
    nodes = root.value if root else None
    if not isinstance(nodes, list) or not nodes:
        raise NoCalendarColumns(path.name)
    return list(_of_nodes(nodes, path.name))


def _of_nodes(nodes: Iterable[Node], file: str) -> Iterator[_Line]:
    for node in nodes:
        if not isinstance(node.value, dict) or not node.value.keys() <= TITLES.keys():
            raise NoCalendarColumns(file)
        cells: dict[str, str] = {}
        for key, value in node.value.items():
            if isinstance(value.value, list | dict):
                raise NoCalendarColumns(file)
            cells[key] = value.value or ""
        where = _("line %(line)s") % {"line": node.place.line}
        yield _Line(where, cells, {key: key for key in TITLES})


def _text(path: Path) -> str:
    if not path.is_file():
        raise FileMissing(path.name)
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise OversizedFile(path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnknownFileType(path.name) from error
