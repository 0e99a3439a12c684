"""Changing the data key: everything sealed is sealed anew, in short units, and then the old key goes."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Column, LargeBinary, MetaData, Table, bindparam, func, select, update

from ledgers.database import Database
from ledgers.sealing import Keyring, Spot, Vault, read_key_file, write_key_file

ROWS_PER_UNIT = 500
"""Rows sealed anew in one transaction: well under a second, whatever the number of columns."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


def rotate(
    database: Database, metadata: MetaData, key_file: Path, *, progress: Progress | None = None
) -> int:
    """Change the data key; answer how many values were sealed anew.

    1. A new key is added to the file: from here on new values are sealed with it, and both open.
    2. Every value under another key is opened and sealed anew.
    3. The old keys leave the file.

    Broken off, it is called again: a file that still holds an old key is gone on with, not given
    yet another key. Daemons must be stopped, since they hold the keys they started with.

    Raises:
        UnreadableValue: a value does not open; the old keys then stay.
    """
    keyring = read_key_file(key_file)
    if len(keyring.data_keys) == 1:
        keyring = keyring.rotated()
        write_key_file(key_file, keyring, replace=True)
    count = reseal(database, metadata, keyring, progress=progress)
    write_key_file(key_file, keyring.without_old_keys(), replace=True)
    return count


def reseal(
    database: Database,
    metadata: MetaData,
    keyring: Keyring,
    *,
    progress: Progress | None = None,
) -> int:
    """Seal every value with the current key; values that are so already are left alone."""
    vault = Vault(keyring)
    tables = [table for table in metadata.sorted_tables if sealed_columns(table)]
    with database.reading() as connection:
        total = sum(connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables)
    done = count = 0
    for table in tables:
        for rows, sealed in _reseal_table(database, table, vault):
            done += rows
            count += sealed
            if progress is not None:
                progress(done, total)
    return count


def sealed_columns(table: Table) -> tuple[Column[bytes], ...]:
    """Answer the columns of a table that hold sealed values."""
    return tuple(
        column
        for column in table.c
        if column.name.startswith("sealed_") and isinstance(column.type, LargeBinary)
    )


def _reseal_table(database: Database, table: Table, vault: Vault) -> Iterator[tuple[int, int]]:
    """Go through a table in order of its ids, each unit deciding on what it read itself."""
    columns = sealed_columns(table)
    last = ""
    while True:
        with database.writing() as connection:
            query = (
                select(table.c.id, *columns)
                .where(table.c.id > last)
                .order_by(table.c.id)
                .limit(ROWS_PER_UNIT)
            )
            rows = connection.execute(query).all()
            sealed = 0
            for index, column in enumerate(columns, start=1):
                values = [(row[0], row[index]) for row in rows]
                changed = _resealed(vault, (table.name, column.name), values)
                if changed:
                    statement = (
                        update(table)
                        .where(table.c.id == bindparam("key"))
                        .values({column.name: bindparam("sealed")})
                    )
                    connection.execute(statement, changed)
                sealed += len(changed)
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows), sealed


def _resealed(
    vault: Vault, place: tuple[str, str], values: Sequence[tuple[str, bytes | None]]
) -> list[dict[str, str | bytes]]:
    table, column = place
    changed: list[dict[str, str | bytes]] = []
    for row_id, value in values:
        if value is None or vault.is_current(value):
            continue
        spot = Spot(table, column, row_id)
        opened = vault.open_bytes(value, spot)
        changed.append({"key": row_id, "sealed": vault.seal_bytes(opened, spot)})
    return changed
