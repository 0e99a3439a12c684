"""Whatever ledgers come in whatever order: twice is once, and nobody is lost or doubled."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledgers.database import Database
from ledgers.importing import plan_import
from ledgers.imports import Count
from ledgers.rows import ChildRow, FileRows, LedgerDate
from ledgers.tables import (
    entries,
    entry_changes,
    entry_triggers,
    metadata,
    quarantine,
    records,
    regions,
    touched,
    village_numbers,
)
from tests.ledgers.samples import bring_in, child, context, file_of

_TABLES = (
    entries,
    entry_changes,
    entry_triggers,
    quarantine,
    records,
    regions,
    touched,
    village_numbers,
)
_DAYS = [
    LedgerDate(date(2016, 5, 4)),
    LedgerDate(date(2016, 5, 1), True),
    LedgerDate(date(2018, 1, 2)),
]


@st.composite
def child_rows(draw: st.DrawFn, row: int) -> ChildRow:
    """Draw a row from so small a world that rows meet often."""
    said = {
        "id_no": draw(st.sampled_from([None, "99010120160504001X", "990101201801020027"])),
        "born": draw(st.sampled_from([None, *_DAYS])),
        "town": draw(st.sampled_from(["柳河镇", "柳河", "东山乡", None])),
        "village": draw(st.sampled_from(["青山村", "青山", "柳沟村", None])),
        "level": draw(st.sampled_from([None, "绿", "红"])),
        "triggers": draw(st.sampled_from([None, (), ("流浪",)])),
        "last_visit": draw(st.sampled_from([None, *_DAYS])),
        "number": draw(st.sampled_from([None, None, None, "青山-77", "A-01"])),
        "sheet": draw(st.sampled_from(["一", "二"])),
    }
    name = draw(st.sampled_from(["张示例", "李示例", None]))
    return child(row, name, **said)  # type: ignore[arg-type]


@st.composite
def ledgers(draw: st.DrawFn) -> FileRows:
    """Draw a file of a few rows on two sheets."""
    count = draw(st.integers(1, 6))
    return file_of(*(draw(child_rows(row)) for row in range(3, 3 + count)))


def fresh(folder: str) -> Database:
    """Answer an empty database of its own."""
    database = Database.open(f"sqlite:///{Path(folder) / 'law.sqlite'}")
    database.create_all(metadata)
    return database


def sizes(database: Database) -> list[int]:
    """Answer how many rows each table has."""
    with database.reading() as connection:
        return [connection.scalar(select(func.count()).select_from(t)) or 0 for t in _TABLES]


@settings(max_examples=40)
@given(st.lists(ledgers(), min_size=1, max_size=3))
def test_importing_twice_is_importing_once(files: list[FileRows]) -> None:
    """After each file, the same file again changes no table; dry runs count what happens."""
    with tempfile.TemporaryDirectory() as folder:
        database = fresh(folder)
        for rows in files:
            planned = plan_import(database, rows, context()).report
            done = bring_in(database, rows, force=True)
            assert planned.counts == done.counts
            before = sizes(database)
            again = bring_in(database, rows, force=True)
            assert again.counts[Count.NEW] == 0
            assert again.changed_nothing
            assert sizes(database) == before
        database.close()


@settings(max_examples=40)
@given(ledgers())
def test_every_row_is_accounted_for(rows: FileRows) -> None:
    """Each row is new, changed, unchanged, merged into another, or in quarantine with a reason."""
    with tempfile.TemporaryDirectory() as folder:
        database = fresh(folder)
        counts = bring_in(database, rows, force=True).counts
        taken = (Count.NEW, Count.CHANGED, Count.UNCHANGED, Count.MERGED, Count.QUARANTINED)
        assert counts[Count.READ] == sum(counts[count] for count in taken)
        with database.reading() as connection:
            numbers = list(connection.scalars(select(entries.c.number)))
        assert len(numbers) == len(set(numbers)) == counts[Count.NEW]
        database.close()
