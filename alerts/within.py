"""What of messages and silences lies within some divisions: conditions in SQL, one for each."""

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from alerts.deferring import Scope as Over
from alerts.tables import alerts, notices, silences, tellings
from ledgers.access.people import People
from ledgers.access.scopes import Scope
from ledgers.tables import entries


def notices_within(scope: Scope) -> ColumnElement[bool]:
    """Say that a message speaks of entries that live there, and of no others.

    One that says the same on another channel speaks of what that one does; one that speaks of no
    entry, such as the operator's, lies nowhere.
    """
    spoken_of = func.coalesce(notices.c.echo_of, notices.c.id)
    inside, outside = (
        select(tellings.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(tellings.c.notice_id == spoken_of, lies)
        .exists()
        for lies in _in_and_out(scope)
    )
    return and_(inside, not_(outside))


def silences_within(people: People) -> ColumnElement[bool]:
    """Say that a silence lies over nothing but entries, divisions and people there."""
    of_entry = select(entries.c.id).where(
        entries.c.id == silences.c.target, people.scope.where(entries.c.lives_in)
    )
    return or_(
        and_(silences.c.scope == Over.ENTRY.value, of_entry.exists()),
        and_(silences.c.scope == Over.REGION.value, people.scope.where(silences.c.target)),
        and_(silences.c.scope == Over.PERSON.value, people.where(silences.c.target)),
    )


def is_told_elsewhere(connection: Connection, person_id: str, scope: Scope) -> bool:
    """Say whether somebody was ever told of an entry that lives outside, or passed it on."""
    _inside, outside = _in_and_out(scope)
    query = (
        select(tellings.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(or_(tellings.c.person_id == person_id, tellings.c.via == person_id), outside)
    )
    return connection.execute(query.limit(1)).first() is not None


def _in_and_out(scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    within = scope.where(entries.c.lives_in)
    return within, not_(within)
