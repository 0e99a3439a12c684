"""Whom a group's message calls by name: members who have something due, or everybody."""

from datetime import date

from sqlalchemy import Connection, select

from alerts.directory import GROUP, holds
from alerts.tables import alerts, tellings
from ledgers.sealing import Spot, Vault
from ledgers.tables import entries, persons, post_holdings, posts

EVERYBODY = "@all"
"""A mention that calls the whole group."""

_MOST = 50
"""Names in one message: a longer list is read by nobody."""


def due_members(
    connection: Connection, vault: Vault, *, place: str, today: date
) -> tuple[str, ...]:
    """Answer addresses of those who hold a post in a place and were told of something due there.

    An account of WeCom where somebody has one, else the phone. They go to the channel only.
    """
    rows = connection.execute(
        select(persons.c.id, persons.c.sealed_wecom, persons.c.sealed_phone)
        .distinct()
        .join(tellings, tellings.c.person_id == persons.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .join(post_holdings, post_holdings.c.person_id == persons.c.id)
        .join(posts, posts.c.id == post_holdings.c.post_id)
        .where(
            alerts.c.closed_at.is_(None),
            alerts.c.due_on <= today,
            entries.c.lives_in.startswith(place, autoescape=True),
            posts.c.region.startswith(place, autoescape=True),
            holds(post_holdings.c.held_from, post_holdings.c.held_to, today),
            persons.c.left_on.is_(None),
            persons.c.handle.not_like(f"{GROUP}%"),
        )
        .order_by(persons.c.id)
        .limit(_MOST)
    )
    found = []
    for row in rows:
        for name in ("sealed_wecom", "sealed_phone"):
            if row._mapping[name] is not None:
                found.append(vault.open(row._mapping[name], Spot("persons", name, row.id)))
                break
    return tuple(found)
