"""Rows set apart that are about somebody: found by what stands in them, and destroyed."""

import json
import re
from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from ledgers.among import among
from ledgers.sealing import Spot, Vault
from ledgers.tables import quarantine

_ID_NUMBER = re.compile(r"\d{17}[\dX]")
_AT_ONCE = 500


def rows_about(
    connection: Connection,
    vault: Vault,
    words: Collection[str],
    *,
    id_no: str | None = None,
    of_persons: bool = False,
) -> list[str]:
    """Answer the rows with a cell that says one of these words, such as a name or a phone.

    A row with an ID number that is not `id_no` is a namesake's. All rows are opened, since what was
    not understood has no column to look in; but lists of persons only if it is about one of these.
    """
    wanted = {_plain(word) for word in (*words, id_no or "") if word}
    found = []
    query = select(quarantine.c.id, quarantine.c.sealed_row).where(
        quarantine.c.sealed_row.is_not(None), (quarantine.c.kind == "persons").is_(of_persons)
    )
    # Of the statement: an option of the connection would hold for all that follows.
    for id_, sealed in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        opened = json.loads(vault.open(sealed, Spot("quarantine", "sealed_row", id_)))
        cells = {_plain(cell) for cell in opened.values()}
        others = {cell for cell in cells if _ID_NUMBER.fullmatch(cell)} - {id_no}
        if wanted & cells and not (id_no and others):
            found.append(id_)
    return found


def destroy_rows(connection: Connection, ids: Collection[str]) -> int:
    """Delete rows set apart; answer how many."""
    if not ids:
        return 0
    return connection.execute(
        delete(quarantine).where(among(connection, quarantine.c.id, ids))
    ).rowcount


def _plain(cell: str) -> str:
    return "".join(cell.split()).upper()
