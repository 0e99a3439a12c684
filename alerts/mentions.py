"""Whom a group's message calls by name: members who have something due, or everybody.

Who is called has something due in the village: with fewer than three entries there, that and the
total beside it say as much as a name. So in a township with such a village all members are called,
whoever has something due: to leave one village out would let it be found by subtraction.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from alerts.directory import GROUP, holds
from alerts.tables import alerts, tellings
from ledgers.among import among
from ledgers.codes import TOWN
from ledgers.sealing import Spot, Vault
from ledgers.tables import entries, persons, post_holdings, posts

EVERYBODY = "@all"
"""A mention that calls the whole group."""

FEWEST = 3
"""Entries of one village that a group may be able to count."""

_MOST = 50
"""Names in one message: a longer list is read by nobody."""


def due_members(
    connection: Connection, vault: Vault, *, place: str, today: date
) -> tuple[str, ...]:
    """Answer addresses of those who hold a post in a place and were told of something due there.

    In townships where that would show how few are due in a village, of all who hold a post. An
    account of WeCom where somebody has one, else the phone. They go to the channel only.
    """
    small = _towns_with_few(connection, place, today)
    members = {
        person for person, village in _told(connection, place, today) if village[:TOWN] not in small
    }
    for town in small:
        holders = _holders(connection, town, today)
        members |= holders if len(holders) > 1 else set()
    return _addresses(connection, vault, sorted(members)[:_MOST])


def _is_due(place: str, today: date) -> ColumnElement[bool]:
    return and_(
        alerts.c.closed_at.is_(None),
        alerts.c.due_on <= today,
        entries.c.lives_in.startswith(place, autoescape=True),
    )


def _towns_with_few(connection: Connection, place: str, today: date) -> set[str]:
    query = (
        select(entries.c.lives_in)
        .join(alerts, alerts.c.entry_id == entries.c.id)
        .where(_is_due(place, today))
        .group_by(entries.c.lives_in)
        .having(func.count(entries.c.id.distinct()) < FEWEST)
    )
    return {village[:TOWN] for village in connection.scalars(query)}


def _told(connection: Connection, place: str, today: date) -> list[tuple[str, str]]:
    query = (
        select(tellings.c.person_id, entries.c.lives_in)
        .distinct()
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(_is_due(place, today), tellings.c.person_id.in_(_holding(place, today)))
    )
    return [(person, village) for person, village in connection.execute(query)]


def _holders(connection: Connection, town: str, today: date) -> set[str]:
    held = _holding(town, today).subquery()
    query = select(held.c.person_id)
    return set(connection.scalars(query))


def _holding(place: str, today: date) -> Select[str]:
    """Select the members who hold a post in a place, or everywhere in it."""
    return (
        select(post_holdings.c.person_id)
        .join(posts, posts.c.id == post_holdings.c.post_id)
        .join(persons, persons.c.id == post_holdings.c.person_id)
        .where(
            posts.c.region.startswith(place, autoescape=True),
            holds(post_holdings.c.held_from, post_holdings.c.held_to, today),
            persons.c.left_on.is_(None),
            persons.c.handle.not_like(f"{GROUP}%"),
        )
    )


def _addresses(connection: Connection, vault: Vault, members: Collection[str]) -> tuple[str, ...]:
    query = (
        select(persons.c.id, persons.c.sealed_wecom, persons.c.sealed_phone)
        .where(among(connection, persons.c.id, members))
        .order_by(persons.c.id)
    )
    found = []
    for row in connection.execute(query):
        for name in ("sealed_wecom", "sealed_phone"):
            if row._mapping[name] is not None:
                found.append(vault.open(row._mapping[name], Spot("persons", name, row.id)))
                break
    return tuple(found)
