"""Erasing at somebody's wish: refused while the law forbids it, complete once it is done.

PIPL art. 47 names the cases. What must be kept is not erased but held (`ledgers.legal_holds`).
"""

from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select, update

from alerts.closing import Ending, close
from alerts.directory import GROUP, OPERATOR
from alerts.errors import (
    ErasedAlready,
    LegallyHeld,
    NotErasable,
    StillAtWork,
    StillInLedger,
    StillSending,
    UrgentOpen,
)
from alerts.facts import ACTIVE
from alerts.figures import Figures
from alerts.reducing import reduce_entries, reduce_person
from alerts.states import Closed
from alerts.tables import alerts, notices, send_log, signals
from alerts.withdrawing import withdraw
from config.lean import dataclass
from ledgers.access.links import revoke_links_of
from ledgers.access.tables import users
from ledgers.access.users import disable_user
from ledgers.database import Database
from ledgers.entries import open_secret
from ledgers.erasures import Erasure, list_erased, note_erased
from ledgers.jurisdictions import JURISDICTIONS
from ledgers.legal_holds import holds_on
from ledgers.persons import Person, load_persons
from ledgers.sealing import Vault
from ledgers.set_apart import destroy_rows, rows_about
from ledgers.tables import assignments, entries, persons, post_holdings


class Reason(StrEnum):
    """Why somebody is erased: the five cases of PIPL art. 47."""

    PURPOSE_ENDED = "purpose-ended"
    TERM_ENDED = "term-ended"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    UNLAWFUL = "unlawful"
    OTHER_LAW = "other-law"


_ALSO_OF_ACTIVE = frozenset({Reason.UNLAWFUL, Reason.OTHER_LAW})
ENTRY, PERSON = "entry", "person"


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: alerts ended, messages made anew, rows set apart destroyed."""

    alerts: int = 0
    messages: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Eraser:
    """What erasing needs, and the moment it is done at."""

    vault: Vault
    figures: Figures
    today: date
    now: datetime

    def erase_entry(self, connection: Connection, entry_id: str, reason: Reason) -> Erased:
        """Erase a child or an institution, all in the caller's unit.

        Raises:
            ErasureRefused: with why; nothing was touched.
        """
        row = connection.execute(
            select(entries).where(entries.c.id == entry_id).with_for_update()
        ).one()
        self._refuse_entry(connection, row, reason)
        erased = self._end_entry(connection, row, is_quiet=False)
        self._note(connection, ENTRY, entry_id, reason)
        return erased

    def erase_person(self, connection: Connection, person_id: str, reason: Reason) -> Erased:
        """Erase a person who is told, all in the caller's unit.

        Raises:
            ErasureRefused: with why; nothing was touched.
        """
        person = load_persons(connection, self.vault, [person_id])[person_id]
        self._refuse_person(connection, person)
        erased = self._end_person(connection, person)
        self._note(connection, PERSON, person_id, reason)
        return erased

    def erase_back(self, connection: Connection, subject: str, *, is_quiet: bool) -> None:
        """Erase somebody who was erased before and is back; nothing is refused a second time.

        Raises:
            StillSending: unless `is_quiet`; see `alerts.withdrawing`.
        """
        row = connection.execute(select(entries).where(entries.c.id == subject)).one_or_none()
        if row is not None:
            self._end_entry(connection, row, is_quiet=is_quiet)
        for person in load_persons(connection, self.vault, [subject]).values():
            self._end_person(connection, person)

    def key(self, subject: str) -> str:
        """Answer by what the list of the erased knows somebody."""
        return self.vault.lookup("erased", subject)

    def _refuse_entry(self, connection: Connection, row: Row[Any], reason: Reason) -> None:
        if row.reduced_on is not None:
            raise ErasedAlready(row.reduced_on)
        if row.ledger == JURISDICTIONS:
            raise NotErasable
        self._refuse_held(connection, row.id)
        if row.status == ACTIVE and reason not in _ALSO_OF_ACTIVE:
            raise StillInLedger
        urgent = (
            select(alerts.c.id)
            .join(signals, signals.c.id == alerts.c.anchor)
            .where(alerts.c.entry_id == row.id, alerts.c.closed_at.is_(None))
        )
        if connection.execute(urgent.limit(1)).first():
            raise UrgentOpen

    def _refuse_person(self, connection: Connection, person: Person) -> None:
        reduced_on = connection.scalar(
            select(persons.c.reduced_on).where(persons.c.id == person.id)
        )
        if reduced_on is not None:
            raise ErasedAlready(reduced_on)
        if person.handle == OPERATOR or person.handle.startswith(GROUP):
            raise NotErasable
        self._refuse_held(connection, person.id)
        if self._is_at_work(connection, person.id):
            raise StillAtWork

    def _refuse_held(self, connection: Connection, subject: str) -> None:
        for hold in holds_on(connection, today=self.today, subjects=[subject]):
            raise LegallyHeld(hold.reason, hold.until_on)

    def _is_at_work(self, connection: Connection, person_id: str) -> bool:
        held = [
            select(table.c.person_id).where(
                table.c.person_id == person_id,
                or_(table.c.held_to.is_(None), table.c.held_to >= self.today),
            )
            for table in (post_holdings, assignments)
        ]
        to_come = select(notices.c.id).where(
            notices.c.person_id == person_id, notices.c.ended_at.is_(None)
        )
        signs_in = _accounts_of(person_id).where(users.c.disabled_at.is_(None))
        found = (*held, to_come, signs_in)
        return any(connection.execute(one.limit(1)).first() for one in found)

    def _end_entry(self, connection: Connection, row: Row[Any], *, is_quiet: bool) -> Erased:
        messages = withdraw(connection, row.id, now=self.now, is_quiet=is_quiet)
        if row.status == ACTIVE:
            gone = update(entries).where(entries.c.id == row.id)
            connection.execute(gone.values(status="closed", left_on=self.today))
        ended = self._close_alerts(connection, row.id)
        name, id_no = (
            open_secret(self.vault, row.id, column, row._mapping[column])
            for column in ("sealed_name", "sealed_id_no")
        )
        about = rows_about(connection, self.vault, [name] if name else [], id_no=id_no)
        rows = destroy_rows(connection, about)
        reduce_entries(connection, [row.id], self.figures, today=self.today, now=self.now)
        return Erased(ended, messages, rows)

    def _close_alerts(self, connection: Connection, entry_id: str) -> int:
        still_open = select(alerts.c.id).where(
            alerts.c.entry_id == entry_id, alerts.c.closed_at.is_(None)
        )
        endings = [Ending(id_, Closed.ENTRY_LEFT) for id_ in connection.scalars(still_open)]
        return close(connection, endings, today=self.today, now=self.now)

    def _end_person(self, connection: Connection, person: Person) -> Erased:
        said = [one for one in (person.phone, person.email, person.wecom) if one]
        addressees = [self.vault.lookup("sent to", address) for address in said]
        of_them = update(send_log).where(send_log.c.addressee.in_(addressees))
        connection.execute(of_them.values(addressee=None))
        words = [person.name, *said]
        about = rows_about(connection, self.vault, words, of_persons=True)
        rows = destroy_rows(connection, about)
        gone = update(persons).where(persons.c.id == person.id, persons.c.left_on.is_(None))
        connection.execute(gone.values(left_on=self.today))
        revoke_links_of(connection, person.id, now=self.now)
        for user_id in connection.scalars(_accounts_of(person.id)).all():
            disable_user(connection, user_id, now=self.now)  # a backup may bring it back in use
        reduce_person(connection, self.vault, person.id, today=self.today)
        return Erased(rows=rows)

    def _note(self, connection: Connection, kind: str, subject: str, reason: Reason) -> None:
        note_erased(connection, [Erasure(self.key(subject), kind, reason.value, self.now)])


def _accounts_of(person_id: str) -> Select[str]:
    return select(users.c.id).where(users.c.person_id == person_id)


def erase_again(database: Database, eraser: Eraser, *, is_quiet: bool = False) -> int:
    """Erase whoever is on the list of the erased and is back; answer how many.

    A restored backup brings them back. Each is a unit of its own; one whose message is on its way
    is left to the next time. `is_quiet`: nobody is sending.
    """
    with database.reading() as connection:
        keys = {one.subject_key for one in list_erased(connection)}
        unreduced = [
            select(table.c.id).where(table.c.reduced_on.is_(None))
            for table in (entries, persons)
            if keys
        ]
        back = [
            id_
            for query in unreduced
            for id_ in connection.scalars(query)
            if eraser.key(id_) in keys
        ]
    count = 0
    for subject in back:
        with suppress(StillSending), database.writing() as connection:
            eraser.erase_back(connection, subject, is_quiet=is_quiet)
            count += 1
    return count
