"""The operator as a person, kept in step with the configuration: the last rung of every ladder."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from ledgers.ids import new_id
from ledgers.persons import PersonDetails, load_persons, name_key, update_persons
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons

HANDLE = "operator"


def keep_operator(
    connection: Connection, vault: Vault, wanted: PersonDetails, *, now: datetime
) -> None:
    """Write the operator as the configuration has them.

    An address that was taken out of the configuration is taken out here too.
    """
    id_ = _id(connection) or _insert(connection, vault, wanted.name, now=now)
    update_persons(connection, vault, {id_: wanted})


def is_kept(connection: Connection, vault: Vault, wanted: PersonDetails) -> bool:
    """Say whether the operator is written as the configuration has them."""
    id_ = _id(connection)
    if id_ is None:
        return False
    known = load_persons(connection, vault, [id_])[id_]
    details = PersonDetails(known.name, known.phone, known.email, known.wecom)
    return wanted == details and known.left_on is None


def _id(connection: Connection) -> str | None:
    query = select(persons.c.id).where(persons.c.handle == HANDLE)
    return connection.execute(query).scalar_one_or_none()


def _insert(connection: Connection, vault: Vault, name: str, *, now: datetime) -> str:
    id_ = new_id(now)
    sealed = vault.seal(name, Spot("persons", "sealed_name", id_))
    connection.execute(
        insert(persons).values(
            id=id_, handle=HANDLE, sealed_name=sealed, name_key=name_key(vault, name)
        )
    )
    return id_
