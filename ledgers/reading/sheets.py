"""Turns one sheet into typed rows and the problems met on the way."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from config.lean import dataclass
from ledgers.problems import ProblemCode
from ledgers.reading.cells import CellReader, Finding, read_free_text, readers_for
from ledgers.reading.checks import CHECKS, compare_with_id
from ledgers.reading.findings import Findings
from ledgers.reading.headers import Column, Header
from ledgers.reading.headings import heading_of
from ledgers.reading.identity import read_id
from ledgers.reading.lines import NOT_OWN, Line, data_lines
from ledgers.reading.text import as_text
from ledgers.reading.vocabulary import Kind
from ledgers.reading.workbook import Cell, RawSheet
from ledgers.rows import (
    ChildRow,
    InstitutionRow,
    LedgerDate,
    PersonRow,
    Place,
    Problem,
    RecordRow,
    RegionRow,
    Severity,
    SheetRows,
)

_VILLAGE_SHEET = re.compile(r"[\u4e00-\u9fff]{1,20}(村|社区|居委会|村委会)")
_TOWN_SHEET = re.compile(r"[\u4e00-\u9fff]{1,20}(镇|乡|街道)")
_ROLE = re.compile(r"儿童(福利)?(主任|督导员)|(?<!儿童)督导员")
_REMEMBERED = 5_000  # per column
_EXTRA = "extra:"
_KIND_WORDS = ("走访", "联系", "更新")
_ROWS = {
    Kind.CHILDREN: ChildRow,
    Kind.INSTITUTIONS: InstitutionRow,
    Kind.PERSONS: PersonRow,
    Kind.RECORDS: RecordRow,
    Kind.REGIONS: RegionRow,
}


@dataclass(frozen=True, slots=True)
class Form:
    """The hidden ids of a 走访登记表: which form, and whose."""

    form_id: str | None = None
    person_id: str | None = None


class _ReadColumn:
    """A column and its reader, which reads equal texts once.

    Most columns of a ledger repeat a few words and dates.
    """

    __slots__ = ("_read", "about", "extra", "field", "known")

    def __init__(self, about: Column, read: CellReader) -> None:
        self.about, self._read = about, read
        self.field = about.field or ""
        self.extra = self.field[len(_EXTRA) :] if self.field.startswith(_EXTRA) else None
        self.known: dict[str, Finding] = {}

    def read(self, cell: Cell) -> Finding:
        """Read a cell that is not known yet; an empty list is nothing."""
        value, code = self._read(cell)
        found: Finding = None if value == () else value, code
        if isinstance(cell, str) and len(self.known) < _REMEMBERED:
            self.known[cell] = found
        return found


class SheetReader:
    """Reads the lines of one sheet whose header is known."""

    def __init__(
        self,
        raw: RawSheet,
        header: Header,
        *,
        file: str,
        county_codes: AbstractSet[str] | None,
        form: Form,
    ) -> None:
        self._raw, self._header, self._file, self._form = raw, header, file, form
        self._county_codes = county_codes
        self._not_own = NOT_OWN[header.kind]
        readers: Mapping[str, CellReader] = readers_for(header.kind, epoch_1904=raw.epoch_1904)
        self._id_column = header.column_of("id_no")
        columns = [
            _ReadColumn(column, readers.get(column.field, read_free_text))
            for column in header.columns
            if column.field and column.field != "id_no"
        ]
        self._cells = [(column.about.index, column, column.known) for column in columns]
        self._defaults = self._sheet_defaults()

    def read(self) -> SheetRows:
        """Answer the good rows in order, and every problem with its place."""
        rows = []
        refused_texts = {}
        problems = self._unknown_columns()
        assumed: set[int] = set()
        for line in data_lines(self._raw, self._header):
            found = self._read_line(line)
            if not (found.problems or found.extras or found.values.keys() - self._not_own):
                continue
            CHECKS[self._header.kind](found, self._header)
            for column in line.assumed:
                if column.index not in assumed:
                    assumed.add(column.index)
                    found.object_to(ProblemCode.FILLED_DOWN, column=column)
            problems.extend(found.problems)
            if found.is_refused:
                refused_texts[line.row] = self._texts(line, found)
            else:
                rows.append(self._row(found))
        kind = self._header.kind
        return SheetRows(
            file=self._file,
            sheet=self._raw.name,
            kind=kind.value,
            rows=tuple(rows),
            problems=tuple(problems),
            refused_texts=refused_texts,
            form_id=self._form.form_id if kind is Kind.RECORDS else None,
        )

    def _texts(self, line: Line, found: Findings) -> dict[str, str]:
        """Answer what a refused line says, under headings that will be known when it comes back."""
        texts = {}
        for column in self._header.columns:
            if column.field in (None, "mends", "extra:quarantine"):
                continue  # a row that is refused again gets an id of its own
            value, cell = found.values.get(column.field), line.cells[column.index]
            text = _date_text(value) if isinstance(value, LedgerDate) else as_text(cell)
            if text:
                heading = heading_of(column.field, kind=self._header.kind)
                texts[heading or column.title] = text
        return texts

    def _row(self, found: Findings) -> Any:
        values = self._defaults | found.values
        if found.extras:
            values["extras"] = found.extras
        return _ROWS[self._header.kind](place=found.place, **values)

    def _read_line(self, line: Line) -> Findings:
        found = Findings(Place(self._file, self._raw.name, line.row), self._header.kind)
        cells = line.cells
        values = found.values
        for index, column, known in self._cells:
            cell = cells[index]
            if cell == "":
                continue
            # 1, 1.0 and True are equal and would be mixed up: only texts are looked up
            reading = known.get(cell) if isinstance(cell, str) else None
            value, code = reading or column.read(cell)
            if value is not None:
                if column.extra is None:
                    values[column.field] = value
                else:
                    found.extras[column.extra] = str(value)
            if code is not None:
                found.object_to(code, column=column.about, cell=cell)
        if self._id_column is not None:
            self._read_id(found, self._id_column, cells[self._id_column.index])
        return found

    def _read_id(self, found: Findings, column: Column, cell: Cell) -> None:
        if cell == "":
            return
        reading = read_id(cell, county_codes=self._county_codes)
        for code in reading.problems:
            found.object_to(code, column=column, cell=cell)
        if reading.value is not None:
            found.values["id_no"] = reading.value
            compare_with_id(found, reading, column=column, cell=cell)

    def _sheet_defaults(self) -> dict[str, Any]:
        """Answer what the sheet says for all its lines: a village, a role, a kind of act, a person."""
        kind, header = self._header.kind, self._header
        name = self._raw.name.strip()
        if kind in (Kind.CHILDREN, Kind.INSTITUTIONS):
            return {
                field: name
                for field, form in (("village", _VILLAGE_SHEET), ("town", _TOWN_SHEET))
                if header.column_of(field) is None and form.fullmatch(name)
            }
        if kind is Kind.PERSONS and header.column_of("role") is None:
            named = header.column_of("name")
            role = _ROLE.search(f"{named.title if named else ''} {header.above}")
            return {"role": role[0]} if role else {}
        return self._record_defaults() if kind is Kind.RECORDS else {}

    def _record_defaults(self) -> dict[str, Any]:
        defaults: dict[str, Any] = {}
        if self._form.person_id is not None:
            defaults["recorded_by"] = self._form.person_id
        happened = self._header.column_of("happened")
        if self._header.column_of("kind") is None and happened is not None:
            words = [word for word in _KIND_WORDS if word in happened.title]
            defaults |= {"kind": words[0]} if words else {}
        return defaults

    def _unknown_columns(self) -> list[Problem]:
        return [
            Problem(
                place=Place(self._file, self._raw.name, self._header.below, column.title),
                field="",
                code=ProblemCode.COLUMN_UNKNOWN,
                severity=Severity.WARNING,
            )
            for column in self._header.unknown
        ]


def _date_text(value: LedgerDate) -> str:
    """A number would mean another day in a workbook of the other epoch, and a month has no day."""
    return f"{value.day:%Y-%m}" if value.month_only else value.day.isoformat()
