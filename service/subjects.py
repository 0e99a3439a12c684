"""Whom a request is about: an entry by its village number, or a person who is told."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledgers.sealing import Vault
from ledgers.tables import entries
from service.authority import Authority
from service.errors import UnknownName
from service.naming import entry_called, person_called


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whose data are held. `region` is where an entry lives; a person has none."""

    id: str
    is_person: bool
    region: str = ""


def subject_called(connection: Connection, vault: Vault, ref: str, who: Authority) -> Subject:
    """Answer whom a village number, a handle, a phone or a name means.

    Raises:
        UnknownName: nobody is called so, or not where `who` may look.
        SeveralMeant: several people are.
    """
    try:
        entry_id = entry_called(connection, ref)
    except UnknownName:
        subject = Subject(person_called(connection, vault, ref), is_person=True)
    else:
        where = connection.scalars(select(entries.c.lives_in).where(entries.c.id == entry_id))
        subject = Subject(entry_id, is_person=False, region=where.one())
    if not who.covers(subject.region):
        raise UnknownName(ref)
    return subject
