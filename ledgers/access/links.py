"""Links in messages: for one person and one purpose, for a while, and withdrawn when need be.

A link alone shows nothing (`ledgers.access.factors`). Its token is known here by a keyed hash only.
"""

from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, true, update

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.errors import LinkRefused
from ledgers.access.factors import TRIES, Factor, Way, factor_for
from ledgers.access.people import People
from ledgers.access.tables import links
from ledgers.access.tokens import is_ours, key_of, new_token
from ledgers.ids import new_id
from ledgers.persons import Person
from ledgers.sealing import Vault
from ledgers.tables import persons

_ = catalogue("ledgers")

LONGEST = timedelta(days=14)

_KIND = "link"


class Purpose(StrEnum):
    """The one thing a link is for."""

    ANSWER = "answer"  # say that a signal was heard
    RECORD = "record"  # note what was done about a matter
    MATTERS = "matters"  # look at what is open for oneself


_ONCE = {Purpose.ANSWER, Purpose.RECORD}
"""What is spent when it was done; looking may be repeated until the link ends."""


@dataclass(frozen=True, slots=True)
class LinkWish:
    """What a link is for and how it will travel. `about` is the alert, where it is about one."""

    purpose: Purpose
    way: Way
    lasts: timedelta
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link, without its token, which nobody here knows any more."""

    id: str
    person_id: str
    purpose: Purpose
    about: str | None
    way: Way
    factor: Factor
    made_by: str
    made_at: datetime
    expires_at: datetime

    @property
    def is_once(self) -> bool:
        """Say whether it is spent when it was used."""
        return self.purpose in _ONCE


_KEPT = tuple(one.name for one in fields(Link))


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a link (`user:U-0001`, `os:NAME`, `daemon`), and when."""

    actor: str
    now: datetime
    today: date


def make_link(
    connection: Connection, vault: Vault, person: Person, wish: LinkWish, *, by: Maker
) -> tuple[Link, str]:
    """Write a link; answer it and its token, which is said once.

    Raises:
        LinkRefused: it would last too long, the person has left or has no second way on file.
    """
    if not timedelta(0) < wish.lasts <= LONGEST:
        raise LinkRefused(_("a link lasts at most %(days)s days") % {"days": LONGEST.days})
    if person.left_on is not None and person.left_on <= by.today:
        raise LinkRefused(_("this person has left; nothing is sent to them any more"))
    token = new_token(vault, _KIND)
    link = Link(
        id=new_id(by.now),
        person_id=person.id,
        purpose=wish.purpose,
        about=wish.about,
        way=wish.way,
        factor=factor_for(person, wish.way),
        made_by=by.actor,
        made_at=by.now,
        expires_at=by.now + wish.lasts,
    )
    values = {name: getattr(link, name) for name in _KEPT}
    connection.execute(
        insert(links).values(**values, token_key=key_of(vault, _KIND, token), tries_left=TRIES)
    )
    return link, token


def link_of(
    connection: Connection, vault: Vault, token: str, *, now: datetime, today: date
) -> Link | None:
    """Answer the link of a token while it is good; what is made up is not even looked up."""
    if not is_ours(vault, _KIND, token):
        return None
    is_it = links.c.token_key == key_of(vault, _KIND, token)
    return _one(connection, and_(is_it, _is_good(now, today)))


def link_with(connection: Connection, link_id: str, *, now: datetime, today: date) -> Link | None:
    """Answer the link of an id while it is good."""
    return _one(connection, and_(links.c.id == link_id, _is_good(now, today)))


def good_links(
    connection: Connection,
    *,
    now: datetime,
    today: date,
    person_id: str | None = None,
    within: People | None = None,
) -> list[Link]:
    """Answer the links that are good, of one person or of all (`within`), the newest first."""
    whose = links.c.person_id == person_id if person_id else _of(within)
    return _found(connection, and_(whose, _is_good(now, today)))


def use_link(connection: Connection, link: Link, *, now: datetime) -> bool:
    """Note that a link's purpose was done; False: it was spent meanwhile, and nothing may be done."""
    unused = links.c.used_at.is_(None) if link.is_once else links.c.id.is_not(None)
    statement = update(links).where(links.c.id == link.id, links.c.revoked_at.is_(None), unused)
    return connection.execute(statement.values(used_at=now)).rowcount == 1


def revoke_link(
    connection: Connection, link_id: str, *, now: datetime, within: People | None = None
) -> bool:
    """Withdraw one link; False: there is none (`within`), or it was withdrawn before."""
    is_it = and_(links.c.id == link_id, _of(within))
    statement = update(links).where(is_it, links.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_links_of(connection: Connection, person_id: str, *, now: datetime) -> int:
    """Withdraw all links of somebody who hands over or leaves; answer how many there were."""
    statement = update(links).where(
        links.c.person_id == person_id, links.c.revoked_at.is_(None), links.c.expires_at > now
    )
    return connection.execute(statement.values(revoked_at=now)).rowcount


def _of(within: People | None) -> ColumnElement[bool]:
    return true() if within is None else within.where(links.c.person_id)


def _is_good(now: datetime, today: date) -> ColumnElement[bool]:
    repeatable = links.c.purpose.not_in([one.value for one in _ONCE])
    here = select(persons.c.id).where(or_(persons.c.left_on.is_(None), persons.c.left_on > today))
    return and_(
        links.c.expires_at > now,
        links.c.revoked_at.is_(None),
        links.c.tries_left > 0,
        or_(links.c.used_at.is_(None), repeatable),
        links.c.person_id.in_(here),
    )


def _one(connection: Connection, where: ColumnElement[bool]) -> Link | None:
    return next(iter(_found(connection, where)), None)


def _found(connection: Connection, where: ColumnElement[bool]) -> list[Link]:
    query = select(links).where(where).order_by(links.c.id.desc())
    return [_link(row) for row in connection.execute(query)]


def _link(row: Row[Any]) -> Link:
    values = {name: row._mapping[name] for name in _KEPT}
    words = {"purpose": Purpose(row.purpose), "way": Way(row.way), "factor": Factor(row.factor)}
    return Link(**values | words)
