"""A small fictional county for tests of the ledger."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TypedDict, Unpack

from sqlalchemy import Connection, insert

from config.model import Level, RecordKind, Role
from ledgers.acts import RecordDoor, RecordRequest
from ledgers.database import Database
from ledgers.declared import DeclaredField
from ledgers.ids import new_ids
from ledgers.importing import apply_import, plan_import
from ledgers.imports import ImportContext, ImportReport, ImportSettings
from ledgers.rows import (
    ChildRow,
    FileRows,
    LedgerDate,
    PersonRow,
    Place,
    RecordRow,
    RegionRow,
    SheetRows,
)
from ledgers.sealing import Keyring, Vault
from ledgers.tables import entries, records

SITE = "990101"
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
VAULT = Vault(Keyring.create())

ROLES = {
    "director": Role(title="儿童主任", level="village", up="supervisor", aliases=("村儿童主任",)),
    "supervisor": Role(title="儿童督导员", level="township", up="county"),
    "county": Role(title="县民政局儿童福利工作人员", level="county"),
}
RECORDS = {
    "contact": RecordKind(title="联系"),
    "visit": RecordKind(title="入户走访", counts_as=("contact",)),
    "update": RecordKind(title="信息更新"),
    "request": RecordKind(title="跨区域协查", counterpart=True),
}


class Said(TypedDict, total=False):
    """What a test's row says of a child."""

    sheet: str
    number: str
    id_no: str
    born: LedgerDate
    town: str | None
    village: str | None
    population: str
    category: str
    triggers: tuple[str, ...]
    level: str
    status: str
    grade: str
    school: str
    phone: str
    director: str
    last_contact: LedgerDate
    last_visit: LedgerDate
    last_arrival: LedgerDate
    extras: dict[str, str]


LEVELS = (
    Level(id="green", title="绿", aliases=("绿色", "低风险")),
    Level(id="red", title="红", aliases=("红色", "高风险")),
)


DECLARED = {
    field.name: field
    for field in (
        DeclaredField("aid", "set", "plain"),
        DeclaredField("permit", "date", "plain"),
        DeclaredField("card", "word", "keyed"),
    )
}


class NotebookDoor:
    """A door that writes records plainly, as `alerts.acts` would, and remembers the calls."""

    def __init__(self) -> None:
        self.calls: list[Sequence[RecordRequest]] = []

    def __call__(self, connection: Connection, requests: Sequence[RecordRequest]) -> None:
        """Write each request as a record."""
        self.calls.append(requests)
        rows = [
            {
                "id": id_,
                "entry_id": one.entry_id,
                "kind": one.kind,
                "happened_on": one.happened_on,
                "month_only": one.month_only,
                "recorded_on": TODAY,
                "recorded_at": NOW,
                "recorded_by": one.recorded_by,
                "result": one.result,
                "method": one.method,
                "source": str(one.source),
                "counterpart": one.counterpart,
                "import_id": one.import_id,
                "fingerprint": id_[:43],
            }
            for id_, one in zip(new_ids(NOW, len(requests)), requests, strict=True)
        ]
        connection.execute(insert(records), rows)


def context(
    *, today: date = TODAY, vault: Vault = VAULT, door: RecordDoor | None = None
) -> ImportContext:
    """Answer what an import of the sample county is told."""
    return ImportContext(
        settings=ImportSettings(SITE, ROLES, RECORDS, LEVELS, {"children": DECLARED}),
        vault=vault,
        door=door or NotebookDoor(),
        today=today,
        now=datetime.combine(today, datetime.min.time(), UTC),
        recorded_by="office",
    )


def bare_entry(connection: Connection) -> None:
    """Write the entry e1, with nothing but what each must have."""
    connection.execute(
        insert(entries).values(
            id="e1",
            ledger="children",
            number="a",
            lives_in="99",
            status="active",
            entered_on=TODAY,
        )
    )


def at(row: int, sheet: str = "台账") -> Place:
    """Answer a place in the sample file."""
    return Place("台账.xlsx", sheet, row)


def child(row: int, name: str | None, **said: Unpack[Said]) -> ChildRow:
    """Answer a row about a child of 青山村 in 柳河镇, unless it says otherwise."""
    row_place = at(row, said.pop("sheet", "台账"))
    return ChildRow(row_place, name=name, **{"town": "柳河镇", "village": "青山村", **said})  # type: ignore[arg-type]


def file_of(
    *rows: ChildRow | PersonRow | RegionRow | RecordRow, form_id: str | None = None
) -> FileRows:
    """Answer a file with these rows, one sheet for each name and kind."""
    sheets: dict[tuple[str, str], list[ChildRow | PersonRow | RegionRow | RecordRow]] = {}
    kinds = {
        ChildRow: "children",
        PersonRow: "persons",
        RegionRow: "regions",
        RecordRow: "records",
    }
    for row in rows:
        sheets.setdefault((row.place.sheet, kinds[type(row)]), []).append(row)
    made = tuple(
        SheetRows("台账.xlsx", sheet, kind, tuple(found), form_id=form_id)  # type: ignore[arg-type]
        for (sheet, kind), found in sheets.items()
    )
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return FileRows("台账.xlsx", digest, made)


def bring_in(
    database: Database, rows: FileRows, told: ImportContext | None = None, *, force: bool = False
) -> ImportReport:
    """Plan and apply an import."""
    told = told or context()
    return apply_import(database, plan_import(database, rows, told), told, force=force)
