"""Which reader reads the cells of which field."""

from collections.abc import Callable, Mapping
from functools import partial

from ledgers.problems import ProblemCode
from ledgers.reading import values, words
from ledgers.reading.dates import read_date, read_last_day
from ledgers.reading.phones import read_phone
from ledgers.reading.text import as_text
from ledgers.reading.vocabulary import Kind
from ledgers.reading.workbook import Cell

Finding = tuple[object, ProblemCode | None]
CellReader = Callable[[Cell], Finding]


def readers_for(kind: Kind, *, epoch_1904: bool) -> Mapping[str, CellReader]:
    """Answer the reader of every field of one kind of row, save a child's ID number."""

    def dated(cell: Cell) -> Finding:
        reading = read_date(cell, epoch_1904=epoch_1904)
        return reading.value, reading.problem

    phone = _quiet_phone if kind in (Kind.CHILDREN, Kind.INSTITUTIONS) else _phone
    common: dict[str, CellReader] = {
        "name": _name,
        "town": _name,
        "village": _name,
        "phone": phone,
        "region_code": _text(values.read_region_code),
    }
    until = partial(_until, epoch_1904=epoch_1904)
    ends = {"permit_until": until} if kind is Kind.INSTITUTIONS else {}
    return common | _of_kind(kind) | dict.fromkeys(_DATES[kind], dated) | ends


_DATES: dict[Kind, tuple[str, ...]] = {
    Kind.CHILDREN: (
        "born",
        "last_contact",
        "last_visit",
        "last_update",
        "last_arrival",
        "last_departure",
        "consent_on",
    ),
    Kind.INSTITUTIONS: ("last_inspection",),
    Kind.PERSONS: ("held_from", "held_to"),
    Kind.RECORDS: ("happened",),
    Kind.REGIONS: (),
}


def _of_kind(kind: Kind) -> dict[str, CellReader]:
    if kind is Kind.CHILDREN:
        return {
            "number": _text(partial(values.read_number, digits_alone=False)),
            "sex": _word(words.SEX),
            "population": _word(words.POPULATION),
            "category": _word(words.CATEGORY),
            "status": _word(words.STATUS),
            "triggers": _text(values.read_triggers),
            "guardian": _name,
            "director": _name,
            "consent": _word(words.CONSENT),
            "guardian_agrees": _text(values.read_yes_no),
        }
    if kind is Kind.INSTITUTIONS:
        return {
            "number": _text(values.read_own_number),
            "category": _word(words.INSTITUTION),
            "status": _word(words.INSTITUTION_STATUS),
            "credit_code": _text(values.read_credit_code),
            "region": _name,
            "principal": _name,
        }
    if kind is Kind.RECORDS:
        return {
            "number": _text(partial(values.read_number, digits_alone=True)),
            "method": _word(words.METHOD),
            "result": _word(words.RESULT),
            "seen_in_person": _text(values.read_yes_no),
            "all_well": _text(values.read_yes_no),
            "recorded_by": _name,
            "counterpart": _name,
        }
    if kind is Kind.PERSONS:
        return {"email": _text(values.read_email), "villages": _villages}
    code = _text(values.read_region_code)
    return {"code": code, "successor": code, "parent": _name}


def read_free_text(cell: Cell) -> Finding:
    """Read a field without a reader of its own (address, notes, level)."""
    return values.read_plain(as_text(cell)), None


def _name(cell: Cell) -> Finding:
    return values.read_name(as_text(cell)), None


def _until(cell: Cell, *, epoch_1904: bool) -> Finding:
    reading = read_last_day(cell, epoch_1904=epoch_1904)
    return reading.value, reading.problem


def _villages(cell: Cell) -> Finding:
    return values.split_list(as_text(cell)), None


def _phone(cell: Cell) -> Finding:
    reading = read_phone(cell)
    return reading.value, reading.problem


def _quiet_phone(cell: Cell) -> Finding:
    """Nobody texts a guardian or an office, so a landline is as good as a mobile number."""
    reading = read_phone(cell)
    fine = reading.problem is ProblemCode.PHONE_LANDLINE
    return reading.value, None if fine else reading.problem


def _word(table: Mapping[str, str]) -> CellReader:
    return _text(partial(values.read_word, table=table))


def _text(read: Callable[[str], Finding]) -> CellReader:
    return lambda cell: read(as_text(cell))
