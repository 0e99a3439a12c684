"""How one person stands to an entry: what they were told of it, or why nothing."""

from datetime import date

from sqlalchemy import Connection, select

from alerts.errors import PersonUnknown
from alerts.explain_coming import expected
from alerts.explain_routes import route_facts
from alerts.explanation import PersonStory, StepFacts, TellingFacts
from alerts.recipients import Ladder, Recipient, Subject
from alerts.tables import silences
from config.lean import dataclass
from config.model import Configuration
from ledgers.tables import persons


@dataclass(frozen=True, slots=True)
class Who:
    """Who is told of an entry: usually, and where rules are urgent; `handles` are by id."""

    configuration: Configuration
    ladder: Ladder
    urgent: Ladder
    subject: Subject
    handles: dict[str, str]


Told = tuple[str, StepFacts, TellingFacts]
"""Rule, step and telling."""


def person_story(
    connection: Connection,
    handle: str,
    who: Who,
    *,
    on: date,
    told: tuple[Told, ...],
) -> PersonStory:
    """Answer how a person stands to an entry on a day; `told` are their tellings of it.

    Raises:
        PersonUnknown: nobody has that handle.
    """
    query = select(persons.c.id, persons.c.left_on).where(persons.c.handle == handle)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise PersonUnknown(handle)
    found = {role: who.ladder.recipients(role, who.subject).recipients for role in who.ladder.roles}
    called = {role: who.urgent.recipients(role, who.subject).recipients for role in found}
    roles = tuple(role for role in found if row.id in _ids(found[role]) | _ids(called[role]))
    known = who.ladder.directory.persons.get(row.id)
    return PersonStory(
        handle=handle,
        left_on=row.left_on,
        away=row.id in who.ladder.directory.away,
        silenced_until=_silenced_until(connection, row.id, on),
        reach=() if known is None else tuple(sorted(known.reach)),
        roles=roles,
        instead={role: expected(told_to, who.handles) for role, told_to in found.items()},
        routes=() if known is None else tuple(route_facts(who.configuration, known, roles)),
        told=told,
    )


def _ids(recipients: tuple[Recipient, ...]) -> set[str]:
    return {one.person for one in recipients}


def _silenced_until(connection: Connection, person_id: str, on: date) -> date | None:
    query = select(silences.c.to_on).where(
        silences.c.scope == "person",
        silences.c.target == person_id,
        silences.c.ended_at.is_(None),
        silences.c.from_on <= on,
        silences.c.to_on >= on,
    )
    return connection.scalars(query.order_by(silences.c.to_on.desc()).limit(1)).first()
