"""Changing the data key while everything goes on: what is sealed with another is sealed anew."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from ledgers.database import Database
from ledgers.errors import UnreadableValue
from ledgers.keyrings import begin_rotation, end_rotation
from ledgers.sealing import Spot, Vault
from ledgers.wrapping import MasterKey

ROWS_PER_UNIT = 500
"""Rows sealed anew in one transaction: well under a second, whatever the number of columns."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


@dataclass(slots=True)
class Rotated:
    """What a rotation did. `unreadable` are the places of values that do not open."""

    current: str
    resealed: int = 0
    left: int = 0
    unreadable: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def rotate(
    database: Database,
    metadata: MetaData,
    master: MasterKey,
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Rotated:
    """Change the data key; whoever writes meanwhile may go on.

    1. A new key is written: whoever learns of it seals with it, and all open what is sealed with
       either.
    2. Every value under another key is opened and sealed anew, in short units.
    3. Keys with which nothing was sealed for a day are dropped.

    Broken off, it is called again and goes on where it was. A value that does not open is left as
    it is, and its key with it.

    Raises:
        OtherMasterKey, KeysMissing, KeysInClear: with what to do.
    """
    with database.writing() as connection:
        ring = begin_rotation(connection, master, now=clock())
    return finish(database, metadata, Vault(ring), clock=clock, progress=progress)


def finish(
    database: Database,
    metadata: MetaData,
    vault: Vault,
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Rotated:
    """Do steps 2 and 3 of a rotation with its new key."""
    with database.reading() as connection:
        found = values_by_key(connection, metadata)
    done = reseal(database, metadata, vault, progress=progress)
    with database.reading() as connection:
        left = values_by_key(connection, metadata)
    del found[vault.current], left[vault.current]
    done.left = left.total()
    with database.writing() as connection:
        done.dropped = end_rotation(connection, found.keys(), left.keys(), now=clock())
    return done


def reseal(
    database: Database, metadata: MetaData, vault: Vault, *, progress: Progress | None = None
) -> Rotated:
    """Seal every value with the current key; values that are so already are left alone.

    Rows that somebody else is writing are passed over the first time, so that neither waits for
    the other in a circle; then they are waited for, one by one.
    """
    done = Rotated(vault.current)
    tables = [table for table in metadata.sorted_tables if sealed_columns(table)]
    with database.reading() as connection:
        total = sum(_stale_rows(connection, table, vault) for table in tables)
    count = 0
    for is_first in (True, False):
        done.unreadable.clear()
        for table in tables:
            for rows in _reseal_table(database, table, vault, done=done, is_first=is_first):
                count = min(count + rows, total)
                if progress is not None:
                    progress(count, total)
    return done


def sealed_columns(table: Table) -> tuple[Column[bytes], ...]:
    """Answer the columns of a table that hold sealed values."""
    return tuple(
        column
        for column in table.c
        if column.name.startswith("sealed_") and isinstance(column.type, LargeBinary)
    )


def values_by_key(connection: Connection, metadata: MetaData) -> Counter[str]:
    """Count the sealed values under each key."""
    counted: Counter[str] = Counter()
    for table in metadata.sorted_tables:
        for column in sealed_columns(table):
            key = _key_of(column).label("key")
            query = select(key, func.count()).where(column.is_not(None)).group_by(key)
            for id_, count in connection.execute(query):
                counted[bytes(id_).hex()] += count
    return counted


def _key_of(column: Column[bytes]) -> ColumnElement[bytes]:
    """Answer the part of a sealed value that names its key (`ledgers.sealing`)."""
    return func.substr(column, 2, 4, type_=LargeBinary)


def _is_stale(table: Table, vault: Vault) -> ColumnElement[bool]:
    current = bytes.fromhex(vault.current)
    return or_(
        *(and_(column.is_not(None), _key_of(column) != current) for column in sealed_columns(table))
    )


def _stale_rows(connection: Connection, table: Table, vault: Vault) -> int:
    query = select(func.count()).select_from(table).where(_is_stale(table, vault))
    return connection.execute(query).scalar_one()


def _reseal_table(
    database: Database, table: Table, vault: Vault, *, done: Rotated, is_first: bool
) -> Iterator[int]:
    """Go through a table in order of its ids, each unit deciding on what it read itself."""
    columns = sealed_columns(table)
    query = (
        select(table.c.id, *columns)
        .where(table.c.id > bindparam("last"), _is_stale(table, vault))
        .order_by(table.c.id)
        .limit(ROWS_PER_UNIT if is_first else 1)
        .with_for_update(key_share=True, skip_locked=is_first)
    )
    last = ""
    while True:
        with database.writing() as connection:
            rows = connection.execute(query, {"last": last}).all()
            for index, column in enumerate(columns, start=1):
                values = [(row[0], row[index]) for row in rows]
                _reseal_column(connection, column, vault, values=values, done=done)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


def _reseal_column(
    connection: Connection,
    column: Column[bytes],
    vault: Vault,
    *,
    values: Sequence[tuple[str, bytes | None]],
    done: Rotated,
) -> None:
    table = column.table
    changed: list[dict[str, str | bytes]] = []
    for row_id, value in values:
        if value is None or vault.is_current(value):
            continue
        spot = Spot(str(table), column.name, row_id)
        try:
            opened = vault.open_bytes(value, spot)
        except UnreadableValue:
            done.unreadable.append(f"{spot.table}.{spot.column} {spot.row_id}")
            continue
        changed.append({"key": row_id, "sealed": vault.seal_bytes(opened, spot)})
    if changed:
        statement = update(table).where(table.c.id == bindparam("key"))
        connection.execute(statement.values({column.name: bindparam("sealed")}), changed)
    done.resealed += len(changed)
