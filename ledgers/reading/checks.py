"""What a line must have, and what its columns say of each other."""

from collections.abc import Callable, Mapping

from ledgers.problems import ProblemCode
from ledgers.reading.findings import Findings
from ledgers.reading.headers import Column, Header
from ledgers.reading.identity import IdReading
from ledgers.reading.vocabulary import Kind
from ledgers.reading.workbook import Cell
from ledgers.rows import LedgerDate


def compare_with_id(found: Findings, reading: IdReading, *, column: Column, cell: Cell) -> None:
    """Hold the ID number against the other columns; where they are blank it fills them."""
    if reading.born is not None:
        born: LedgerDate | None = found.values.get("born")
        same = born and born.day == (
            reading.born.replace(day=1) if born.month_only else reading.born
        )
        if born is None or same:
            found.values["born"] = LedgerDate(reading.born)  # exact, where the column has a month
        else:
            found.object_to(ProblemCode.ID_BIRTH_DIFFERS, column=column, cell=cell)
    if reading.sex is not None:
        sex = found.values.setdefault("sex", reading.sex)
        if sex in ("male", "female") and sex != reading.sex:
            found.object_to(ProblemCode.ID_SEX_DIFFERS, column=column, cell=cell)


def _check_child(found: Findings, header: Header) -> None:
    if not {"name", "number", "id_no"} & found.values.keys():
        _miss(found, header, field="name", code=ProblemCode.NAME_MISSING)


def _check_institution(found: Findings, header: Header) -> None:
    if not {"name", "number", "credit_code"} & found.values.keys():
        _miss(found, header, field="name", code=ProblemCode.NAME_MISSING)


def _check_person(found: Findings, header: Header) -> None:
    if "name" not in found.values:
        _miss(found, header, field="name", code=ProblemCode.NAME_MISSING)


def _check_region(found: Findings, header: Header) -> None:
    if "name" not in found.values:
        _miss(found, header, field="name", code=ProblemCode.NAME_MISSING)
    if "code" not in found.values and not found.is_refused:
        _miss(found, header, field="code", code=ProblemCode.REGION_CODE_MISSING)


def _check_record(found: Findings, header: Header) -> None:
    filled = {"method", "result", "seen_in_person", "all_well"} & found.values.keys()
    if "happened" not in found.values and filled and not found.is_refused:
        _miss(found, header, field="happened", code=ProblemCode.DATE_MISSING)
    if "number" not in found.values and not found.is_refused:
        _miss(found, header, field="number", code=ProblemCode.NUMBER_MISSING)


def _miss(found: Findings, header: Header, *, field: str, code: ProblemCode) -> None:
    found.object_to(code, column=header.column_of(field))


CHECKS: Mapping[Kind, Callable[[Findings, Header], None]] = {
    Kind.CHILDREN: _check_child,
    Kind.INSTITUTIONS: _check_institution,
    Kind.PERSONS: _check_person,
    Kind.RECORDS: _check_record,
    Kind.REGIONS: _check_region,
}
