"""The table of the site's keys, each wrapped by the master key, which is never in the database."""

from sqlalchemy import Column, LargeBinary, String, Table

from ledgers.columns import Code, Instant
from ledgers.tables import metadata

keyring = Table(
    "keyring",
    metadata,
    Column("id", Code, primary_key=True),  # stands in each value sealed with it; or `lookup`
    Column("wrapped", LargeBinary, nullable=False),
    Column("master", String(8), nullable=False),  # the id of the master key that wrapped it
    Column("made_at", Instant, nullable=False),
    Column("replaced_at", Instant),  # None: new values are sealed with it
    Column("unused_since", Instant),  # None: values under it may be left
)
