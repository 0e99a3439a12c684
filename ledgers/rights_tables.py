"""What a person's rights leave behind: legal holds, and who was erased, so that a restore knows."""

from sqlalchemy import Column, Date, Index, String, Table

from ledgers.columns import Code, Id, Instant
from ledgers.tables import KeyedHash, metadata

legal_holds = Table(
    "legal_holds",  # what must not be erased or reduced: a case, an inquiry, an audit
    metadata,
    Column("id", Id, primary_key=True),
    Column("subject", Id, nullable=False, index=True),  # an entry or a person
    Column("reason", Code, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day; None: until it is ended
    Column("made_by", String(100), nullable=False),  # as in the audit chain
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

erasures = Table(
    "erasures",  # applied again after a restore: a backup still holds what was erased since
    metadata,
    Column("subject_key", KeyedHash, primary_key=True),  # of the id: says nothing without the keys
    Column("kind", Code, nullable=False),  # entry, person
    Column("reason", Code, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)
