"""A plan: a year ahead over a whole ledger under many duties.

`python -m benchmarks.plan --entries 100000 --rules 20` builds a ledger on SQLite, and prints the seconds that a plan of a year
takes (at most 30), beside one over a tenth of the entries.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from alerts.in_force import InForce
from alerts.plan import Plan, plan_messages
from alerts.rules import prepare
from alerts.timetable import Timetable
from benchmarks.county import configuration
from benchmarks.passes import noon
from ledgers.database import Database
from ledgers.ids import new_ids
from ledgers.tables import entries, last_acts, metadata, persons, post_holdings, posts
from schedules.calendars import WorkCalendar

_TODAY = date(2027, 3, 1)
_KINDS = ("contact", "visit", "update")
_VILLAGES = 400
_TERM = 170  # days over which the last acts lie
_CHUNK = 20_000
_MOST_SECONDS = 30


def build(database: Database, count: int) -> None:
    """Write a ledger of villages with a director each, all seen within the last months."""
    database.create_all(metadata)
    ids = new_ids(noon(_TODAY), count)
    for at in range(0, count, _CHUNK):
        chunk = ids[at : at + _CHUNK]
        with database.writing() as connection:
            rows = [_entry(at + n, id_) for n, id_ in enumerate(chunk)]
            connection.execute(insert(entries), rows)
            acts = [row for n, id_ in enumerate(chunk) for row in _acts(at + n, id_)]
            connection.execute(insert(last_acts), acts)
    with database.writing() as connection:
        _staff(connection)


def _village(n: int) -> str:
    return f"990101{n % 20 + 1:03}{n % _VILLAGES + 1:03}"


def _entry(n: int, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "ledger": "children",
        "number": f"青山-{n}",
        "lives_in": _village(n),
        "status": "active",
        "entered_on": date(2025, 1, 10),
    }


def _acts(n: int, id_: str) -> Iterator[dict[str, Any]]:
    for at, kind in enumerate(_KINDS):
        # Not by village: whoever lives together was seen on different days.
        day = _TODAY - timedelta(days=(n * 7919 + at * 61) // 13 % _TERM)
        yield {"entry_id": id_, "kind": kind, "happened_on": day, "recorded_on": day}


def _staff(connection: Connection) -> None:
    places = [("director", _village(n)) for n in range(_VILLAGES)]
    places += [("supervisor", f"990101{n + 1:03}") for n in range(20)]
    places = sorted(set(places))
    ids = new_ids(noon(_TODAY), len(places) * 3)
    for n, (role, region) in enumerate(places):
        person, post, holding = ids[n * 3 : n * 3 + 3]
        row = {"id": person, "handle": f"P-{n:04}", "sealed_name": b"", "name_key": f"P-{n:04}"}
        connection.execute(insert(persons), {**row, "sealed_email": b"sealed"})
        connection.execute(insert(posts), {"id": post, "role": role, "region": region})
        held = {"id": holding, "post_id": post, "person_id": person, "held_from": date(2020, 1, 1)}
        connection.execute(insert(post_holdings), held)


def planned(database: Database, rules: int, *, is_profiled: bool) -> tuple[float, Plan]:
    """Plan a year, and answer the seconds it took."""
    calendar, document = WorkCalendar.official(), configuration(rules)
    with database.writing() as connection:
        plan = prepare(connection, document, calendar, today=_TODAY)
    in_force = InForce(plan, Timetable.of(document, calendar))
    profile = cProfile.Profile() if is_profiled else nullcontext()
    began = time.perf_counter()
    with database.reading() as connection, profile:
        found = plan_messages(connection, in_force, first=_TODAY, last=_TODAY + timedelta(days=364))
    seconds = time.perf_counter() - began
    if isinstance(profile, cProfile.Profile):
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    return seconds, found


def main() -> None:
    """Measure the whole, and a tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument(
        "--rules", type=int, default=20, help="duties; each kind of act has a third"
    )
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in (asked.entries // 10, asked.entries):
            database = Database.open(f"sqlite:///{Path(folder) / f'{count}.sqlite'}")
            build(database, count)
            profiled = asked.profile and count == asked.entries
            seconds, found = planned(database, asked.rules, is_profiled=profiled)
            database.close()
            print(
                f"{count:,} entries x {asked.rules} rules x 1 year: {seconds:.1f} s"
                f" (at most {_MOST_SECONDS} for 100,000 x 20), messages: {found.messages:,}",
                flush=True,
            )


if __name__ == "__main__":
    main()
