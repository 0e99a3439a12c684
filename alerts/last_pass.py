"""When evaluation was last through; the status shows it."""

from datetime import datetime

from sqlalchemy import Connection

from ledgers.site_facts import fact, put_fact

LAST_EVALUATION = "last_evaluation"
"""The fact in `site_state`."""


def note_pass(connection: Connection, *, now: datetime) -> None:
    """Note that evaluation is through."""
    put_fact(connection, LAST_EVALUATION, "done", now=now)


def last_pass(connection: Connection) -> datetime | None:
    """Answer when evaluation was through; None: never yet."""
    found = fact(connection, LAST_EVALUATION)
    return None if found is None else found.at
