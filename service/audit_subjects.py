"""Whom audit events are about, as people call them."""

from sqlalchemy import Connection, select, union_all

from ledgers.tables import entries, persons
from service.auditing import code


class Subjects:
    """Calls entries by number and people by handle; each is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._called: dict[str, str] = {}

    def called(self, subject: str | None) -> str | None:
        """Answer a number or a handle; what is neither an entry nor a person stays as it is."""
        if subject is None:
            return None
        if subject not in self._called:
            query = union_all(
                select(entries.c.number).where(entries.c.id == subject),
                select(persons.c.handle).where(persons.c.id == subject),
            )
            self._called[subject] = self._connection.scalar(query) or subject
        return self._called[subject]


def subject_called(connection: Connection, named: str) -> str:
    """Answer the id of an entry or a person called so; else what was said: a rule, a code, an id."""
    query = union_all(
        select(entries.c.id).where(entries.c.number == named),
        select(persons.c.id).where(persons.c.handle == named),
    )
    return connection.scalar(query) or code(named)
