"""What happens to children that rules count from: levels, requests, and windows known late."""

from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import Connection, insert, select, update

from alerts.acts import RecordRequest, RecordSource
from config.dates import DateRule, FromRecord
from ledgers.levels import LevelChange, note_levels
from ledgers.tables import calendar_windows, entries, touched
from service.simulation.overnight import stricter
from service.simulation.world import World


def a_level_changes(world: World, monday: date, chance: Random) -> None:
    """A child's level is raised or lowered, and nobody is overdue the same day."""

    def act() -> None:
        if not world.machine.is_up:
            return
        with stricter(world), world.acting() as (connection, _plan):
            levels = [level.id for level in world.site.configuration.levels]
            found = connection.execute(
                select(entries.c.id, entries.c.level)
                .where(entries.c.status == "active", entries.c.level.is_not(None))
                .order_by(entries.c.number)
            ).all()
            if found and len(levels) > 1:
                entry, was = chance.choice(found)
                now = chance.choice([level for level in levels if level != was])
                _give_level(world, connection, LevelChange(entry, was, now, world.today))

    if chance.random() < 0.2:
        world.note(_day(monday, chance), 14.5, act)


def _give_level(world: World, connection: Connection, change: LevelChange) -> None:
    mine = entries.c.id == change.entry_id
    connection.execute(update(entries).where(mine).values(level=change.level))
    note_levels(connection, [change], now=world.clock())
    row = {"entry_id": change.entry_id, "known_on": world.today}
    connection.execute(insert(touched).values(row))


def something_is_asked(world: World, monday: date, chance: Random) -> None:
    """A record is written that some rule counts days from, such as a request."""

    def act() -> None:
        rules = world.site.configuration.rules.values()
        kinds = [
            rule.on.record
            for rule in rules
            if isinstance(rule, DateRule) and isinstance(rule.on, FromRecord)
        ]
        with world.database.reading() as connection:
            found = world.children(connection)
        if found and kinds:
            child, kind = chance.choice(found), chance.choice(kinds)
            day = world.today - timedelta(days=chance.choice((0, 0, 0, 1, 5)))
            world.record(RecordRequest(child.id, kind, day, RecordSource.CLI))

    if chance.random() < 0.3:
        world.note(_day(monday, chance), 11, act)


def windows_become_known(world: World) -> None:
    """Note when somebody imports the dates of calendars that have none, mostly far too late."""
    for name, calendar in sorted(world.site.configuration.calendars.items()):
        if calendar.every_year is None and not calendar.years and not calendar.regions:
            chance = world.chance.of("windows", name)
            known_on = world.today + timedelta(days=chance.randint(40, 200))
            world.note(known_on, 15, partial(_enter, world, name, chance))


def _enter(world: World, calendar: str, chance: Random) -> None:
    start = world.today + timedelta(days=chance.randint(-20, 20))
    row = {
        "calendar": calendar,
        "year_key": str(start.year),
        "region": "",
        "known_on": world.today,
        "start_on": start,
        "end_on": start + timedelta(days=chance.randint(50, 70)),
        "imported_at": world.clock(),
    }
    with stricter(world):
        with world.database.writing() as connection:
            connection.execute(insert(calendar_windows).values(row))
        world.machine.configure(world.site.configuration.model_copy())


def _day(monday: date, chance: Random) -> date:
    return monday + timedelta(days=chance.randrange(7))
