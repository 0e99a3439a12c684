"""A long import lets others write: each of its units is short."""

from threading import Event, Thread
from time import perf_counter

from sqlalchemy import func, insert, select

from ledgers.database import Database
from ledgers.importing import apply_import, plan_import
from ledgers.pacing import CHILDREN_PER_UNIT
from ledgers.tables import entries, site_state
from tests.ledgers.samples import NOW, bring_in, child, context, file_of

UNITS = 4
LONGEST_WAIT = 1.0  # seconds; DESIGN.md 7


def test_an_outcome_is_written_while_an_import_runs(database: Database) -> None:
    """Another thread's small writes never fail, and wait less than one unit's second."""
    rows = file_of(*(child(n, f"孩{n}") for n in range(UNITS * CHILDREN_PER_UNIT)))
    plan = plan_import(database, rows, context())
    over = Event()
    waits: list[float] = []

    def write_outcomes() -> None:
        while not over.wait(0.01):
            start = perf_counter()
            with database.writing() as connection:
                row = {"name": f"outcome-{len(waits)}", "value": "", "at": NOW}
                connection.execute(insert(site_state).values(row))
            waits.append(perf_counter() - start)

    other = Thread(target=write_outcomes)
    other.start()
    apply_import(database, plan, context())
    over.set()
    other.join()
    assert len(waits) >= 2
    assert max(waits) < LONGEST_WAIT


def test_two_imports_at_once_make_nobody_twice(database: Database) -> None:
    """Each chunk is decided on what is there when its turn comes."""
    rows = file_of(*(child(n, f"孩{n}") for n in range(300)))
    threads = [Thread(target=bring_in, args=(database, rows)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(entries)) == 300
