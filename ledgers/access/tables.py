"""Tables of access. Of a token, a code or an address only a keyed hash is kept."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from ledgers.columns import Code, Id, Instant, Region
from ledgers.tables import KeyedHash, metadata

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("handle", String(64), nullable=False, unique=True),  # U-0001: in logs and events
    Column("sealed_name", LargeBinary, nullable=False),  # what is typed to sign in
    Column("name_key", KeyedHash, nullable=False, unique=True),
    Column("role", Code, nullable=False),
    Column("person_id", Id, ForeignKey("persons.id")),  # who it is among those who are told
    Column("password_hash", String(200), nullable=False),
    Column("password_set_at", Instant, nullable=False),
    Column("must_change", Boolean, nullable=False),  # somebody else knows the password
    Column("sealed_totp", LargeBinary, nullable=False),
    Column("totp_step", Integer),  # the newest step whose code was used: none is taken twice
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("signed_in_at", Instant),
)

user_scopes = Table(
    "user_scopes",  # the divisions a user sees, each with all below it
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("region", Region, primary_key=True),
    Index(None, "region"),
)

recovery_codes = Table(
    "recovery_codes",  # each stands once for the second factor
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("code_key", KeyedHash, primary_key=True),
)

links = Table(
    "links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_key", KeyedHash, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("persons.id"), nullable=False, index=True),
    Column("purpose", Code, nullable=False),
    Column("about", Id),  # the alert, where the purpose has one
    Column("way", Code, nullable=False),  # how it travelled: a code goes another way
    Column("factor", Code, nullable=False),  # phone, code
    Column("made_by", Code, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),  # of the second factor
    Column("code_key", KeyedHash),  # the code that was sent on another channel
    Column("code_until", Instant),
    Column("codes_sent", Integer, nullable=False, server_default="0"),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

sessions = Table(
    "sessions",  # of a user who signed in, or of a link whose second factor was given
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_key", KeyedHash, nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id"), index=True),
    Column("link_id", Id, ForeignKey("links.id"), index=True),
    Column("source_key", KeyedHash, nullable=False),  # from where
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),  # at the latest
    Column("ended_at", Instant),
    CheckConstraint("(user_id IS NULL) <> (link_id IS NULL)", name="of_one"),
)

throttles = Table(
    "throttles",  # tries that failed, by whom or from where, and until when none more is taken
    metadata,
    Column("kind", Code, primary_key=True),
    Column("subject_key", KeyedHash, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("until", Instant),
    Index(None, "last_at"),
)
