"""Open matters that are others' concern now: they are told of them too, the newest step of each.

What the one before was told is no longer waiting for anybody; at a slot of the role it waits again.
Doing it twice adds nothing, because who was told of an alert once is told no more here.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from alerts.directory import Directory, assigned_by_name
from alerts.handovers import HandOvers
from alerts.lately import recently_moved, recently_named
from alerts.newcomers import Newcomers, untold
from alerts.outbox import waiting
from alerts.recipients import Ladder, Subject
from alerts.tables import alerts, steps
from alerts.waiting import WaitingStep, told_before, told_steps
from config.lean import dataclass
from config.model import Configuration
from ledgers.database import Database
from ledgers.tables import entries

_BATCH = 400
_ANY_BELOW = "9" * 12


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom a slot asks: some roles, on a day, with those who hold posts then."""

    configuration: Configuration
    directory: Directory
    roles: Sequence[str]
    today: date


def take_over(database: Database, wish: Wish) -> int:
    """Let steps wait again for whoever came new to a role; answer how many. In bounded units."""
    with database.reading() as connection:
        found = _concerned(connection, wish)
    count = 0
    for at in range(0, len(found), _BATCH):
        with database.writing() as connection:
            count += _wait_again(
                connection, list(_untold(connection, wish, found[at : at + _BATCH]))
            )
    return count


def _concerned(connection: Connection, wish: Wish) -> list[str]:
    """Answer the open alerts at places, and of children, that changed hands lately."""
    changed = HandOvers.on(connection, wish.today, ())
    regions = sorted({region for role, region in changed.posts if role in wish.roles})
    singly = [recently_named(wish.today), recently_moved(wish.today)]
    there: list[ColumnElement[bool]] = [entries.c.id.in_(query) for query in singly]
    # Ranges, unlike patterns, find their way in an index.
    there += [
        column.between(region, region + _ANY_BELOW)
        for region in regions
        for column in (entries.c.lives_in, entries.c.registered_in)
    ]
    if not regions and not any(connection.execute(one.limit(1)).first() for one in singly):
        return []
    query = (
        select(alerts.c.id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(alerts.c.closed_at.is_(None), or_(*there))
        .order_by(alerts.c.id)
    )
    return list(connection.scalars(query))


def _untold(
    connection: Connection, wish: Wish, alert_ids: Sequence[str]
) -> Iterator[tuple[WaitingStep, list[str]]]:
    rules = wish.configuration.rules.items()
    by_registration = frozenset(name for name, rule in rules if rule.place == "registered_in")
    of_alerts = told_steps(connection, alert_ids, by_registration=by_registration)
    told = told_before(connection, list(of_alerts))
    entry_ids = sorted({one.entry_id for of in of_alerts.values() for one in of})
    assigned = assigned_by_name(connection, entry_ids, wish.today)
    ladder = Ladder.of(wish.configuration, wish.directory, assigned)
    hand_overs = HandOvers.on(connection, wish.today, entry_ids)
    newcomers = Newcomers(wish.configuration, ladder, hand_overs)
    for alert_id, of in of_alerts.items():
        again: dict[str, tuple[WaitingStep, list[str]]] = {}
        for role in wish.roles:
            people = newcomers.at(role, Subject(of[0].entry_id, of[0].place))
            step = untold(wish.configuration, role, people, steps=of, told=told[alert_id])
            if step is not None and role not in step.waiting:
                again.setdefault(step.id, (step, []))[1].append(role)
        yield from again.values()


def _wait_again(connection: Connection, found: Sequence[tuple[WaitingStep, list[str]]]) -> int:
    rows = [
        {
            "again": step.id,
            "was": waiting(step.waiting),
            "now": waiting((*step.waiting, *roles)),
        }
        for step, roles in found
    ]
    if rows:
        # Told or ended meanwhile? Then the next slot looks again.
        same = (steps.c.id == bindparam("again"), steps.c.waiting == bindparam("was"))
        connection.execute(update(steps).where(*same).values(waiting=bindparam("now")), rows)
    return len(rows)
