"""How a database stands: its whole content as one picture, and all that must hold of any content."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sqlalchemy import Connection, Integer, String, Table, select

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from ledgers.audit_verify import verify
from ledgers.columns import Id
from ledgers.database import Database
from ledgers.tables import metadata

_SMALLEST, _LARGEST = -(2**31), 2**31 - 1

Picture = Mapping[str, str]


def picture_of(database: Database) -> Picture:
    """Answer a digest of every table: two are equal only where nothing at all was written."""
    with database.reading() as connection:
        return {one.name: _digest(connection, one) for one in metadata.sorted_tables}


def changed(before: Picture, after: Picture, *, but: Collection[str] = ()) -> list[str]:
    """Name the tables that are not as they were; `but` leaves some out."""
    return [name for name in before if before[name] != after[name] and name not in but]


def faults_of(database: Database) -> list[str]:
    """Answer what is wrong with what a database holds, whatever came in before.

    Its pages and references are whole, the chain of audit events is unbroken, and either database
    would take each value: PostgreSQL refuses texts that SQLite takes.
    """
    with database.reading() as connection:
        found = [f"chain: {one.fault}" for one in verify(connection).findings]
        if database.is_sqlite:
            found += _broken_pages(connection)
        for one in metadata.sorted_tables:
            found += _unfit(connection, one)
    return found


def _digest(connection: Connection, one: Table) -> str:
    rows = connection.exec_driver_sql(f'SELECT * FROM "{one.name}"').all()  # noqa: S608  # our own
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode("utf-8", "replace")).hexdigest()


def _broken_pages(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"page: {row[0]}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"reference: {row[0]} to {row[2]}"


def _unfit(connection: Connection, one: Table) -> Iterator[str]:
    columns = [it for it in one.columns if isinstance(it.type, String | Integer)]
    if columns:
        for row in connection.execute(select(*columns)):
            for column, value in zip(columns, row, strict=True):
                if not _fits(value, getattr(column.type, "length", None)):
                    yield f"value: {one.name}.{column.name}"


def _fits(value: object, longest: int | None) -> bool:
    if isinstance(value, str):
        return "\0" not in value and len(value) <= (longest or len(value)) and _is_text(value)
    return not isinstance(value, int) or _SMALLEST <= value <= _LARGEST


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def shape_of(database: Database, *, but: Collection[str] = ()) -> Mapping[str, list[str]]:
    """Answer what tables hold besides ids, instants and what is sealed by chance.

    Two databases that came to the same by different ways have one shape.
    """
    with database.reading() as connection:
        return {
            one.name: _shape(connection, one)
            for one in metadata.sorted_tables
            if one.name not in but
        }


def _shape(connection: Connection, one: Table) -> list[str]:
    kept = [it for it in one.columns if it.type is not Id and not _by_chance(it.name)]
    if not kept:
        return []
    return sorted(repr(tuple(map(_plain, row))) for row in connection.execute(select(*kept)))


def _by_chance(name: str) -> bool:
    return name in {"id", "fingerprint"} or name.endswith("_at") or "sealed" in name


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
