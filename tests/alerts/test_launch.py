"""Day one: nobody is overdue, first duties are spread, nothing is escalated too early."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import insert, select, update

from alerts.tables import first_dues
from ledgers.database import Database
from ledgers.tables import entries, imports
from tests.alerts.world import LAUNCH, World, configured, entry, entry_id, noon, rule

_VILLAGES = 30


def dues(world: World) -> dict[str, date]:
    """Answer first due days by entry."""
    with world.database.reading() as connection:
        return {row.entry_id: row.due_on for row in connection.execute(select(first_dues))}


def county(world: World, count: int) -> None:
    """Enter children of many villages, every tenth of them red."""
    world.enter(
        *(
            entry(
                n,
                lives_in=f"990101001{n % _VILLAGES:03}",
                level="red" if n % 10 == 0 else "green",
            )
            for n in range(count)
        )
    )


def test_day_one_with_three_thousand_entries(database: Database) -> None:
    """Nobody is overdue; every village has its share in each month of the first ninety days."""
    world = World(database)
    county(world, 3000)
    report = world.run()
    assert (report.spread, report.written.opened) == (3000, 0)
    found = dues(world)
    assert min(found.values()) > LAUNCH
    assert max(found.values()) == LAUNCH + timedelta(days=90)
    by_month = Counter(
        (int(id_, 16) % _VILLAGES, (day - LAUNCH).days // 31) for id_, day in found.items()
    )
    assert set(by_month.values()) <= set(range(29, 37))


def test_the_highest_level_comes_first(database: Database) -> None:
    """Within a village the red ones are due before the green ones."""
    world = World(database)
    world.enter(entry(1, level="green"), entry(2, level="red"), entry(3, level=None))
    world.run()
    found = dues(world)
    assert found[entry_id(2)] < found[entry_id(1)] < found[entry_id(3)]


def test_a_shorter_interval_is_its_own_term(database: Database) -> None:
    """A duty every 30 days does not wait for ninety."""
    world = World(database, configured({"contact": rule(every="30 days")}))
    county(world, 60)
    world.run()
    assert max(dues(world).values()) == LAUNCH + timedelta(days=30)


def test_nothing_is_escalated_before_its_day(database: Database) -> None:
    """The supervisor and the county hear nothing of never recorded entries before March."""
    world = World(database)
    world.enter(*(entry(n) for n in range(10)))
    world.pass_days(95)
    told = {row.on_date for row in world.steps() if row.escalation}
    assert min(told) == date(2027, 3, 1)


def test_a_second_pass_spreads_nothing_anew(database: Database) -> None:
    """A first due day stays what it was."""
    world = World(database)
    county(world, 30)
    world.run()
    before = dues(world)
    world.pass_days(2)
    assert dues(world) == before


def test_whoever_comes_later_has_a_whole_term(database: Database) -> None:
    """It counts from the day the entry was known."""
    world = World(database)
    world.run()
    world.today = LAUNCH + timedelta(days=200)
    world.enter(entry(1))
    world.run()
    assert dues(world)[entry_id(1)] == world.today + timedelta(days=90)


def test_a_rule_that_comes_later_spreads_from_its_first_day(database: Database) -> None:
    """And escalates as much later as it came."""
    world = World(database)
    county(world, 30)
    world.run()
    world.today = LAUNCH + timedelta(days=100)
    later = rule(done_by="update")
    world.configure(configured({"contact": rule(), "update": later}))
    world.run()
    with database.reading() as connection:
        query = select(first_dues.c.due_on).where(first_dues.c.rule == "update")
        found = connection.execute(query).scalars().all()
    assert min(found) > world.today
    assert world.plan.rules[1].escalate_from == date(2027, 3, 1) + timedelta(days=100)


def test_nothing_opens_before_an_import_is_whole(database: Database) -> None:
    """Its entries wait among the touched until it is finished."""
    world = World(database)
    with database.writing() as connection:
        connection.execute(
            insert(imports).values(
                id="i", file="f", digest="d", started_at=noon(LAUNCH), recorded_by="office"
            )
        )
    world.enter(entry(1, import_id="i"))
    assert world.run().spread == 0
    with database.writing() as connection:
        connection.execute(update(imports).values(finished_at=noon(LAUNCH)))
        assert connection.execute(select(entries.c.id)).scalar() == entry_id(1)
    assert world.run().spread == 1
