"""Passes: a day on which nothing is newly due, and a day on which very much is.

`python -m benchmarks.passes --entries 1000000 --overdue 50000 --due 200000` builds a ledger under three duties (`--rules 40`)
on SQLite and on a PostgreSQL of its own, and prints

- a pass with nothing newly due against the bare queries it needs, one indexed query on the driver for each thing to be
  known (≤ 2), and beside it the one statement that the pass makes of them, alone on the driver;
- newly due entries a second, against an executemany of the same finished rows (≤ 2);
- peak memory, and at a tenth (≤ 1.2 from 100,000 to 1,000,000; a smaller tenth does not fill SQLite's cache of 16 MB).

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

from sqlalchemy import Connection, Table, event, insert, select

from alerts import engine
from alerts.effective import EvaluationPlan
from alerts.glance import KEPT, Glance
from alerts.rules import prepare
from alerts.tables import alerts, steps
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
    rules: int

    def tenth(self) -> "Size":
        """Answer a ledger of a tenth the size."""
        return Size(self.entries // 10, self.overdue // 10, self.due // 10, self.rules)


def noon(day: date) -> datetime:
    """Answer the instant of a pass."""
    return datetime.combine(day, clock(4), UTC)


def plan_on(database: Database, size: Size) -> EvaluationPlan:
    """Prepare the duties."""
    with database.writing() as connection:
        return prepare(connection, configuration(size.rules), WorkCalendar.official(), today=_FIRST)


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
    plan = plan_on(database, size)
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


def measure(database: Database, size: Size) -> dict[str, float]:
    """Let quiet days and one busy day go by, on a ledger that was built."""
    plan, sealed = plan_on(database, size), list[str]()
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda *what: sealed.append(what[2]) if "sealed_" in what[2] else None,
    )
    for n in (1, 1, 1):
        run(database, plan, _FIRST + timedelta(days=n))
    found = Bare(database, plan)
    quiet: dict[str, list[float]] = {"quiet": [], "plain": [], "at_once": []}
    for n in range(2, 2 + _QUIET_DAYS):
        day = _FIRST + timedelta(days=n)
        seconds, report = run(database, plan, day)
        assert report.written == type(report.written)()
        quiet["quiet"].append(seconds)
        quiet["plain"].append(found.plain(day))
        quiet["at_once"].append(found.at_once(day))
    seconds, report = run(database, plan, _BUSY)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        **{name: statistics.median(seconds) for name, seconds in quiet.items()},
        "opened": report.written.opened,
        "rows": report.written.opened + report.written.steps,
        "busy": seconds,
        "rewritten": _rewrite(database),
        "peak": peak,
        "sealed": len(sealed),
    }


class Bare:
    """The queries that a quiet pass needs, on the driver alone."""

    def __init__(self, database: Database, plan: EvaluationPlan) -> None:
        self._glance: Glance = plan.memo[KEPT]
        self._database = database

    def plain(self, day: date) -> float:
        """Run one indexed query for each thing to be known, in one transaction; answer the seconds."""
        values = self._values(day)
        mark = "?" if self._database.is_sqlite else "%s"
        asked: list[tuple[str, list[Any]]] = [
            ("SELECT rule, variant, step, timing_hash, through FROM progress", []),
            ("SELECT id FROM touched LIMIT 1", []),
            (
                f"SELECT id FROM alerts WHERE closed_at IS NULL AND next_at <= {mark} LIMIT 1",  # noqa: S608  # ours
                [values["today"]],
            ),
        ]
        for n in range(len(self._glance.cuts)):
            never = values[f"of_{n}"] not in _KINDS
            table, whose, on = (
                ("first_dues", "rule", "due_on") if never else ("last_acts", "kind", "happened_on")
            )
            query = f"SELECT entry_id FROM {table} WHERE {whose} = {mark} AND {on} > {mark}"  # noqa: S608
            bounds = [values[f"{name}_{n}"] for name in ("of", "since", "until")]
            asked.append((f"{query} AND {on} <= {mark} LIMIT 1", bounds))
        return self._run(["BEGIN"] if self._database.is_sqlite else [], asked)

    def at_once(self, day: date) -> float:
        """Run the one statement that the pass runs; answer the seconds."""
        return self._run([], [(self._glance.statement, self._glance.values_of(day))])

    def _values(self, day: date) -> dict[str, Any]:
        glance = self._glance
        cuts = {name: glance.as_day(cut(day) or date.min) for name, cut in glance.cuts.items()}
        return {**glance.fixed, **cuts, "today": glance.as_day(day)}

    def _run(self, first: Sequence[str], asked: Sequence[tuple[str, Any]]) -> float:
        pooled = self._database.engine.raw_connection()
        try:
            cursor = pooled.cursor()
            began = time.perf_counter()
            for statement in first:
                cursor.execute(statement)
            for statement, values in asked:
                cursor.execute(statement, values)
                cursor.fetchall()
            pooled.commit()
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
    named = {
        "--entries": size.entries,
        "--overdue": size.overdue,
        "--due": size.due,
        "--rules": size.rules,
    }
    return [text for name, value in named.items() for text in (name, str(value))]


def show(kind: str, size: Size, now: dict[str, float], small: dict[str, float]) -> None:
    """Print what was measured."""
    rate, rewritten = now["opened"] / now["busy"], now["opened"] / now["rewritten"]
    print(f"{kind}: {size.entries:,} entries, {size.rules} duties, {size.overdue:,} long overdue")
    print(
        f"  nothing newly due  {now['quiet'] * 1000:8.2f} ms   bare {now['plain'] * 1000:.2f} ms"
        f"   ratio {now['quiet'] / now['plain']:.2f} (at most 2)"
    )
    print(f"    its own statement, bare   {now['at_once'] * 1000:.2f} ms")
    print(
        f"  newly due          {rate:8,.0f} /s   executemany {rewritten:,.0f} /s"
        f"   ratio {rewritten / rate:.2f} (at most 2)"
    )
    print(
        f"  peak memory        {now['peak']:8.0f} MB   at a tenth {small['peak']:.0f} MB"
        f"   ratio {now['peak'] / small['peak']:.2f} (at most 1.2)\n"
        f"  sealed values      {now['sealed']:8.0f}      statements that read any (asked: none)",
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
    parser.add_argument("--rules", type=int, default=3, help="duties; each kind of act has a third")
    parser.add_argument("--kind", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--step", choices=["build", "measure"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = Size(asked.entries, asked.overdue, asked.due, asked.rules)
    if asked.step == "build":
        build(Database.open(asked.url), size)
    elif asked.step == "measure":
        print(json.dumps(measure(Database.open(asked.url), size)))
    else:
        for kind in asked.kind or ["sqlite", "postgres"]:
            with _databases(kind, 2) as (large, small):
                tenth = measured(small, size.tenth())
                show(kind, size, measured(large, size), tenth)


if __name__ == "__main__":
    main()
