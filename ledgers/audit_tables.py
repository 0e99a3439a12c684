"""The table of audit events. Every value is text as it is signed, so that no byte of it may change."""

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, String, Table, Text, event

from ledgers.audit_guard import put_on
from ledgers.columns import Code
from ledgers.tables import metadata

Digest = String(64)
"""HMAC-SHA-256 in hex."""

audit_events = Table(
    "audit_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …: no gaps
    Column("at", String(27), nullable=False),  # 2026-11-22T07:45:29.000000Z
    Column("kind", Code, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("subject", Code),
    Column("purpose", LargeBinary),  # sealed with the chain's own key, which never rotates
    Column("details", Text, nullable=False),  # JSON, keys in order
    Column("previous", Digest, nullable=False),  # the hash of the event before; "" for the first
    Column("hash", Digest, nullable=False),
    Index(None, "at"),
    Index(None, "subject"),
)


@event.listens_for(audit_events, "after_create")
def _guard(_table: Table, connection: Connection, **_options: object) -> None:
    put_on(connection)
