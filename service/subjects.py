"""Whom a request is about: an entry by its village number, or a person who is told."""

from sqlalchemy import Connection

from alerts.within import is_told_elsewhere
from config.lean import dataclass
from ledgers.access.people import Belonging
from ledgers.sealing import Vault
from service.authority import Authority
from service.errors import UnknownName
from service.naming import entry_called, person_called


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whose data are held."""

    id: str
    is_person: bool


def subject_called(connection: Connection, vault: Vault, ref: str, who: Authority) -> Subject:
    """Answer whom a village number, a handle, a phone or a name means.

    Of somebody who held a post elsewhere too, or was told of an entry there, only who sees the
    whole site gets all that is held, so nobody else gets any.

    Raises:
        UnknownName: nobody is called so, or not where `who` may look.
        SeveralMeant: several people are.
    """
    try:
        return Subject(entry_called(connection, ref, within=who.scope), is_person=False)
    except UnknownName:
        everybody = who.people(Belonging.ALWAYS)
        person = person_called(connection, vault, ref, within=everybody)
    if who.scope is not None and is_told_elsewhere(connection, person, who.scope):
        raise UnknownName(ref)
    return Subject(person, is_person=True)
