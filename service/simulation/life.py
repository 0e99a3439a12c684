"""What happens in a county by itself: children come, move and go; staff leaves; people take it back.

Each kind of happening is one function in `WEEKLY`: it may note something for a day of the coming week.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sqlalchemy import Connection, func, insert, select, update

from alerts.acts import Ack, Reason, Scope, Silence, Voiding, ack, silence, void
from alerts.tables import alerts
from ledgers.acts import DONE, RecordRequest, RecordSource
from ledgers.handover import add_leave, leave_person, replace_person, set_deputy
from ledgers.ids import new_id
from ledgers.tables import (
    entries,
    entry_changes,
    persons,
    post_holdings,
    posts,
    records,
    touched,
)
from service.simulation.alarms import something_alarms
from service.simulation.events import a_level_changes, something_is_asked, windows_become_known
from service.simulation.made_up import MadeUp
from service.simulation.world import WEEK, Child, World, is_known

Weekly = Callable[[World, date, Random], None]


def begin(world: World) -> None:
    """Let the first week begin, and note when each window that nobody entered becomes known."""
    windows_become_known(world)
    _week(world, world.site.today(world.clock.true))


def _week(world: World, monday: date) -> None:
    for happening in WEEKLY:
        name = happening.__name__
        happening(world, monday, world.chance.of("life", name, monday))
    later = monday + WEEK
    world.note(later, 0.2, lambda: _week(world, later))


def _day(monday: date, chance: Random) -> date:
    return monday + timedelta(days=chance.randrange(7))


def _some_child(world: World, connection: Connection, chance: Random) -> Child | None:
    found = world.children(connection)
    return chance.choice(found) if found else None


def someone_acts_unasked(world: World, monday: date, chance: Random) -> None:
    """Somebody records what nobody asked for yet, or writes down what was done weeks ago."""

    def act() -> None:
        with world.database.reading() as connection:
            child = _some_child(world, connection, chance)
        kinds = sorted(world.site.configuration.records)
        if child is not None and kinds:
            days_ago = chance.choice((0, 0, 1, 3, 33, 60))
            day = world.today - timedelta(days=days_ago)
            source = RecordSource.CLI
            world.record(RecordRequest(child.id, chance.choice(kinds), day, source))

    for _ in range(chance.choice((0, 1, 1, 2))):
        world.note(_day(monday, chance), 9 + chance.random() * 9, act)


def a_record_is_voided(world: World, monday: date, chance: Random) -> None:
    """One of the newest records was a mistake."""

    def act() -> None:
        with world.acting() as (connection, plan):
            query = (
                select(records.c.id)
                .join(entries, entries.c.id == records.c.entry_id)
                .where(records.c.voided_at.is_(None), records.c.result == DONE)
                .order_by(records.c.happened_on.desc(), entries.c.number, records.c.kind)
            )
            newest = list(connection.scalars(query.limit(5)))
            if newest:
                wish = Voiding([chance.choice(newest)], "trial")
                void(connection, plan, wish, now=world.clock(), today=world.today)

    if chance.random() < 0.15:
        world.note(_day(monday, chance), 14, act)


def a_child_comes(world: World, monday: date, chance: Random) -> None:
    """A child of a village is entered."""

    def act() -> None:
        with world.acting() as (connection, _plan):
            child = _some_child(world, connection, chance)
            if child is None:
                return
            count = connection.scalar(select(func.count()).select_from(entries)) or 0
            county = MadeUp(world.site.configuration, world.site.vault, world.chance)
            made = (child.lives_in, 100 + count)
            county.add_child(connection, *made, today=world.today, now=world.clock())

    if chance.random() < 0.06:
        world.note(_day(monday, chance), 10, act)


def a_child_changes(world: World, monday: date, chance: Random) -> None:
    """A child moves to another village or leaves the ledger."""

    def act() -> None:
        with world.acting() as (connection, _plan):
            child = _some_child(world, connection, chance)
            if child is None:
                return
            values = _changed(world, connection, child, chance)
            if "lives_in" in values:
                _note_move(world, connection, child, str(values["lives_in"]))
            connection.execute(update(entries).where(entries.c.id == child.id).values(values))
            row = {"entry_id": child.id, "known_on": world.today}
            connection.execute(insert(touched).values(row))

    if chance.random() < 0.1:
        world.note(_day(monday, chance), 15, act)


def _note_move(world: World, connection: Connection, child: Child, to: str) -> None:
    """Write down where it lived, as an import does."""
    now = world.clock()
    row = {"id": new_id(now), "entry_id": child.id, "at": now, "field": "lives_in"}
    moved = {"old_plain": child.lives_in, "new_plain": to}
    connection.execute(insert(entry_changes).values(row | moved))


def _changed(
    world: World, connection: Connection, child: Child, chance: Random
) -> dict[str, object]:
    what = chance.random()
    if what < 0.6:
        lived_in = select(entries.c.lives_in).distinct().order_by(entries.c.lives_in)
        return {"lives_in": chance.choice(list(connection.scalars(lived_in)))}
    return {"status": chance.choice(("moved", "closed", "died")), "left_on": world.today}


def a_director_changes(world: World, monday: date, chance: Random) -> None:
    """A director is away for a while, hands over to somebody new, or leaves the post empty."""

    def act() -> None:
        with world.acting() as (connection, _plan):
            held = _directors(connection, world.today)
            if held:
                _change(world, connection, chance.choice(held), chance)

    if chance.random() < 0.06:
        world.note(_day(monday, chance), 16, act)


def _directors(connection: Connection, day: date) -> list[tuple[str, str]]:
    """Answer who holds a village's post, with the post, by handle."""
    query = (
        select(post_holdings.c.person_id, posts.c.id)
        .join(posts, posts.c.id == post_holdings.c.post_id)
        .join(persons, persons.c.id == post_holdings.c.person_id)
        .where(
            func.length(posts.c.region) == 12,
            post_holdings.c.held_from <= day,
            post_holdings.c.held_to.is_(None),
        )
        .order_by(persons.c.handle)
    )
    return [(person, post) for person, post in connection.execute(query)]


def _change(world: World, connection: Connection, holder: tuple[str, str], chance: Random) -> None:
    person, post = holder
    now, today = world.clock(), world.today
    county = MadeUp(world.site.configuration, world.site.vault, world.chance)
    how = chance.random()
    if how < 0.5:
        back = today + timedelta(days=chance.randint(3, 25))
        add_leave(connection, person, from_on=today, to_on=back, now=now)
        if chance.random() < 0.5:
            deputy = county.add_person(connection, f"deputy-{today}", now=now)
            set_deputy(connection, person, deputy, held_from=today)
        return
    successor = county.add_person(connection, f"successor-{today}", now=now)
    if how < 0.8:
        replace_person(connection, person, successor, on=today, now=now)
        return
    leave_person(connection, person, on=today)

    def fill() -> None:
        with world.acting() as (inner, _plan):
            if not is_known(inner, persons, successor):
                return
            row = {"id": new_id(world.clock()), "post_id": post, "person_id": successor}
            inner.execute(insert(post_holdings).values(row | {"held_from": world.today}))

    world.note(today + timedelta(days=chance.randint(10, 40)), 9, fill)


def something_is_silenced(world: World, monday: date, chance: Random) -> None:
    """An entry, a village, a rule or a person is left alone for some weeks."""

    def act() -> None:
        with world.acting() as (connection, _plan):
            target = _target(world, connection, chance)
            if target is not None:
                until = world.today + timedelta(days=chance.randint(3, 30))
                wish = Silence(*target, days=(world.today, until), reason=Reason.TRIAL)
                silence(connection, wish, now=world.clock())

    if chance.random() < 0.08:
        world.note(_day(monday, chance), 13, act)


def _target(world: World, connection: Connection, chance: Random) -> tuple[Scope, str] | None:
    child = _some_child(world, connection, chance)
    held = _directors(connection, world.today)
    if child is None or not held:
        return None
    return {
        Scope.ENTRY: (Scope.ENTRY, child.id),
        Scope.REGION: (Scope.REGION, child.lives_in),
        Scope.RULE: (Scope.RULE, chance.choice(sorted(world.site.configuration.rules))),
        Scope.PERSON: (Scope.PERSON, chance.choice(held)[0]),
    }[chance.choice(list(Scope))]


def something_is_put_off(world: World, monday: date, chance: Random) -> None:
    """An open matter is acknowledged: later, please."""

    def act() -> None:
        with world.acting() as (connection, _plan):
            query = (
                select(entries.c.id)
                .join(alerts, alerts.c.entry_id == entries.c.id)
                .where(alerts.c.closed_at.is_(None))
                .distinct()
                .order_by(entries.c.id)
            )
            found = list(connection.scalars(query))
            if found:
                until = world.today + timedelta(days=chance.randint(2, 14))
                ack(connection, chance.choice(found), Ack(until), today=world.today)

    if chance.random() < 0.15:
        world.note(_day(monday, chance), 12, act)


WEEKLY: tuple[Weekly, ...] = (
    someone_acts_unasked,
    a_record_is_voided,
    a_child_comes,
    a_child_changes,
    a_director_changes,
    something_is_silenced,
    something_is_put_off,
    a_level_changes,
    something_is_asked,
    something_alarms,
)
"""Everything that may happen in a week. What a new kind of rule needs is added here."""
