"""`last_acts` kept in step with the records: per entry and kind the newest date that counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, delete, func, select
from sqlalchemy import tuple_ as row_of
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from ledgers.acts import DONE, RecordRequest
from ledgers.tables import last_acts, records

Key = tuple[str, str]
"""Entry and kind."""


def raise_last_acts(connection: Connection, done: Sequence[RecordRequest]) -> set[Key]:
    """Take over newer dates, and answer where there was one. An older one moves nothing."""
    newest: dict[Key, date] = {}
    for request in done:
        key = (request.entry_id, request.kind)
        newest[key] = max(request.happened_on, newest.get(key, date.min))
    known = _known(connection, newest)
    moved = {key: day for key, day in newest.items() if day > known.get(key, date.min)}
    _put(connection, moved, only_newer=True)
    return set(moved)


def recount(connection: Connection, keys: Iterable[Key]) -> set[Key]:
    """Work out anew from the records that still stand; answer where the date changed."""
    wanted = set(keys)
    known, now = _known(connection, wanted), counted(connection, wanted)
    changed = {key for key in wanted if known.get(key) != now.get(key)}
    gone = [key for key in changed if key not in now]
    if gone:
        connection.execute(
            delete(last_acts).where(row_of(last_acts.c.entry_id, last_acts.c.kind).in_(gone))
        )
    _put(connection, {key: now[key] for key in changed if key in now}, only_newer=False)
    return changed


def counted(connection: Connection, keys: Iterable[Key]) -> dict[Key, date]:
    """Answer the newest date that counts by the records themselves."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = connection.execute(
        select(records.c.entry_id, records.c.kind, func.max(records.c.happened_on))
        .where(
            row_of(records.c.entry_id, records.c.kind).in_(wanted),
            records.c.result == DONE,
            records.c.voided_at.is_(None),
        )
        .group_by(records.c.entry_id, records.c.kind)
    )
    return {(entry_id, kind): day for entry_id, kind, day in rows}


def _known(connection: Connection, keys: Iterable[Key]) -> dict[Key, date]:
    ids = {entry_id for entry_id, _ in keys}
    if not ids:
        return {}
    rows = connection.execute(select(last_acts).where(last_acts.c.entry_id.in_(ids)))
    return {(row.entry_id, row.kind): row.happened_on for row in rows}


def _put(connection: Connection, days: Mapping[Key, date], *, only_newer: bool) -> None:
    """Write dates; with `only_newer` not over one that somebody else has just raised further."""
    if not days:
        return
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    statement = insert(last_acts)
    given = statement.excluded.happened_on
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[last_acts.c.entry_id, last_acts.c.kind],
            set_={"happened_on": given},
            where=given > last_acts.c.happened_on if only_newer else None,
        ),
        [
            {"entry_id": entry_id, "kind": kind, "happened_on": day}
            for (entry_id, kind), day in sorted(days.items())
        ],
    )
