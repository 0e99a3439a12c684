"""A plan kept between passes sees a quiet day at a glance, and never looks away too long."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from alerts import glance
from alerts.changes import Horizon
from alerts.tables import progress
from ledgers.database import Database
from ledgers.tables import last_acts, touched
from tests.alerts.world import CALENDAR, LAUNCH, World, configured, day, entry, entry_id, rule


def a_world(database: Database, **changes: Any) -> World:
    """Answer a site whose only entry is due on the first of March, after three quiet passes."""
    world = World(database, configured({"contact": rule(**changes)}))
    world.enter(entry(1))
    with database.writing() as connection:
        act = {"entry_id": entry_id(1), "kind": "contact", "happened_on": LAUNCH}
        connection.execute(insert(last_acts), [act])
    for quiet in ("2026-12-01", "2026-12-02", "2026-12-02"):
        world.run(day(quiet))
    return world


def sees_nothing(world: World, on: str) -> bool:
    """Say whether a pass on a day would be over at once."""
    return glance.sees_nothing(world.database, world.plan, Horizon(day(on), 0, CALENDAR))


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site with one duty."""
    return a_world(database)


@pytest.mark.parametrize("on", ["2026-12-02", "2026-12-03", "2027-02-28"])
def test_quiet_days_are_seen_at_a_glance(world: World, on: str) -> None:
    """The same day again, and any day before the first on which something is due."""
    assert sees_nothing(world, on)


def test_the_day_on_which_something_is_due_is_not_quiet(world: World) -> None:
    """It opens, and the days after it are quiet again once they have been looked at."""
    assert not sees_nothing(world, "2027-03-01")
    assert world.run(day("2027-03-01")).written.opened == 1
    world.run()
    assert sees_nothing(world, "2027-03-02")


def test_a_later_step_ends_the_quiet(world: World) -> None:
    """Open alerts are looked at on the day of their next step."""
    for on in ("2027-03-01", "2027-03-01"):
        world.run(day(on))
    assert sees_nothing(world, "2027-03-03")
    assert not sees_nothing(world, "2027-03-04")


def test_a_touched_entry_ends_the_quiet(world: World) -> None:
    """Whatever changed is judged."""
    with world.database.writing() as connection:
        row = {"entry_id": entry_id(1), "known_on": LAUNCH}
        connection.execute(insert(touched), [row])
    assert not sees_nothing(world, "2026-12-03")


def test_progress_that_is_another_ends_the_quiet(world: World) -> None:
    """Another daemon has been further, or somebody wants everything looked at again."""
    with world.database.writing() as connection:
        connection.execute(update(progress).values(through=day("2026-11-01")))
    assert not sees_nothing(world, "2026-12-03")


def test_a_birthday_is_looked_for_every_day(database: Database) -> None:
    """Where a rule has an age, only the rest of the day can be quiet."""
    where = {"status": "active", "age": {"under": "16 years"}}
    world = a_world(database, **{"for": {"ledger": "children", "where": where}})
    world.run(day("2026-12-03"))
    world.run()
    assert sees_nothing(world, "2026-12-03")
    assert not sees_nothing(world, "2026-12-04")


def test_a_rule_that_begins_later_ends_the_quiet(database: Database) -> None:
    """Its first day is no quiet day."""
    world = a_world(database, valid={"from": day("2027-01-10")})
    assert not sees_nothing(world, "2027-01-10")


def test_a_plan_made_anew_looks_for_itself(world: World) -> None:
    """What was remembered belongs to the rules that were in force."""
    world.configure(configured({"contact": rule(every="2 months")}))
    assert not sees_nothing(world, "2026-12-02")


def test_a_day_on_which_time_moves_nobody_notes_that_only(database: Database) -> None:
    """A rule for an age is looked at each day; what is due is not searched for anew."""
    group = {"ledger": "children", "where": {"status": "active", "age": {"under": "16 years"}}}
    a_world(database, **{"for": group})
    with database.reading() as connection:
        rows = connection.execute(select(progress.c.step, progress.c.through))
        through = {row.step: row.through for row in rows}
    assert through["*ages"] == day("2026-12-02")
    assert through["*due"] == LAUNCH
