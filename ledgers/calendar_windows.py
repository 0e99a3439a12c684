"""Imported windows of dates (`calendars:`): what was entered when, beside what it replaced.

Rows are never overwritten by those of a later day: a window that was known to end in September counts
as that until the day its extension was entered.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from config.lean import dataclass
from ledgers.reading.windows import WindowRow
from ledgers.tables import calendar_windows as table


@dataclass(frozen=True, slots=True)
class KnownWindow:
    """One window as it was entered on `known_on`; a later one of the same key and region replaces it."""

    row: WindowRow
    known_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """What an import did: new windows, those with other dates (before, now), and those as before."""

    added: tuple[WindowRow, ...]
    changed: tuple[tuple[WindowRow, WindowRow], ...]
    unchanged: int


def load_windows(connection: Connection) -> tuple[KnownWindow, ...]:
    """Answer all windows ever imported, by calendar, key and region, the oldest first."""
    query = select(table).order_by(
        table.c.calendar, table.c.year_key, table.c.region, table.c.known_on
    )
    return tuple(_window(row) for row in connection.execute(query).mappings())


def keep_windows(
    connection: Connection, rows: Iterable[WindowRow], *, today: date, now: datetime
) -> Kept:
    """Keep windows, the last entered of each calendar, key and region; the same again is nothing."""
    newest: Mapping[tuple[str, str, str], KnownWindow] = {
        _key(known.row): known for known in load_windows(connection)
    }
    added: list[WindowRow] = []
    changed: list[tuple[WindowRow, WindowRow]] = []
    unchanged = 0
    for row in rows:
        before = newest.get(_key(row))
        if before is None:
            added.append(row)
            _insert(connection, row, today=today, now=now)
        elif (before.row.start_on, before.row.end_on) == (row.start_on, row.end_on):
            unchanged += 1
        else:
            changed.append((before.row, row))
            # A slip mended on its own day was never known otherwise, nor by a clock set back.
            if before.known_on >= today:
                _replace(connection, row, before.known_on, now=now)
            else:
                _insert(connection, row, today=today, now=now)
    return Kept(tuple(added), tuple(changed), unchanged)


def _key(row: WindowRow) -> tuple[str, str, str]:
    return (row.calendar, row.year_key, row.region)


def _window(row: RowMapping) -> KnownWindow:
    said = WindowRow(
        row["calendar"],
        row["year_key"],
        row["region"],
        row["start_on"],
        row["end_on"],
        row["source"],
    )
    return KnownWindow(said, row["known_on"])


def _insert(connection: Connection, row: WindowRow, *, today: date, now: datetime) -> None:
    connection.execute(
        insert(table).values(
            calendar=row.calendar,
            year_key=row.year_key,
            region=row.region,
            known_on=today,
            start_on=row.start_on,
            end_on=row.end_on,
            source=row.source,
            imported_at=now,
        )
    )


def _replace(connection: Connection, row: WindowRow, known_on: date, *, now: datetime) -> None:
    connection.execute(
        update(table)
        .where(
            table.c.calendar == row.calendar,
            table.c.year_key == row.year_key,
            table.c.region == row.region,
            table.c.known_on == known_on,
        )
        .values(start_on=row.start_on, end_on=row.end_on, source=row.source, imported_at=now)
    )
