"""`last_acts` kept in step with the records: per entry and kind the newest dates that count."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Insert, case, delete, func, or_, select
from sqlalchemy import tuple_ as row_of

from ledgers.acts import DONE, RecordRequest
from ledgers.tables import last_acts, records
from ledgers.upserting import upserting

Key = tuple[str, str]
"""Entry and kind."""


class Newest(NamedTuple):
    """The newest day on which such an act happened, and the newest on which one was recorded."""

    happened_on: date
    recorded_on: date


def raise_last_acts(
    connection: Connection, done: Sequence[RecordRequest], *, recorded_on: date
) -> set[Key]:
    """Take over newer dates, and answer where there was one. An older one moves nothing."""
    newest: dict[Key, Newest] = {}
    for request in done:
        key = (request.entry_id, request.kind)
        day = max(request.happened_on, newest[key].happened_on if key in newest else date.min)
        newest[key] = Newest(day, recorded_on)
    known = _known(connection, newest)
    moved = {key: now for key, now in newest.items() if _is_newer(now, known.get(key))}
    if moved:
        connection.execute(_raising(connection.dialect.name), _rows(moved))
    return set(moved)


def recount(connection: Connection, keys: Iterable[Key]) -> set[Key]:
    """Work out anew from the records that still stand; answer where a date changed."""
    wanted = set(keys)
    known, now = _known(connection, wanted), counted(connection, wanted)
    changed = {key for key in wanted if known.get(key) != now.get(key)}
    gone = [key for key in changed if key not in now]
    if gone:
        connection.execute(
            delete(last_acts).where(row_of(last_acts.c.entry_id, last_acts.c.kind).in_(gone))
        )
    rows = _rows({key: now[key] for key in changed if key in now})
    if rows:
        connection.execute(_replacing(connection.dialect.name), rows)
    return changed


def counted(connection: Connection, keys: Iterable[Key]) -> dict[Key, Newest]:
    """Answer the newest dates that count by the records themselves."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = connection.execute(
        select(
            records.c.entry_id,
            records.c.kind,
            func.max(records.c.happened_on),
            func.max(records.c.recorded_on),
        )
        .where(
            row_of(records.c.entry_id, records.c.kind).in_(wanted),
            records.c.result == DONE,
            records.c.voided_at.is_(None),
        )
        .group_by(records.c.entry_id, records.c.kind)
    )
    return {(entry_id, kind): Newest(day, known) for entry_id, kind, day, known in rows}


def _is_newer(now: Newest, known: Newest | None) -> bool:
    return (
        known is None or now.happened_on > known.happened_on or now.recorded_on > known.recorded_on
    )


def _known(connection: Connection, keys: Iterable[Key]) -> dict[Key, Newest]:
    ids = {entry_id for entry_id, _ in keys}
    if not ids:
        return {}
    rows = connection.execute(select(last_acts).where(last_acts.c.entry_id.in_(ids)))
    return {
        (row.entry_id, row.kind): Newest(row.happened_on, row.recorded_on or date.min)
        for row in rows
    }


def _rows(days: Mapping[Key, Newest]) -> list[dict[str, object]]:
    return [
        {"entry_id": entry_id, "kind": kind, **newest._asdict()}
        for (entry_id, kind), newest in sorted(days.items())
    ]


@cache
def _raising(dialect: str) -> Insert:
    """Write dates, but none over one that somebody else has just raised further."""
    statement = upserting(last_acts, dialect)
    given = statement.excluded
    kept = {name: _later(given[name], last_acts.c[name]) for name in Newest._fields}
    newer = [
        or_(given[name] > last_acts.c[name], last_acts.c[name].is_(None)) for name in Newest._fields
    ]
    return statement.on_conflict_do_update(
        index_elements=list(last_acts.primary_key.columns), set_=kept, where=or_(*newer)
    )


@cache
def _replacing(dialect: str) -> Insert:
    statement = upserting(last_acts, dialect)
    return statement.on_conflict_do_update(
        index_elements=list(last_acts.primary_key.columns),
        set_={name: statement.excluded[name] for name in Newest._fields},
    )


def _later(given: ColumnElement[date], kept: ColumnElement[date]) -> ColumnElement[date]:
    # The two databases call the greater of two by different names.
    return case((kept > given, kept), else_=given)
