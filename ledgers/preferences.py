"""Which channel somebody prefers, among those the site offers to them."""

from sqlalchemy import Connection, update

from ledgers.tables import persons


def set_preference(connection: Connection, person_id: str, channel: str | None) -> None:
    """Note what somebody prefers; None: nothing."""
    connection.execute(update(persons).where(persons.c.id == person_id).values(prefers=channel))
