"""What a sheet says, once read: typed rows and the problems met on the way. No database here."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from config.lean import dataclass

FORM_SHEET = "_shouwang"
"""The hidden sheet of a form that comes back: A1 "form", B1 its id; A2 "person", B2 the person's id."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file. `row` counts from 1 as Excel shows it; `column` is its header text."""

    file: str
    sheet: str
    row: int
    column: str | None = None


class Severity(StrEnum):
    """A `WARNING` row is imported all the same; a `REFUSED` one goes to quarantine."""

    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell or row.

    `value` is the offending text only where the field's class is public or plain; for personal and
    secret fields it is None and `value_class` says what kind of value it was (`18 characters`,
    `number`), never the value itself. `allowed` are the words that may stand there, where they are few.
    """

    place: Place
    field: str
    code: str
    severity: Severity
    value_class: str = ""
    value: str | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerDate:
    """A date as a ledger knows it. With `month_only`, `day` is the first of that month."""

    day: date
    month_only: bool = False


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One line of a children's ledger. None means: the column is missing or the cell says nothing."""

    place: Place
    number: str | None = None
    name: str | None = None
    id_no: str | None = None
    sex: str | None = None
    born: LedgerDate | None = None
    town: str | None = None
    village: str | None = None
    region_code: str | None = None
    registered_place: str | None = None
    population: str | None = None
    category: str | None = None
    triggers: tuple[str, ...] | None = None
    level: str | None = None
    status: str | None = None
    grade: str | None = None
    school: str | None = None
    guardian: str | None = None
    phone: str | None = None
    address: str | None = None
    illness: str | None = None
    notes: str | None = None
    director: str | None = None
    consent: str | None = None
    guardian_agrees: bool | None = None
    consent_on: LedgerDate | None = None
    last_contact: LedgerDate | None = None
    last_visit: LedgerDate | None = None
    last_update: LedgerDate | None = None
    last_arrival: LedgerDate | None = None
    last_departure: LedgerDate | None = None
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One line of a list of institutions: 儿童福利机构, 未成年人救助保护机构, 委托照护机构 and others.

    `region` is a division by name or code, where the line names no township or village;
    `principal` is 负责人; `permit_until` the last day of the permit, None also for one without end.
    """

    place: Place
    number: str | None = None
    name: str | None = None
    category: str | None = None
    credit_code: str | None = None
    region: str | None = None
    town: str | None = None
    village: str | None = None
    region_code: str | None = None
    address: str | None = None
    principal: str | None = None
    phone: str | None = None
    permit_until: LedgerDate | None = None
    status: str | None = None
    notes: str | None = None
    last_inspection: LedgerDate | None = None
    mends: str | None = None
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of a directory of directors, supervisors or officers.

    `role` is the title as written (儿童主任); `villages` the names of 职责范围, split; `mends` the
    id of the row in quarantine that this one puts right; `prefers` is 接收方式 as written.
    """

    place: Place
    name: str | None = None
    role: str | None = None
    phone: str | None = None
    email: str | None = None
    wecom: str | None = None
    town: str | None = None
    village: str | None = None
    region_code: str | None = None
    villages: tuple[str, ...] = ()
    held_from: LedgerDate | None = None
    held_to: LedgerDate | None = None
    prefers: str | None = None
    mends: str | None = None


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One line of a list of divisions: 2, 4, 6, 9 or 12 digits, trailing zeros allowed.

    With a `successor` the code is abolished, and what was under it belongs there.
    """

    place: Place
    code: str
    name: str
    parent: str | None = None
    successor: str | None = None
    mends: str | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of a filled-in 走访登记表 (DESIGN.md 3a) or of any list of acts.

    `number` is the whole village number (青山-03) or, with `village`, its digits. A line whose
    `happened` is None was left blank by the director and is no problem. `counterpart` is the other
    division of a request across regions, by name or code.
    """

    place: Place
    number: str | None = None
    village: str | None = None
    kind: str | None = None
    happened: LedgerDate | None = None
    method: str | None = None
    result: str | None = None
    seen_in_person: bool | None = None
    all_well: bool | None = None
    recorded_by: str | None = None
    counterpart: str | None = None
    mends: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRows:
    """All rows of one sheet that hold one kind of thing, in order, and what was wrong with others.

    `kind` is `children`, `institutions`, `persons`, `regions` or `records`. A row with a REFUSED problem is not in
    `rows`; what its cells say stands in `refused_texts` by row, header by header, so that it can be
    mended (a secret). `form_id` is the hidden id of a 走访登记表 made by Shouwang, else None.
    """

    file: str
    sheet: str
    kind: str
    rows: (
        tuple[ChildRow, ...]
        | tuple[InstitutionRow, ...]
        | tuple[PersonRow, ...]
        | tuple[RegionRow, ...]
        | tuple[RecordRow, ...]
    )
    problems: tuple[Problem, ...] = ()
    form_id: str | None = None
    refused_texts: Mapping[int, Mapping[str, str]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FileRows:
    """One file, read. `skipped` names sheets with nothing to import (填表说明)."""

    file: str
    digest: str
    sheets: tuple[SheetRows, ...]
    skipped: tuple[str, ...] = ()
