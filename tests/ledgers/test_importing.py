"""A ledger goes in once, whatever it says and however often it is imported."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Table, func, select, update

from ledgers.acts import RecordRequest
from ledgers.database import Database
from ledgers.importing import plan_import
from ledgers.imports import Count
from ledgers.leftovers import unfinished_imports
from ledgers.rows import LedgerDate, RecordRow
from ledgers.sealing import Spot
from ledgers.tables import (
    entries,
    entry_changes,
    entry_triggers,
    imports,
    quarantine,
    records,
    regions,
    touched,
    village_numbers,
)
from tests.ledgers.samples import TODAY, VAULT, at, bring_in, child, context, file_of

BORN = LedgerDate(date(2016, 5, 4))
OTHER = LedgerDate(date(2018, 1, 2))
ID_A, ID_B = "990101201605040019", "990101201801020027"


def size(database: Database, table: Table) -> int:
    """Answer how many rows a table has."""
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def numbers(database: Database) -> list[str]:
    """Answer all village numbers, in order."""
    with database.reading() as connection:
        return list(connection.scalars(select(entries.c.number).order_by(entries.c.number)))


def test_rows_become_entries_with_numbers_and_places(database: Database) -> None:
    """Two children of one village: numbered, placed, sealed, and to be looked at."""
    first = child(3, "张示例", born=BORN, id_no=ID_A, level="高风险", triggers=("流浪", "自身残疾"))
    report = bring_in(database, file_of(first, child(4, "李示例", born=OTHER)))
    assert (report.counts[Count.READ], report.counts[Count.NEW]) == (2, 2)
    assert report.counts[Count.REGIONS] == 2
    assert numbers(database) == ["青山-01", "青山-02"]
    with database.reading() as connection:
        row = connection.execute(select(entries).where(entries.c.number == "青山-01")).one()
    assert (row.lives_in, row.level, row.status) == ("990101901901", "red", "active")
    assert (row.born_on, row.entered_on) == (BORN.day, TODAY)
    assert VAULT.open(row.sealed_name, Spot("entries", "sealed_name", row.id)) == "张示例"
    assert (size(database, entry_triggers), size(database, touched)) == (2, 2)


def test_the_second_import_changes_nothing_and_says_so(database: Database) -> None:
    """Every row is unchanged, and no table has grown but that of imports."""
    rows = file_of(child(3, "张示例", id_no=ID_A, last_visit=LedgerDate(date(2026, 9, 1))))
    bring_in(database, rows)
    tables = (entries, entry_changes, records, touched, regions, village_numbers, quarantine)
    before = [size(database, table) for table in tables]
    report = bring_in(database, rows, context(today=TODAY + timedelta(days=5)))
    assert report.changed_nothing
    assert report.counts[Count.UNCHANGED] == 1
    assert [size(database, table) for table in tables] == before


def test_a_dry_run_writes_nothing_and_counts_the_same(database: Database) -> None:
    """What is announced is what happens."""
    rows = file_of(
        child(3, "张示例", id_no=ID_A, last_visit=LedgerDate(date(2026, 9, 1))),
        child(4, None),
        child(5, "张示例", id_no=ID_A),
    )
    planned = plan_import(database, rows, context()).report
    assert [size(database, table) for table in (entries, regions, imports)] == [0, 0, 0]
    done = bring_in(database, rows)
    assert planned.counts == done.counts
    assert planned.dry_run
    assert not done.dry_run


def test_a_changed_row_updates_and_keeps_what_it_said(database: Database) -> None:
    """Plain fields keep both values, sealed ones the old value, sealed."""
    bring_in(database, file_of(child(3, "张示例", id_no=ID_A, level="绿", phone="15400000001")))
    changed = child(3, "张示例", id_no=ID_A, level="红", phone="15400000002")
    report = bring_in(database, file_of(changed))
    assert (report.counts[Count.CHANGED], report.counts[Count.NEW]) == (1, 0)
    with database.reading() as connection:
        kept = {row.field: row for row in connection.execute(select(entry_changes))}
    assert (kept["level"].old_plain, kept["level"].new_plain) == ("green", "red")
    old = kept["phone"]
    spot = Spot("entry_changes", "sealed_old", old.id)
    assert VAULT.open(old.sealed_old, spot) == "15400000001"
    assert old.old_plain is None
    assert size(database, touched) == 2


def test_silence_changes_nothing(database: Database) -> None:
    """A file without some columns clears none of them."""
    bring_in(database, file_of(child(3, "张示例", id_no=ID_A, level="红", school="示例小学")))
    report = bring_in(database, file_of(child(9, "张示例", id_no=ID_A)))
    assert report.changed_nothing
    with database.reading() as connection:
        row = connection.execute(select(entries)).one()
    assert row.level == "red"
    assert row.sealed_school is not None


def test_dates_of_past_acts_become_records(database: Database) -> None:
    """最近联系 and 最近走访 are handed to the one door; a month stays a month."""
    row = child(
        3,
        "张示例",
        id_no=ID_A,
        last_contact=LedgerDate(date(2026, 10, 1), month_only=True),
        last_visit=LedgerDate(date(2026, 9, 12)),
    )
    assert bring_in(database, file_of(row)).counts[Count.RECORDS] == 2
    with database.reading() as connection:
        kept = {r.kind: (r.happened_on, r.month_only) for r in connection.execute(select(records))}
    assert kept == {
        "contact": (date(2026, 10, 1), True),
        "visit": (date(2026, 9, 12), False),
    }


def test_only_the_new_date_of_a_changed_row_is_recorded(database: Database) -> None:
    """The old visit is known; the row counts as changed."""
    bring_in(database, file_of(child(3, "张示例", last_visit=LedgerDate(date(2026, 9, 1)))))
    both = child(
        3,
        "张示例",
        last_visit=LedgerDate(date(2026, 9, 1)),
        last_contact=LedgerDate(date(2026, 11, 1)),
    )
    report = bring_in(database, file_of(both))
    assert (report.counts[Count.RECORDS], report.counts[Count.RECORDS_KNOWN]) == (1, 1)
    assert report.counts[Count.CHANGED] == 1


def test_a_date_in_the_future_is_no_record(database: Database) -> None:
    """The child is taken, the date is not, and somebody is told."""
    late = LedgerDate(TODAY + timedelta(days=1))
    report = bring_in(database, file_of(child(3, "张示例", last_visit=late)))
    assert (report.counts[Count.NEW], report.counts[Count.RECORDS]) == (1, 0)
    assert [p.code for p in report.problems] == ["date-in-future"]


def test_missing_rows_close_nothing_and_are_listed(database: Database) -> None:
    """Whoever is not in the file any more is there for review."""
    bring_in(database, file_of(child(3, "张示例", id_no=ID_A), child(4, "李示例", id_no=ID_B)))
    report = bring_in(database, file_of(child(3, "张示例", id_no=ID_A)))
    assert report.missing == ("青山-02",)
    with database.reading() as connection:
        assert set(connection.scalars(select(entries.c.status))) == {"active"}


@pytest.mark.parametrize(("rows", "asks"), [(10, True), (21, False)])
def test_too_many_changed_names_stop_the_import(
    database: Database, rows: int, *, asks: bool
) -> None:
    """Two of ten are over a tenth and are asked about; two of twenty-one are not."""
    ids = [f"99010120160504{n:04d}" for n in range(rows)]
    bring_in(database, file_of(*(child(n, f"孩{n}", id_no=i) for n, i in enumerate(ids))))
    renamed = file_of(
        *(child(n, f"{'新' if n < 2 else '孩'}{n}", id_no=i) for n, i in enumerate(ids))
    )
    report = bring_in(database, renamed)
    assert report.needs_answer is asks
    assert size(database, entry_changes) == (0 if asks else 2)
    if asks:
        assert (report.alarms[0].changing, report.alarms[0].rows) == (2, rows)
        assert bring_in(database, renamed, force=True).counts[Count.CHANGED] == 2


def test_an_import_that_broke_off_is_finished_by_the_next(database: Database) -> None:
    """Entries it had written are taken over, so that nothing stays shut for ever."""
    bring_in(database, file_of(child(3, "张示例", id_no=ID_A)))
    with database.writing() as connection:
        connection.execute(update(imports).values(finished_at=None))
    with database.reading() as connection:
        assert len(unfinished_imports(connection)) == 1
    more = file_of(child(3, "张示例", id_no=ID_A), child(4, "李示例"))
    report = bring_in(database, more)
    with database.reading() as connection:
        whose = set(connection.scalars(select(entries.c.import_id)))
    assert whose == {report.import_id}


def test_the_same_file_goes_on_where_it_broke_off(database: Database) -> None:
    """Its import is one, not two."""
    rows = file_of(child(3, "张示例", id_no=ID_A))
    first = bring_in(database, rows)
    with database.writing() as connection:
        connection.execute(update(imports).values(finished_at=None))
    again = bring_in(database, rows)
    assert again.import_id == first.import_id
    assert size(database, imports) == 1
    with database.reading() as connection:
        assert connection.scalar(select(imports.c.finished_at)) is not None


def test_a_file_whose_import_failed_halfway_is_whole_once_it_is_imported_again(
    database: Database,
) -> None:
    """What the first try wrote waits until then, and nothing of it is written twice."""
    form = RecordRow(at(3, "登记"), "青山-01", kind="联系", happened=LedgerDate(TODAY))
    rows = file_of(child(3, "张示例", id_no=ID_A), form)
    with pytest.raises(OSError, match="full"):
        bring_in(database, rows, context(door=full_disk))
    with database.reading() as connection:
        (first,) = unfinished_imports(connection)
    report = bring_in(database, rows)
    assert (report.import_id, report.counts[Count.RECORDS]) == (first[0], 1)
    assert (size(database, entries), size(database, records)) == (1, 1)
    with database.reading() as connection:
        assert unfinished_imports(connection) == []
        assert connection.scalar(select(entries.c.import_id)) == report.import_id


def full_disk(_connection: Connection, _requests: Sequence[RecordRequest]) -> None:
    """Fail, as a disk does that has no room left for a record."""
    raise OSError("the disk is full")


def test_the_report_is_for_machines_and_names_nobody(database: Database) -> None:
    """JSON with every problem's place, and no name or ID number."""
    rows = file_of(child(3, "张示例", id_no=ID_A), child(4, "李示例", id_no=ID_A, born=OTHER))
    text = json.dumps(bring_in(database, rows).as_json(), ensure_ascii=False)
    assert '"row": 4' in text
    assert "示例" not in text
    assert ID_A not in text
