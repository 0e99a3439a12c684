"""Entries: found by number or by what they are about, opened, and written in bulk."""

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from config.lean import dataclass
from ledgers.among import among
from ledgers.bulk import insert_many, insert_rows
from ledgers.facts import Facts, Plain
from ledgers.matching import Known
from ledgers.rows import LedgerDate
from ledgers.sealing import Spot, Vault
from ledgers.tables import entries, entry_triggers, imports

_LEDGERS = ("children", "institutions", "jurisdictions")
SEALED = tuple(column.name for column in entries.c if column.name.startswith("sealed_"))
KEYS = ("name_key", "id_no_key", "phone_key")
PLAIN = (
    "lives_in",
    "registered_in",
    "status",
    "population",
    "category",
    "level",
    "grade",
    "grade_year",
    "sex",
    "born_on",
    "born_month_only",
    "left_on",
    "consent",
    "consent_on",
)
_WRITTEN = (*PLAIN, *SEALED, *KEYS, "row_key", "import_id")
_NEW = ("id", "ledger", "number", "entered_on", "level_since", *_WRITTEN)

Row = dict[str, Plain | bytes]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A number and whose it is. Secret: for the sheet handed over on paper only."""

    entry_id: str
    number: str
    lives_in: str
    name: str


def known_entries(connection: Connection, ledger: str, rows: Sequence[Facts]) -> list[Known]:
    """Answer every entry that one of these rows could be about, in order of id.

    One query for each of the three ways to name an entry: of all at once SQLite makes a walk over
    the whole ledger, and so it does of a key if it is told the ledger.
    """
    e = entries.c
    numbers = {row.number for row in rows if row.number}
    found = _known(connection, and_(e.ledger == ledger, among(connection, e.number, numbers)))
    known_numbers = {one.number for one in found.values()}
    ids = {row.keys["id_no_key"] for row in rows if "id_no_key" in row.keys}
    found |= _known(connection, among(connection, e.id_no_key, ids), only=ledger)
    known_ids = {one.id_no_key for one in found.values()} - {None}
    names = {  # likeness is only asked of rows that nothing else finds
        row.keys["name_key"]
        for row in rows
        if "name_key" in row.keys
        and row.number not in known_numbers
        and row.keys.get("id_no_key") not in known_ids
    }
    found |= _known(connection, among(connection, e.name_key, names), only=ledger)
    return [found[id_] for id_ in sorted(found)]


def _known(
    connection: Connection, condition: ColumnElement[bool], *, only: str | None = None
) -> dict[str, Known]:
    e = entries.c
    query = (
        select(
            e.ledger,
            e.id,
            e.number,
            e.name_key,
            e.id_no_key,
            e.born_on,
            e.born_month_only,
            e.lives_in,
            e.row_key,
            e.import_id.is_(None) | imports.c.finished_at.is_not(None),
        )
        .join_from(entries, imports, e.import_id == imports.c.id, isouter=True)
        .where(condition)
    )
    return {
        id_: Known(
            id=id_,
            number=number,
            name_key=name_key,
            id_no_key=id_no_key,
            born=None if born is None else LedgerDate(born, month_only),
            lives_in=lives_in,
            row_key=row_key,
            import_whole=bool(whole),
        )
        for ledger, id_, number, name_key, id_no_key, born, month_only, lives_in, row_key, whole in (
            connection.execute(query)
        )
        if only in (None, ledger)
    }


def stored_rows(connection: Connection, ids: Collection[str]) -> dict[str, RowMapping]:
    """Answer whole rows of entries by id, still sealed."""
    query = select(entries).where(among(connection, entries.c.id, ids))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def triggers_of(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Answer the triggers of entries by id, in order of their words."""
    query = select(entry_triggers).where(among(connection, entry_triggers.c.entry_id, ids))
    found: dict[str, list[str]] = {id_: [] for id_ in ids}
    for entry_id, trigger in connection.execute(query):
        found[entry_id].append(trigger)
    return {id_: tuple(sorted(words)) for id_, words in found.items()}


def ids_by_number(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """Answer the ids of public numbers, of children and of all else; unknown ones are missing.

    A child comes before an institution, and an institution before a division of the same name.
    """
    query = select(entries.c.number, entries.c.id).where(
        # the ledgers are named for the index on ledger and number
        entries.c.ledger.in_(_LEDGERS),
        among(connection, entries.c.number, numbers),
    )
    ordered = connection.execute(query.order_by(entries.c.ledger.desc()))
    return dict(iter(ordered))


def open_secret(vault: Vault, entry_id: str, column: str, sealed: bytes | None) -> str | None:
    """Open one sealed column of an entry; None stays None."""
    return None if sealed is None else vault.open(sealed, Spot("entries", column, entry_id))


def roster(
    connection: Connection, vault: Vault, regions: Collection[str], *, ledger: str = "children"
) -> list[RosterLine]:
    """Answer numbers and names of the active entries that live in these divisions, in order.

    Whoever calls it writes the look down (DESIGN.md 6).
    """
    if not regions:
        return []
    query = (
        select(entries.c.id, entries.c.number, entries.c.lives_in, entries.c.sealed_name)
        .where(
            entries.c.ledger == ledger,
            entries.c.status == "active",
            or_(*(entries.c.lives_in.startswith(region, autoescape=True) for region in regions)),
        )
        .order_by(entries.c.lives_in, entries.c.number)
    )
    return [
        RosterLine(id_, number, lives_in, open_secret(vault, id_, "sealed_name", sealed) or "")
        for id_, number, lives_in, sealed in connection.execute(query)
    ]


def new_row(vault: Vault, entry_id: str, facts: Facts) -> Row:
    """Answer the columns of a new entry, sealed; number, ledger and dates are the caller's."""
    row: Row = {"id": entry_id, "status": "active", "born_month_only": False}
    row["row_key"] = facts.row_key
    row.update(facts.plain)
    row.update(facts.keys)
    row.update(vault.seal_row("entries", entry_id, facts.secrets))
    return row


def insert_entries(connection: Connection, rows: Sequence[Row]) -> None:
    """Write new entries; what a row leaves out is not known."""
    insert_rows(connection, entries, _NEW, [tuple(map(row.get, _NEW)) for row in rows])


def update_entries(connection: Connection, rows: Sequence[Row]) -> None:
    """Write changed entries whole, by id."""
    if not rows:
        return
    statement = (
        update(entries)
        .where(entries.c.id == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
    )
    changed = [
        {"key": row["id"], **{f"new_{name}": row[name] for name in _WRITTEN}} for row in rows
    ]
    connection.execute(statement, changed)


def adopt_entries(connection: Connection, ids: Sequence[str], import_id: str) -> None:
    """Take over unchanged entries that an import which was broken off had written."""
    if ids:
        connection.execute(update(entries).where(entries.c.id.in_(ids)).values(import_id=import_id))


def write_triggers(
    connection: Connection, triggers: Mapping[str, tuple[str, ...]], *, replacing: bool
) -> None:
    """Write the triggers of entries; those of changed entries replace the old ones."""
    if replacing and triggers:
        connection.execute(delete(entry_triggers).where(entry_triggers.c.entry_id.in_(triggers)))
    rows = [(entry_id, trigger) for entry_id, words in triggers.items() for trigger in words]
    insert_many(connection, entry_triggers, ("entry_id", "trigger"), rows)


def extras_of(text: str | None) -> dict[str, str]:
    """Answer the site's own columns from their sealed form, once opened."""
    return {} if text is None else json.loads(text)
