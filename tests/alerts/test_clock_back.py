"""A clock that went days ahead and came back: what those days made due is found when they come."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from alerts.audit import audit
from alerts.tables import progress
from ledgers.database import Database
from ledgers.tables import last_acts, touched
from tests.alerts.world import CONTACT, LAUNCH, World, configured, day, entry, entry_id, rule

WINDOW = {
    "kind": "season",
    "title": "春季走访",
    "say": "走访",
    "for": CONTACT["for"],
    "window": "spring",
    "steps": [{"at": "start", "tell": "director"}],
}
UNDER_16 = {"ledger": "children", "where": {"status": "active", "age": {"under": "16 years"}}}
GOES_AHEAD, IS_BACK, COMES = day("2027-03-20"), day("2027-02-15"), day("2027-03-01")


def findings(world: World) -> list[Any]:
    """Answer what an audit finds."""
    return audit(world.database, world.plan, today=world.today, now=world.now, look_ahead=0)


def test_a_child_of_the_days_between_is_not_forgotten(database: Database) -> None:
    """It comes when the clock is right again, and is due before the day on which it was wrong."""
    world = World(database, configured({"contact": CONTACT}))
    world.enter(entry(1))
    for on in (LAUNCH, GOES_AHEAD, GOES_AHEAD, IS_BACK):
        world.run(on)
    world.enter(entry(2))
    with database.writing() as connection:
        act = {"entry_id": entry_id(2), "kind": "contact", "happened_on": LAUNCH}
        connection.execute(insert(last_acts), [act])
    world.run()
    world.run(COMES)
    assert [row.due_on for row in world.alerts(entry_id=entry_id(2))] == [COMES]


def test_a_window_seen_on_a_wrong_day_opens_for_whoever_comes_before_it(database: Database) -> None:
    """As a soak found it: three weeks before the window its matters are opened, on a wrong day."""
    calendars = {"spring": {"every_year": ["03-01", "05-10"]}}
    world = World(database, configured({"spring": WINDOW}, calendars=calendars), look_ahead=21)
    world.enter(entry(1))
    for on in ("2027-01-04", "2027-02-14", "2027-02-05"):
        world.run(day(on))
    world.enter(entry(2))
    world.run()
    world.run(day("2027-02-10"))
    assert len(world.alerts(entry_id=entry_id(2))) == 1


def test_who_was_of_age_on_a_wrong_day_only_is_looked_after_again(database: Database) -> None:
    """Their matter ended on that day; it is open again when the clock is right, until the birthday."""
    world = World(database, configured({"contact": rule(**{"for": UNDER_16})}))
    world.enter(entry(1, born_on=day("2011-03-05")))
    world.run()
    world.run(COMES)
    world.run(GOES_AHEAD)
    assert [row.closed_how for row in world.alerts()] == ["aged-out"]
    world.run(COMES)
    assert len(world.alerts(closed_at=None)) == 1
    assert findings(world) == []


def test_a_step_that_a_wrong_day_wrote_is_not_looked_for_again(database: Database) -> None:
    """As a soak found it: the escalation waits for its day, and the next look is for its repeat."""
    world = World(database, configured({"contact": CONTACT}), look_ahead=7)
    world.enter(entry(1))
    for on in (LAUNCH, day("2027-03-02")):
        world.run(on)
    (due_on,) = [row.due_on for row in world.alerts()]
    for days in (35, 9):
        world.run(due_on + timedelta(days=days))
    assert [row.next_at for row in world.alerts()] == [due_on + timedelta(days=60)]
    assert findings(world) == []


def test_the_days_are_turned_back_once(database: Database) -> None:
    """The next pass of a right clock has nothing to do."""
    world = World(database, configured({"contact": CONTACT}))
    world.enter(entry(1))
    for on in (LAUNCH, GOES_AHEAD, IS_BACK, IS_BACK):
        world.run(on)
    with database.reading() as connection:
        assert max(connection.scalars(select(progress.c.through))) == IS_BACK
        assert connection.execute(select(touched)).all() == []
