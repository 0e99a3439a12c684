"""Two daemons and a clerk on one database at once: nothing is doubled, nobody is left out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from alerts import engine
from alerts.acts import RecordRequest, RecordSource, Voiding, record, void
from alerts.audit import audit
from ledgers.database import Database
from tests.alerts.world import LAUNCH, World, entry, entry_id, noon

ENTRIES = 60
KINDS = ("contact", "visit", "update")


def test_passes_and_records_side_by_side(database: Database) -> None:
    """Every morning two daemons look while somebody records and voids: the audit agrees each time."""
    world = World(database, look_ahead=14)
    world.enter(*(entry(n) for n in range(1, ENTRIES + 1)))
    for days in range(0, 200, 20):
        world.today = LAUNCH + timedelta(days=days)
        together(_look(world), _look(world), _acts(world, days))
        world.run()
        assert _audit(world) == []
    anchors = {(row.entry_id, row.rule) for row in world.alerts(closed_at=None)}
    assert len(anchors) == len(world.alerts(closed_at=None))


def together(*jobs: Callable[[], None]) -> None:
    """Do all at once; whatever fails, fails the test."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def _look(world: World) -> Callable[[], None]:
    def look() -> None:
        engine.evaluate(
            world.database,
            world.plan,
            today=world.today,
            now=world.now,
            look_ahead=world.look_ahead,
        )

    return look


def _acts(world: World, seed: int) -> Callable[[], None]:
    """Record for a third of the entries, one at a time, and take every fifth back."""

    def act() -> None:
        for number in range(1 + seed % 3, ENTRIES + 1, 3):
            happened: date = world.today - timedelta(days=number % 40)
            kind = KINDS[(number + seed) % 3]
            request = RecordRequest(entry_id(number), kind, happened, RecordSource.CLI)
            now, today = noon(world.today), world.today
            with world.database.writing() as connection:
                made = record(connection, world.plan, [request], now=now, today=today)
            if number % 5 == 0 and made.new:
                with world.database.writing() as connection:
                    wrong = Voiding(made.new, "typo")
                    void(connection, world.plan, wrong, now=now, today=today)

    return act


def _audit(world: World) -> list[object]:
    return list(
        audit(
            world.database,
            world.plan,
            today=world.today,
            now=world.now,
            look_ahead=world.look_ahead,
        )
    )
