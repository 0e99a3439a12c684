"""The chain of audit events: who did what, to whose file, when and why.

Each event carries the hash of the one before it under a key that is not in the database: whoever
has the database alone can neither change an event nor make a chain of his own.
"""

import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from sqlalchemy import Connection, func, insert, select

from config.lean import dataclass
from ledgers.audit_tables import audit_events
from ledgers.database import Database
from ledgers.errors import PurposeRefused, UnreadableValue
from ledgers.sealing import Vault

MOST_PURPOSE = 200
"""Letters of a purpose."""

_OPTION = "shouwang_audit_key"
_LOCK = 0x53484F555F415544
"""The one lock under which events are appended on PostgreSQL; SQLite has one writer anyway."""
_NONCE = 12

_KIND = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
_ACTOR = re.compile(r"daemon|(os|user):[^\s@]{1,90}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE = re.compile(r"[\w.:+/#-]{1,64}")
_NUMBER_OF_SOMEBODY = re.compile(r"(?<![0-9a-f])(1[3-9]\d{9}|\d{17}[\dXx])(?![0-9a-f])")
_MANY_DIGITS = re.compile(r"\d[\d\s-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Event:
    """One act: `kind` such as `export.roster`, by `daemon`, `os:NAME` or `user:REF`.

    `subject` and the values of `details` are ids, counts and codes: words without spaces, never a
    name, a phone or an ID number. `purpose` is a person's own words and is kept sealed.

    Raises:
        ValueError: a value that cannot be an id, a count or a code.
        PurposeRefused: too long, empty, or with a number of somebody in it.
    """

    kind: str
    actor: str
    subject: str | None = None
    purpose: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _must(_KIND, "kind", self.kind)
        _must(_ACTOR, "actor", self.actor)
        if self.subject is not None:
            _must_be_code("subject", self.subject)
        for key, value in self.details.items():
            _must(_KEY, "details", key)
            _must_be_code(f"details.{key}", value)
        if self.purpose is not None:
            refuse_purpose(self.purpose)


def refuse_purpose(purpose: str) -> None:
    """Refuse words that are no purpose, or that name somebody by a number.

    Raises:
        PurposeRefused: with what is wrong.
    """
    if not purpose.strip() or len(purpose) > MOST_PURPOSE or _MANY_DIGITS.search(purpose):
        raise PurposeRefused(MOST_PURPOSE)


@dataclass(frozen=True, slots=True)
class ChainKey:
    """What signs events and seals their purposes; rotating data keys leaves it as it is."""

    signing: bytes = field(repr=False)
    sealing: bytes = field(repr=False)

    @classmethod
    def of(cls, vault: Vault) -> "ChainKey":
        """Answer the site's chain key."""
        return cls(vault.derived("audit chain"), vault.derived("audit purposes"))

    def sign(self, *values: object) -> str:
        """Answer the hash of a row: its columns in order, up to and with `previous`."""
        return hmac.digest(self.signing, canonical(values).encode(), "sha256").hex()

    def seal(self, purpose: str, number: int) -> bytes:
        """Encrypt a purpose for its event."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCMSIV(self.sealing).encrypt(nonce, purpose.encode(), b"%d" % number)

    def open(self, sealed: bytes, number: int) -> str:
        """Decrypt a purpose.

        Raises:
            UnreadableValue: it was changed or moved, or the keys are other ones.
        """
        try:
            opened = AESGCMSIV(self.sealing).decrypt(
                sealed[:_NONCE], sealed[_NONCE:], b"%d" % number
            )
        except (InvalidTag, ValueError) as error:
            raise UnreadableValue(audit_events.name, "purpose", str(number)) from error
        return opened.decode()


def _bytes_as_list(value: bytes) -> list[str]:
    return [value.hex()]


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_bytes_as_list).encode
"""Write a value as the one JSON text it has: keys in order, bytes told from texts."""


def bind(database: Database, vault: Vault) -> None:
    """Give a database's units of work the key that their audit events are signed with."""
    database.engine.update_execution_options(**{_OPTION: ChainKey.of(vault)})


def key_of(connection: Connection) -> ChainKey:
    """Answer the key given with `bind`.

    Raises:
        RuntimeError: nobody did.
    """
    key = connection.get_execution_options().get(_OPTION)
    if not isinstance(key, ChainKey):
        raise RuntimeError("audited without a key: call ledgers.audit_chain.bind first")
    return key


def append(connection: Connection, event: Event, *, at: datetime) -> str:
    """Write an event within the caller's unit and answer its hash: the chain's new head.

    One caller at a time: on PostgreSQL others wait until the unit ends, so call it last in a unit
    and keep the unit short.

    Raises:
        RuntimeError: the database was opened without `bind`, or this unit keeps nothing.
    """
    key = key_of(connection)
    if not Database.keeps(connection):
        raise RuntimeError("audited in a unit that only reads: it would be forgotten")
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last, previous = head(connection)
    number = last + 1
    row = {
        "number": number,
        "at": instant_text(at),
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "purpose": None if event.purpose is None else key.seal(event.purpose, number),
        "details": canonical(dict(event.details)),
        "previous": previous,
    }
    signed = key.sign(*row.values())
    connection.execute(insert(audit_events), {**row, "hash": signed})
    return signed


def head(connection: Connection) -> tuple[int, str]:
    """Answer number and hash of the newest event; (0, "") before the first."""
    newest = (
        select(audit_events.c.number, audit_events.c.hash)
        .order_by(audit_events.c.number.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    return (0, "") if row is None else (row.number, row.hash)


def instant_text(at: datetime) -> str:
    """Write an instant as it stands in the table: UTC, always as long, so that texts sort by time."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _must(pattern: re.Pattern[str], what: str, value: str) -> None:
    if not pattern.fullmatch(value):
        raise ValueError(f"not for the audit chain: {what}")


def _must_be_code(what: str, value: str) -> None:
    _must(_CODE, what, value)
    if _NUMBER_OF_SOMEBODY.search(value):
        raise ValueError(f"not for the audit chain: {what}")
