"""Passes: a day on which nothing is newly due, and a day on which very much is.

`python -m benchmarks.passes --entries 1000000 --overdue 50000 --due 200000` builds a ledger under three duties
on SQLite and on a PostgreSQL of its own, and prints

- a pass with nothing newly due against the bare statements it runs, replayed on the driver (≤ 2);
- newly due entries a second, against an executemany of the same finished rows (≤ 2);
- peak memory, and at a tenth (≤ 1.2 from 100,000 to 1,000,000; a smaller tenth does not fill SQLite's cache of 32 MB).

Each measurement runs in a process of its own, so that memory is that of the pass.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, insert, select, update

from alerts import engine
from alerts.effective import EvaluationPlan
from alerts.rules import prepare
from alerts.tables import alerts, progress, steps
from benchmarks.county import configuration
from ledgers.database import Database
from ledgers.ids import new_ids
from ledgers.tables import entries, last_acts, metadata
from schedules.calendars import WorkCalendar

_FIRST = date(2027, 3, 1)
_BUSY = date(2027, 5, 10)
_RECENT = date(2027, 2, 20)  # under no duty due before 20 May
_OLD = date(2025, 1, 10)
_DUE_THEN = date(2027, 2, 10)  # three months before the busy day
_KINDS = ("contact", "visit", "update")
_CHUNK = 20_000
_LOOK_AHEAD = 7
_QUIET_DAYS = 30
_SELF = ("-m", "benchmarks.passes")


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries there are, how many long overdue, how many due on the busy day."""

    entries: int
    overdue: int
    due: int

    def tenth(self) -> "Size":
        """Answer a ledger of a tenth the size."""
        return Size(self.entries // 10, self.overdue // 10, self.due // 10)


def noon(day: date) -> datetime:
    """Answer the instant of a pass."""
    return datetime.combine(day, clock(4), UTC)


def plan_on(database: Database) -> EvaluationPlan:
    """Prepare the three duties."""
    with database.writing() as connection:
        return prepare(connection, configuration(), WorkCalendar.official(), today=_FIRST)


def run(database: Database, plan: EvaluationPlan, day: date) -> tuple[float, engine.PassReport]:
    """Do one pass, and answer the seconds it took."""
    began = time.perf_counter()
    report = engine.evaluate(database, plan, today=day, now=noon(day), look_ahead=_LOOK_AHEAD)
    return time.perf_counter() - began, report


def build(database: Database, size: Size) -> None:
    """Write the ledger: the first are long overdue, the next due on the busy day, the rest recent."""
    database.create_all(metadata)
    ids = new_ids(noon(_FIRST), size.entries)
    for at in range(0, size.entries, _CHUNK):
        chunk = ids[at : at + _CHUNK]
        with database.writing() as connection:
            connection.execute(
                insert(entries), [_entry(at + n, id_) for n, id_ in enumerate(chunk)]
            )
            acts = [row for n, id_ in enumerate(chunk) for row in _acts(at + n, id_, size)]
            connection.execute(insert(last_acts), acts)
    plan = plan_on(database)
    run(database, plan, _FIRST)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _entry(n: int, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "ledger": "children",
        "number": f"青山-{n}",
        "lives_in": f"990101{n % 400:06}",
        "status": "active",
        "entered_on": _OLD,
    }


def _acts(n: int, id_: str, size: Size) -> Iterator[dict[str, Any]]:
    for kind in _KINDS:
        day = _RECENT + timedelta(days=n % 5)
        if kind == "contact" and n % (size.entries // size.overdue) == 0:
            day = _OLD
        elif kind == "contact" and n % size.entries < size.due:
            day = _DUE_THEN
        yield {"entry_id": id_, "kind": kind, "happened_on": day}


def measure(database: Database) -> dict[str, float]:
    """Let quiet days and one busy day go by, on a ledger that was built."""
    plan = plan_on(database)
    run(database, plan, _FIRST + timedelta(days=1))
    passes, bare = [], []
    for n in range(2, 2 + _QUIET_DAYS):
        with _listening(database) as heard:
            seconds, report = run(database, plan, _FIRST + timedelta(days=n))
        assert report.written == type(report.written)()
        passes.append(seconds)
        _step_back(database, _FIRST + timedelta(days=n))
        bare.append(_replay(database, heard))
    seconds, report = run(database, plan, _BUSY)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "quiet": statistics.median(passes),
        "bare": statistics.median(bare),
        "opened": report.written.opened,
        "rows": report.written.opened + report.written.steps,
        "busy": seconds,
        "rewritten": _rewrite(database),
        "peak": peak,
    }


_Statement = tuple[str, Any]


@contextmanager
def _listening(database: Database) -> Iterator[list[_Statement]]:
    heard: list[_Statement] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        heard.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def _step_back(database: Database, day: date) -> None:
    """Take the note of a pass back: SQLite writes nothing, and does not sync, where all is equal."""
    with database.writing() as connection:
        before = day - timedelta(days=1)
        connection.execute(update(progress).where(progress.c.through == day).values(through=before))


def _replay(database: Database, heard: Sequence[_Statement]) -> float:
    """Run the bare statements again on the driver in one transaction, and answer the seconds."""
    pooled = database.engine.raw_connection()
    try:
        cursor = pooled.cursor()
        plain = [one for one in heard if not one[0].startswith("BEGIN")]
        began = time.perf_counter()
        if database.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for statement, parameters in plain:
            if isinstance(parameters, list):
                cursor.executemany(statement, parameters)
            else:
                cursor.execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
        cursor.execute("COMMIT")
        return time.perf_counter() - began
    finally:
        pooled.close()


def _rewrite(database: Database) -> float:
    """Take the busy day's rows away and put them back by executemany; answer the seconds."""
    with database.writing() as connection:
        opened = _rows(connection, alerts, alerts.c.opened_on == _BUSY)
        ids = select(alerts.c.id).where(alerts.c.opened_on == _BUSY)
        written = _rows(connection, steps, steps.c.alert_id.in_(ids))
        connection.execute(steps.delete().where(steps.c.alert_id.in_(ids)))
        connection.execute(alerts.delete().where(alerts.c.opened_on == _BUSY))
    per_alert = max(len(written) // max(len(opened), 1), 1)
    began = time.perf_counter()
    for at in range(0, len(opened), 5000):
        with database.writing() as connection:
            connection.execute(insert(alerts), opened[at : at + 5000])
            connection.execute(insert(steps), written[at * per_alert : (at + 5000) * per_alert])
    return time.perf_counter() - began


def _rows(connection: Connection, table: Table, wanted: Any) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(wanted).order_by(table.c.id))
    return [dict(row._mapping) for row in rows]


def measured(url: str, size: Size) -> dict[str, float]:
    """Build and measure, each in a process of its own."""
    for what in ("build", "measure"):
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, *_SELF, "--step", what, "--url", url, *_flags(size)],
            check=True,
            capture_output=what == "measure",
            text=True,
        )
    answered: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answered


def _flags(size: Size) -> list[str]:
    named = {"--entries": size.entries, "--overdue": size.overdue, "--due": size.due}
    return [text for name, value in named.items() for text in (name, str(value))]


def show(kind: str, size: Size, now: dict[str, float], small: dict[str, float]) -> None:
    """Print what was measured."""
    rate, rewritten = now["opened"] / now["busy"], now["opened"] / now["rewritten"]
    print(f"{kind}: {size.entries:,} entries, 3 duties, {size.overdue:,} long overdue")
    print(
        f"  nothing newly due  {now['quiet'] * 1000:8.1f} ms   bare {now['bare'] * 1000:.1f} ms"
        f"   ratio {now['quiet'] / now['bare']:.2f} (at most 2)"
    )
    print(
        f"  newly due          {rate:8,.0f} /s   executemany {rewritten:,.0f} /s"
        f"   ratio {rewritten / rate:.2f} (at most 2)"
    )
    print(
        f"  peak memory        {now['peak']:8.0f} MB   at a tenth {small['peak']:.0f} MB"
        f"   ratio {now['peak'] / small['peak']:.2f} (at most 1.2)",
        flush=True,
    )


@contextmanager
def _databases(kind: str, count: int) -> Iterator[list[str]]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield [f"sqlite:///{Path(folder) / f'{n}.sqlite'}" for n in range(count)]
        return
    from benchmarks.postgres import databases

    with databases(count) as urls:
        yield urls


def main() -> None:
    """Measure on both databases, or do one step for the process that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--overdue", type=int, default=2_500)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--kind", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--step", choices=["build", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = Size(asked.entries, asked.overdue, asked.due)
    if asked.step == "build":
        build(Database.open(asked.url), size)
    elif asked.step == "measure":
        print(json.dumps(measure(Database.open(asked.url))))
    else:
        for kind in asked.kind or ["sqlite", "postgres"]:
            with _databases(kind, 2) as (large, small):
                tenth = measured(small, size.tenth())
                show(kind, size, measured(large, size), tenth)


if __name__ == "__main__":
    main()
