"""What has changed about an entry is looked at by the next evaluation."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from ledgers.bulk import insert_rows
from ledgers.tables import touched


def touch(connection: Connection, ids: Iterable[str], *, known_on: date) -> None:
    """Have evaluation look at entries again; belongs in the transaction of the change."""
    rows = [(entry_id, known_on) for entry_id in ids]
    insert_rows(connection, touched, ("entry_id", "known_on"), rows)
