"""The one door of reading: a file in, typed rows and problems out."""

from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path

from ledgers.errors import NothingRecognised
from ledgers.memory import collecting_rarely
from ledgers.reading.headers import LOOK_AT, find_header
from ledgers.reading.limits import Limits
from ledgers.reading.sheets import Form, SheetReader
from ledgers.reading.text import as_text
from ledgers.reading.vocabulary import BUILT_IN, Kind, Vocabulary
from ledgers.reading.workbook import RawFile, read_file
from ledgers.rows import FORM_SHEET, FileRows


@collecting_rarely()
def read(
    path: Path,
    *,
    vocabulary: Vocabulary = BUILT_IN,
    limits: Limits | None = None,
    county_codes: AbstractSet[str] | None = None,
    kind: Kind | None = None,
) -> FileRows:
    """Read one workbook or csv file into typed rows; a `FileRefused` says why it was not read.

    `kind` says what all sheets hold; None lets each sheet's columns and titles decide.

    `county_codes` are the six-digit codes an ID number may begin with (`counties.known_counties()`
    and the site's own); None checks no division. Hidden sheets are skipped.
    """
    return recognise(
        read_file(path, limits or Limits()),
        vocabulary=vocabulary,
        county_codes=county_codes,
        kind=kind,
    )


def recognise(
    raw: RawFile,
    *,
    vocabulary: Vocabulary = BUILT_IN,
    county_codes: AbstractSet[str] | None = None,
    kind: Kind | None = None,
) -> FileRows:
    """Make typed rows of raw cells, as `read` does after its child process has opened the file."""
    form = _form(raw)
    kinds = tuple(Kind) if kind is None else (kind,)
    sheets, skipped = [], []
    for sheet in raw.sheets:
        if sheet.name == FORM_SHEET:
            continue
        head = [] if sheet.hidden else list(islice(sheet.rows(), LOOK_AT))
        header = find_header(
            head,
            vocabulary=vocabulary,
            merged=sheet.merged,
            kinds=kinds,
            name=sheet.name or Path(raw.name).stem,
        )
        if header is None:
            skipped.append(sheet.name)
            continue
        reader = SheetReader(sheet, header, file=raw.name, county_codes=county_codes, form=form)
        sheets.append(reader.read())
    if not sheets:
        raise NothingRecognised(raw.name)
    return FileRows(raw.name, raw.digest, tuple(sheets), tuple(skipped))


def _form(raw: RawFile) -> Form:
    found = {
        as_text(row[0]): as_text(row[1])
        for sheet in raw.sheets
        if sheet.name == FORM_SHEET
        for row in islice(sheet.rows(), 10)
        if len(row) > 1
    }
    return Form(found.get("form") or None, found.get("person") or None)
