"""How a link is opened: looked at, its second factor given, and its one purpose done once.

1. `look` says what a link is for and what it asks; it shows nothing of anybody and writes nothing.
2. `send` sends the code where the second factor is one; `open` takes the factor and begins a session.
3. `use` does, in the caller's unit, what the link is for, and only for the holder of that session.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import date, datetime

from sqlalchemy import Connection

from config.lean import dataclass
from ledgers.access.events import Act, source_word, user, write
from ledgers.access.factors import Factor, Given, Way, is_right, new_code, other_way
from ledgers.access.links import Link, link_of, use_link
from ledgers.access.sessions import Holder, begin_session, session_of
from ledgers.access.tokens import key_of
from ledgers.database import Database
from ledgers.persons import Person, load_persons
from ledgers.sealing import Vault


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A code, to whom and by which way: another one than the link's."""

    person: Person
    way: Way
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LinkDoor:
    """Opens links. `day` answers the site's day at an instant."""

    database: Database
    vault: Vault
    day: Callable[[datetime], date]

    def look(self, token: str, *, now: datetime) -> Link | None:
        """Answer a link that is good; None for all others alike."""
        with self.database.reading() as connection:
            return self._link(connection, token, now)

    def send(self, token: str, *, now: datetime) -> CodeToSend | None:
        """Answer a new code that is to be sent; None: the link is not good, or asks for no code.

        Raises:
            LinkRefused: so many were sent already.
        """
        with self.database.writing() as connection:
            link = self._link(connection, token, now)
            if link is None or link.factor is not Factor.CODE:
                return None
            person = load_persons(connection, self.vault, [link.person_id])[link.person_id]
            way = other_way(person, link.way)
            if way is None:
                return None
            code = new_code(connection, self.vault, link.id, now=now)
            about = {"subject": link.id, "way": way.value}
            write(connection, Act.CODE_SENT, actor=user(person.handle), now=now, about=about)
        return CodeToSend(person, way, code)

    def open(self, token: str, text: str, *, source: str, now: datetime) -> str | None:
        """Take a second factor; answer the token of a session, None if anything is wrong."""
        source_key = key_of(self.vault, "source", source)
        with self.database.writing() as connection:
            link = self._link(connection, token, now)
            if link is None:
                return None
            person = load_persons(connection, self.vault, [link.person_id])[link.person_id]
            fits = is_right(connection, self.vault, Given(link.id, person, text), now=now)
            holder = Holder(source_key, link_id=link.id)
            session = begin_session(connection, self.vault, holder, now=now) if fits else None
            act = Act.LINK_OPENED if fits else Act.LINK_REFUSED
            about = {"subject": link.id, "source": source_word(source_key)}
            write(connection, act, actor=user(person.handle), now=now, about=about)
        return session

    def held(
        self, connection: Connection, token: str, session: str, *, now: datetime
    ) -> Link | None:
        """Answer the link whose second factor this session stands for, while it is good."""
        link = self._link(connection, token, now)
        found = session_of(connection, self.vault, session, now=now)
        is_its = link is not None and found is not None and found.link_id == link.id
        return link if is_its else None

    def use(self, connection: Connection, link: Link, *, now: datetime) -> bool:
        """Spend a link in the unit that does what it is for; False: nothing may be done."""
        if not use_link(connection, link, now=now):
            return False
        person = load_persons(connection, self.vault, [link.person_id])[link.person_id]
        about = {"subject": link.id, "purpose": link.purpose.value}
        write(connection, Act.LINK_USED, actor=user(person.handle), now=now, about=about)
        return True

    def _link(self, connection: Connection, token: str, now: datetime) -> Link | None:
        return link_of(connection, self.vault, token, now=now, today=self.day(now))
