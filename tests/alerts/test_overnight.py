"""Whatever becomes stricter today, nobody is overdue today who was not: level, window or rule."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from alerts.acts import RecordRequest, RecordSource, record
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import level_changes, metadata
from tests.alerts.world import CONTACT, World, configured, entry, entry_id
from tests.databases import delete_rows

DAY = timedelta(days=1)
CHANGE = date(2027, 7, 5)
_USUAL, _ROLLED = 100, 12
LEVELS = {"red": "7 days", "green": "6 months"}


def configuration(days: int, *, monthly_in_summer: bool) -> Any:
    """Answer a rule by plain interval, and one by level; perhaps shorter while summer lasts."""
    during = [{"window": "summer", "every": "1 month"}] if monthly_in_summer else []
    plain = {**CONTACT, "every": f"{days} days", "during": during if days > 31 else []}
    by_level = {**CONTACT, "every": {"by": "level", "levels": LEVELS}, "done_by": "visit"}
    by_level |= {"on_raise": {"within": "3 days"}, "during": []}
    summer = {"summer": {"every_year": ["07-05", "08-31"]}}
    return configured({"plain": plain, "by-level": by_level}, calendars=summer)


def overdue(world: World) -> set[tuple[str, str]]:
    """Answer who is overdue under which rule today."""
    found = world.alerts(closed_at=None)
    return {(row.rule, row.entry_id) for row in found if row.due_on < world.today}


def raise_level(world: World, number: int) -> None:
    """Let an entry's level rise today, as an import notes it."""
    with world.database.writing() as connection:
        row = {"id": new_id(world.now), "entry_id": entry_id(number), "on_date": world.today}
        connection.execute(insert(level_changes).values(**row, was="green", level="red"))
    world.change(number, level="red", level_since=world.today)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    ago=st.lists(st.integers(1, 200), min_size=1, max_size=6),
    kind=st.sampled_from(["level", "window", "rule"]),
    days=st.integers(5, 80),
)
@example(ago=[20, 60, 95], kind="level", days=5)
@example(ago=[20, 60, 95], kind="window", days=5)
@example(ago=[20, 60, 95], kind="rule", days=30)
def test_nobody_is_overdue_on_the_day_of_a_change(
    database: Database, ago: list[int], kind: str, days: int
) -> None:
    """From any last contact on: who is overdue then was so, or due, the day before."""
    delete_rows(database, metadata)
    world = World(database, configuration(_USUAL, monthly_in_summer=kind == "window"))
    world.enter(*(entry(number, level="green") for number in range(1, len(ago) + 1)))
    for number, before in enumerate(ago, start=1):
        _acted(world, number, CHANGE - before * DAY)
    world.run(CHANGE - DAY)
    was = overdue(world) | _due_today(world)
    world.today = CHANGE
    if kind == "level":
        for number in range(1, len(ago) + 1):
            raise_level(world, number)
    if kind == "rule":
        world.configure(configuration(min(days, 99), monthly_in_summer=False))
    world.run()
    assert overdue(world) <= was
    # A window that is known ahead hurries nobody before it opens either.
    long_ago = {entry_id(n) for n, before in enumerate(ago, start=1) if before > _USUAL - _ROLLED}
    assert {entry for rule, entry in was if rule == "plain"} <= long_ago


def _due_today(world: World) -> set[tuple[str, str]]:
    """Answer what is due on the eve of the change, and so overdue without it."""
    found = world.alerts(closed_at=None)
    return {(row.rule, row.entry_id) for row in found if row.due_on <= world.today}


def _acted(world: World, number: int, on: date) -> None:
    requests = [
        RecordRequest(entry_id(number), kind, on, RecordSource.CLI) for kind in ("contact", "visit")
    ]
    world.today = max(world.today, on)
    with world.database.writing() as connection:
        record(connection, world.plan, requests, now=world.now, today=world.today)
