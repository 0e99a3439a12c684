"""Import of a ledger against a bare executemany of the same finished rows, in one run.

python -m benchmarks.importing [ROWS …] [--url postgresql://…]
"""

import argparse
import random
import resource
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import Connection, Table, insert, select

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from config.model import Level, RecordKind, Role
from ledgers.acts import RecordRequest
from ledgers.database import Database
from ledgers.importing import apply_import, plan_import
from ledgers.imports import Count, ImportContext, ImportReport, ImportSettings
from ledgers.rows import ChildRow, FileRows, LedgerDate, Place, SheetRows
from ledgers.sealing import Keyring, Vault
from ledgers.tables import (
    entries,
    entry_triggers,
    imports,
    metadata,
    regions,
    touched,
    village_numbers,
)

LIMIT_5000 = 1.0  # seconds for 5,000 rows on SQLite, once they are read
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)
TRIGGERS = ("家庭生活困难", "自身残疾", "监护缺失")
SETTINGS = ImportSettings(
    site="990101",
    roles={"director": Role(title="儿童主任", level="village")},
    records={"contact": RecordKind(title="联系"), "visit": RecordKind(title="入户走访")},
    levels=(Level(id="green", title="绿"), Level(id="red", title="红")),
)


def door(_connection: Connection, _requests: Sequence[RecordRequest]) -> None:
    """Take acts in and do nothing: what recording costs is measured where it is done."""


def ledger(count: int) -> FileRows:
    """Make a ledger of fictional children, ten to a village, a hundred villages to a township."""
    chance = random.Random(7)
    rows = tuple(_child(number, chance) for number in range(count))
    sheet = SheetRows("台账.xlsx", "台账", "children", rows)
    return FileRows("台账.xlsx", f"{count:064d}", (sheet,))


def _child(number: int, chance: random.Random) -> ChildRow:
    born = date(2012, 1, 1) + timedelta(days=chance.randrange(4000))
    return ChildRow(
        Place("台账.xlsx", "台账", number + 3),
        name=f"孩{number}",
        id_no=f"990101{born:%Y%m%d}{number % 10000:04d}" if number < 10_000 else None,
        sex="male",
        born=LedgerDate(born),
        town=f"示{number // 10 // 100}镇",
        village=f"村落{number // 10}村",
        population="流动儿童",
        category="孤儿",
        triggers=(TRIGGERS[number % 3],),
        level="红",
        school="示例小学",
        guardian="示例",
        phone=f"154{number:08d}",
        address="示例路一号",
        last_visit=LedgerDate(TODAY - timedelta(days=chance.randrange(300))),
    )


def timed_import(
    database: Database, rows: FileRows, context: ImportContext
) -> tuple[float, float, ImportReport]:
    """Answer the seconds that planning and applying take, and the report."""
    start = perf_counter()
    plan = plan_import(database, rows, context)
    planned = perf_counter()
    report = apply_import(database, plan, context)
    return planned - start, perf_counter() - planned, report


def bare(database: Database, copy: Database) -> float:
    """Answer the seconds of writing the very same rows into an empty database, in one go."""
    tables: tuple[Table, ...] = (
        regions,
        imports,
        entries,
        entry_triggers,
        touched,
        village_numbers,
    )
    with database.reading() as connection:
        finished = [
            [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables
        ]
    start = perf_counter()
    with copy.writing() as connection:
        for table, rows in zip(tables, finished, strict=True):
            connection.execute(insert(table), rows)
    return perf_counter() - start


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", type=int, default=[5_000, 20_000, 100_000])
    parser.add_argument("--url", help="an empty PostgreSQL database, and one named like it + _copy")
    options = parser.parse_args()
    print("rows      plan    apply   rows/s  again    bare   apply/bare  peak MB")
    for count in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            urls = [f"sqlite:///{Path(folder) / name}" for name in ("one", "copy")]
            if options.url:
                urls = [options.url, f"{options.url}_copy"]
            _measure(count, Database.open(urls[0]), Database.open(urls[1]))


def _measure(count: int, database: Database, copy: Database) -> None:
    for each in (database, copy):
        with each.writing() as connection:
            metadata.drop_all(connection)
        each.create_all(metadata)
    rows = ledger(count)
    context = ImportContext(SETTINGS, Vault(Keyring.create()), door, TODAY, NOW)
    plan, apply, report = timed_import(database, rows, context)
    assert report.counts[Count.NEW] == count
    plain = bare(database, copy)
    again = sum(timed_import(database, rows, context)[:2])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:<9} {plan:6.2f}  {apply:6.2f}  {count / (plan + apply):7.0f}  {again:5.2f}"
        f"  {plain:6.2f}  {apply / plain:9.1f}  {peak:8.0f}"
    )
    if count == 5_000 and database.is_sqlite:
        verdict = "within" if plan + apply <= LIMIT_5000 else "OVER"
        print(f"          5,000 rows {verdict} {LIMIT_5000:.0f} s")
    database.close()
    copy.close()


if __name__ == "__main__":
    main()
