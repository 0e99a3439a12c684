"""Whatever changes, and however it comes to be known: who is due has an open matter."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from alerts.acts import RecordRequest, RecordSource, record
from alerts.audit import audit
from ledgers.database import Database
from ledgers.regions import Move, Region, add_regions, move_region
from ledgers.tables import imports
from tests.alerts.world import CONTACT, LAUNCH, VILLAGE, World, configured, entry, entry_id, rule

KINDS = {"contact": {"title": "联系"}, "visit": {"title": "走访"}}


def did(world: World, number: int, kind: str, on: date) -> None:
    """Record an act, on its day if that is still to come."""
    world.today = max(world.today, on)
    request = RecordRequest(entry_id(number), kind, on, RecordSource.CLI)
    with world.database.writing() as connection:
        made = record(connection, world.plan, [request], now=world.now, today=world.today)
    assert made.new


def open_anchors(world: World) -> set[str]:
    """Answer the anchors of all that is open."""
    return {row.anchor for row in world.alerts(closed_at=None)}


def assert_clean(world: World) -> None:
    found = audit(
        world.database,
        world.plan,
        today=world.today,
        now=world.now,
        look_ahead=world.look_ahead,
    )
    assert found == []


def test_a_visit_that_counts_no_longer_settles_nothing(database: Database) -> None:
    """An admin takes `counts_as` away: who was only visited is owed a contact again."""
    world = World(database)
    world.enter(entry())
    did(world, 1, "contact", LAUNCH)
    world.run(date(2027, 3, 1))
    did(world, 1, "visit", date(2027, 3, 1))
    world.run(date(2027, 3, 2))
    assert open_anchors(world) == set()
    world.configure(configured(records=KINDS))
    world.run(date(2027, 3, 20))
    assert open_anchors(world) == {LAUNCH.isoformat()}
    assert_clean(world)


def test_a_visit_that_counts_at_last_settles(database: Database) -> None:
    """The other way round nobody is told of what was done."""
    world = World(database, configured(records=KINDS))
    world.enter(entry())
    did(world, 1, "contact", LAUNCH)
    did(world, 1, "visit", LAUNCH + timedelta(days=30))
    world.run(date(2027, 3, 1))
    assert open_anchors(world) == {LAUNCH.isoformat()}
    world.configure(configured())
    world.run(date(2027, 3, 2))
    assert open_anchors(world) == set()
    assert_clean(world)


@pytest.mark.parametrize("month_only", [False, True])
def test_who_comes_to_an_age_while_the_engine_stands_still(
    database: Database, month_only: bool
) -> None:
    """A birthday in a gap of weeks is found when the engine runs again, whatever is known of it."""
    of_age = {"ledger": "children", "where": {"status": "active", "age": {"at_least": "6 years"}}}
    world = World(database, configured({"contact": rule(**{"for": of_age})}))
    world.enter(entry(born_on=date(2021, 2, 1 if month_only else 28), born_month_only=month_only))
    did(world, 1, "contact", date(2026, 9, 1))
    world.run(date(2027, 2, 10))
    assert open_anchors(world) == set()
    world.run(date(2027, 3, 25))
    assert open_anchors(world) == {"2026-09-01"}
    assert_clean(world)


def test_who_comes_into_a_grade_on_the_first_of_september(database: Database) -> None:
    """Grades advance by the calendar: nobody writes that down."""
    third = {"ledger": "children", "where": {"status": "active", "grade": "3"}}
    world = World(database, configured({"contact": rule(**{"for": third})}))
    world.enter(entry(grade=2, grade_year=2026))
    did(world, 1, "contact", LAUNCH)
    world.run(date(2027, 8, 31))
    assert open_anchors(world) == set()
    world.run(date(2027, 9, 1))
    assert open_anchors(world) == {LAUNCH.isoformat()}
    assert_clean(world)


def test_a_village_that_gets_its_real_code(database: Database) -> None:
    """A shorter interval of the real division holds for whoever lived under a local code."""
    local, real = "990101900001", "990101003001"
    here = {real[:9]: {"every": "1 months"}}
    world = World(database, configured({"contact": rule(regions=here)}))
    with database.writing() as connection:
        add_regions(connection, [Region(local, "青山村", True), Region(real, "青山村", False)])
    world.enter(entry(lives_in=local))
    did(world, 1, "contact", date(2027, 1, 4))
    world.run(date(2027, 3, 1))
    assert open_anchors(world) == set()
    with database.writing() as connection:
        assert move_region(connection, Move(local, real), today=world.today) == 1
    world.run(date(2027, 3, 2))
    assert open_anchors(world) == {"2027-01-04"}
    assert_clean(world)


def test_what_an_unfinished_import_wrote_waits_and_is_found(database: Database) -> None:
    """Days later it is whole: who has become due meanwhile is found at once."""
    world = World(database)
    unfinished = {"id": "f" * 32, "file": "x", "digest": "d", "recorded_by": "t"}
    with database.writing() as connection:
        connection.execute(insert(imports).values(started_at=world.now, **unfinished))
    world.enter(entry(import_id="f" * 32))
    did(world, 1, "contact", LAUNCH)
    world.run(date(2027, 3, 1))
    world.run(date(2027, 3, 4))
    assert open_anchors(world) == set()
    with database.writing() as connection:
        connection.execute(imports.update().values(finished_at=world.now))
    world.run()
    assert open_anchors(world) == {LAUNCH.isoformat()}
    assert_clean(world)


def test_an_old_record_of_a_new_entry(database: Database) -> None:
    """Long overdue when it is entered, after the engine has looked past its days."""
    world = World(database)
    world.run(date(2027, 6, 1))
    world.enter(entry())
    did(world, 1, "contact", date(2025, 1, 1))
    world.run(date(2027, 6, 2))
    assert open_anchors(world) == {"2025-01-01"}
    assert_clean(world)


def test_a_shorter_look_ahead_forgets_nothing(database: Database) -> None:
    """What was looked at a fortnight ahead is still found when only today counts."""
    world = World(database, look_ahead=14)
    world.enter(entry(1), entry(2))
    did(world, 1, "contact", date(2026, 12, 10))
    world.run(date(2027, 2, 28))
    world.look_ahead = 0
    did(world, 2, "contact", date(2026, 12, 5))
    for day in range(1, 20):
        world.run(date(2027, 2, 28) + timedelta(days=day))
    assert open_anchors(world) == {"2026-12-10", "2026-12-05"}
    assert_clean(world)


def renamed(**changes: Any) -> dict[str, Any]:
    return {**CONTACT, "was": "contact", **changes}


def test_a_renamed_rule_keeps_what_it_had_and_finds_the_rest(database: Database) -> None:
    """One matter was open, another comes due on the very day: both are open, neither twice."""
    world = World(database)
    world.enter(entry(1), entry(2))
    did(world, 1, "contact", date(2026, 12, 1))
    did(world, 2, "contact", date(2026, 12, 3))
    world.run(date(2027, 3, 1))
    before = {row.id for row in world.alerts(closed_at=None)}
    world.today = date(2027, 3, 3)
    world.configure(configured({"neu": renamed(every="2 months")}))
    world.run()
    assert before < {row.id for row in world.alerts(closed_at=None)}
    assert {row.rule for row in world.alerts()} == {"neu"}
    assert len(world.alerts(closed_at=None)) == 2
    assert_clean(world)


def test_a_rule_that_went_and_came_back(database: Database) -> None:
    """What was closed with the rule opens again as its next cycle."""
    world = World(database)
    world.enter(entry())
    did(world, 1, "contact", LAUNCH)
    world.run(date(2027, 3, 1))
    world.configure(configured({"other": rule(done_by="update")}))
    world.run(date(2027, 3, 2))
    assert [row.closed_how for row in world.alerts(rule="contact")] == ["rule-removed"]
    world.configure(configured())
    world.run(date(2027, 3, 3))
    assert [row.cycle for row in world.alerts(rule="contact", closed_at=None)] == [2]
    assert_clean(world)


def test_a_village_that_moves_under_an_override_while_a_rule_is_edited(database: Database) -> None:
    """A move and a new interval between two passes: the entry is judged by both."""
    world = World(database)
    world.enter(entry(lives_in=VILLAGE))
    did(world, 1, "contact", date(2027, 1, 4))
    world.run(date(2027, 2, 1))
    world.change(1, lives_in="990101002001")
    here = {"990101002": {"every": "1 months"}}
    world.configure(configured({"contact": rule(regions=here)}))
    world.run(date(2027, 3, 2))
    assert open_anchors(world) == {"2027-01-04"}
    assert_clean(world)
