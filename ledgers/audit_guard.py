"""The database's own refusal to change or delete an audit event, on both databases.

It stops accidents and whoever may only send statements; somebody who owns the tables can take it
off, and is found by the chain (`ledgers.audit_verify`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

_SQLITE = (
    """
    CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END
    """,
    """
    CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END
    """,
    # REPLACE deletes a row without asking the trigger above.
    """
    CREATE TRIGGER audit_events_in_order BEFORE INSERT ON audit_events
    WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit_events)
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END
    """,
)
_POSTGRES = (
    """
    CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)
_SQLITE_OFF = tuple(
    f"DROP TRIGGER audit_events_{name}" for name in ("no_update", "no_delete", "in_order")
)
_POSTGRES_OFF = tuple(
    f"DROP TRIGGER audit_events_{name} ON audit_events" for name in ("no_change", "no_truncate")
)


def put_on(connection: Connection) -> None:
    """Have the database refuse updates and deletions of audit events."""
    _run(connection, _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES)


@contextmanager
def taken_off(connection: Connection) -> Iterator[None]:
    """Let a restore put another chain in the place of this one; all in the caller's unit."""
    _run(connection, _SQLITE_OFF if connection.dialect.name == "sqlite" else _POSTGRES_OFF)
    yield
    put_on(connection)


def _run(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(text(statement))
