"""Groups that robots speak to, as persons: one for each channel that reaches a group.

A group has no address and no post of its own: the configuration says for which role and division
it is. It is a person so that what it was told is kept like everybody else's.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from ledgers.ids import new_id
from ledgers.persons import name_key
from ledgers.sealing import Spot, Vault
from ledgers.tables import persons

PREFIX = "group:"
"""Before the channel's name: the handle of its group."""


def keep_groups(
    connection: Connection, vault: Vault, channels: Collection[str], *, today: date, now: datetime
) -> None:
    """Make each channel's group a person; those of channels that are gone have left."""
    known = _known(connection)
    wanted = {PREFIX + channel for channel in channels}
    for handle in sorted(wanted - known.keys()):
        _insert(connection, vault, handle, now=now)
    for handle, left_on in known.items():
        is_here = handle in wanted
        if is_here != (left_on is None):
            change = update(persons).where(persons.c.handle == handle)
            connection.execute(change.values(left_on=None if is_here else today))


def are_kept(connection: Connection, channels: Collection[str]) -> bool:
    """Say whether the groups are written as the configuration has them."""
    here = {handle for handle, left_on in _known(connection).items() if left_on is None}
    return here == {PREFIX + channel for channel in channels}


def _known(connection: Connection) -> dict[str, date | None]:
    query = select(persons.c.handle, persons.c.left_on).where(
        persons.c.handle.startswith(PREFIX, autoescape=True)
    )
    return {row.handle: row.left_on for row in connection.execute(query)}


def _insert(connection: Connection, vault: Vault, handle: str, *, now: datetime) -> None:
    id_ = new_id(now)
    name = handle.removeprefix(PREFIX)
    sealed = vault.seal(name, Spot("persons", "sealed_name", id_))
    row = {"id": id_, "handle": handle, "sealed_name": sealed, "name_key": name_key(vault, name)}
    connection.execute(insert(persons).values(row))
