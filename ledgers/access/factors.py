"""The second factor of a link: what whoever found or forwarded it does not have.

Either the last digits of the phone on file, or a code that goes another way than the link did. A
link in an SMS never asks for the phone's digits: whoever reads the SMS holds the phone.
"""

import hmac
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.errors import LinkRefused
from ledgers.access.tables import links
from ledgers.access.tokens import key_of, new_digits
from ledgers.persons import Person
from ledgers.sealing import Vault

_ = catalogue("ledgers")

TRIES = 5
"""Wrong ones in a row, then the link is spent: of four digits one in two thousand is guessed."""

PHONE_DIGITS = 4
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
MOST_CODES = 3
"""Codes that are sent for one link: each costs somebody a message."""


class Factor(StrEnum):
    """What is asked before anything is shown."""

    PHONE = "phone"  # the last digits of the phone on file
    CODE = "code"  # sent on another channel


class Way(StrEnum):
    """How a link or a code travels: a kind of address."""

    PHONE = "phone"
    WECOM = "wecom"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave as the second factor of a link, whose person is on file so."""

    link_id: str
    person: Person
    text: str = field(repr=False)


def factor_for(person: Person, way: Way) -> Factor:
    """Answer which second factor a link needs that travels so.

    Raises:
        LinkRefused: the person has no second way on file.
    """
    if way is not Way.PHONE and len(_digits(person.phone)) >= PHONE_DIGITS:
        return Factor.PHONE
    if other_way(person, way) is None:
        raise LinkRefused(
            _("this person is reached in one way only; a link needs a second one on file")
        )
    return Factor.CODE


def other_way(person: Person, way: Way) -> Way | None:
    """Answer the way on which a code reaches a person who got the link on this one; None: none."""
    on_file = {Way.PHONE: person.phone, Way.WECOM: person.wecom, Way.EMAIL: person.email}
    return next((one for one, address in on_file.items() if address and one is not way), None)


def new_code(connection: Connection, vault: Vault, link_id: str, *, now: datetime) -> str:
    """Answer a code to be sent for a link; the one before is void.

    Raises:
        LinkRefused: so many were sent already.
    """
    code = new_digits(CODE_DIGITS)
    statement = (
        update(links)
        .where(links.c.id == link_id, links.c.codes_sent < MOST_CODES)
        .values(
            code_key=_code_key(vault, link_id, code),
            code_until=now + CODE_LASTS,
            codes_sent=links.c.codes_sent + 1,
        )
    )
    if connection.execute(statement).rowcount != 1:
        raise LinkRefused(_("no more codes are sent for this link; ask for a new link"))
    return code


def is_right(connection: Connection, vault: Vault, given: Given, *, now: datetime) -> bool:
    """Say whether a second factor is right. Each try counts before it is looked at; a right one
    gives the tries back, and a code is good once."""
    is_it = links.c.id == given.link_id
    left = update(links).where(is_it, links.c.tries_left > 0)
    counted = connection.execute(left.values(tries_left=links.c.tries_left - 1))
    if counted.rowcount != 1 or not _fits(connection, vault, given, now):
        return False
    connection.execute(update(links).where(is_it).values(tries_left=TRIES, code_key=None))
    return True


def _fits(connection: Connection, vault: Vault, given: Given, now: datetime) -> bool:
    row = connection.execute(select(links).where(links.c.id == given.link_id)).one()
    typed = _digits(given.text)
    if row.factor == Factor.PHONE.value:
        right = _digits(given.person.phone)[-PHONE_DIGITS:]
        return len(right) == PHONE_DIGITS and hmac.compare_digest(right, typed)
    if row.code_key is None or row.code_until <= now:
        return False
    return hmac.compare_digest(row.code_key, _code_key(vault, given.link_id, typed))


def _code_key(vault: Vault, link_id: str, code: str) -> str:
    return key_of(vault, "link-code", link_id, code)


def _digits(text: str | None) -> str:
    return "".join(letter for letter in text or "" if letter.isascii() and letter.isdigit())
