"""Sealed columns (AES-256-GCM-SIV, RFC 8452) and keyed hashes for exact look-up.

A sealed value is: format byte, key id (4 bytes), nonce (12 bytes), ciphertext and tag. Table,
column and row id are authenticated with it, so that no value can be moved to another place.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from ledgers.errors import KeyFileBroken, KeyFileExists, KeyFileMissing, UnreadableValue

_FORMAT = b"\x01"
_NONCE = 12
_HEAD = 1 + 4 + _NONCE
_LOOKUP = 43
"""Letters of a keyed hash: base64 of 32 bytes, without its padding."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The place a sealed value belongs to: its associated data."""

    table: str
    column: str
    row_id: str

    def associated(self) -> bytes:
        """Answer the bytes that are authenticated with the value."""
        return f"{self.table}.{self.column}.{self.row_id}".encode()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The site's keys: data keys by id, the one new values use, and the look-up key.

    The look-up key never rotates alone: changing it means hashing every look-up column again.
    """

    current: str
    data_keys: Mapping[str, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)

    @classmethod
    def create(cls) -> "Keyring":
        """Make new random keys."""
        key_id = secrets.token_hex(4)
        return cls(key_id, {key_id: AESGCMSIV.generate_key(256)}, secrets.token_bytes(32))

    def rotated(self) -> "Keyring":
        """Answer a ring with a new current data key; the older ones can still open."""
        key_id = secrets.token_hex(4)
        keys = {**self.data_keys, key_id: AESGCMSIV.generate_key(256)}
        return Keyring(key_id, keys, self.lookup_key)

    def without_old_keys(self) -> "Keyring":
        """Answer a ring with the current key only, for after everything was sealed anew."""
        return Keyring(self.current, {self.current: self.data_keys[self.current]}, self.lookup_key)

    def to_text(self) -> str:
        """Answer the key file's content. A secret."""
        keys = {name: base64.b64encode(key).decode() for name, key in self.data_keys.items()}
        lookup = base64.b64encode(self.lookup_key).decode()
        return json.dumps({"current": self.current, "keys": keys, "lookup": lookup}, indent=1)

    @classmethod
    def from_text(cls, text: str, source: str) -> "Keyring":
        """Read a key file's content; `source` names it in errors.

        Raises:
            KeyFileBroken: it is not what `to_text` writes.
        """
        try:
            content = json.loads(text)
            keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
            ring = cls(content["current"], keys, base64.b64decode(content["lookup"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyFileBroken(source) from error
        sizes_hold = all(len(key) == 32 for key in (*keys.values(), ring.lookup_key))
        if ring.current not in keys or not sizes_hold:
            raise KeyFileBroken(source)
        return ring


def read_key_file(path: Path) -> Keyring:
    """Read the site's keys.

    Raises:
        KeyFileMissing, KeyFileBroken: with what to do.
    """
    try:
        return Keyring.from_text(path.read_text("utf-8"), str(path))
    except FileNotFoundError as error:
        raise KeyFileMissing(str(path)) from error


def write_key_file(path: Path, keyring: Keyring, *, replace: bool = False) -> None:
    """Write the keys, readable by their owner only; an existing file is replaced only if told so.

    The new content is complete on disk before it takes the old one's place.
    """
    if path.exists() and not replace:
        raise KeyFileExists(str(path))
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(keyring.to_text())
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


class Vault:
    """Seals, opens and hashes with one keyring. Holds no state between calls; thread-safe."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._ciphers = {name: AESGCMSIV(key) for name, key in keyring.data_keys.items()}
        self._head = _FORMAT + bytes.fromhex(keyring.current)
        self._encrypt = self._ciphers[keyring.current].encrypt

    def seal(self, value: str, spot: Spot) -> bytes:
        """Encrypt a text for its place."""
        return self.seal_bytes(value.encode(), spot)

    def open(self, sealed: bytes, spot: Spot) -> str:
        """Decrypt a text.

        Raises:
            UnreadableValue: its key is gone, or it was changed or moved.
        """
        return self.open_bytes(sealed, spot).decode()

    def seal_bytes(self, value: bytes, spot: Spot) -> bytes:
        """Encrypt bytes for their place."""
        nonce = os.urandom(_NONCE)
        return self._head + nonce + self._encrypt(nonce, value, spot.associated())

    def seal_row(self, table: str, row_id: str, texts: Mapping[str, str]) -> dict[str, bytes]:
        """Encrypt the texts of one row, by column: as `seal` does for each, in half the time."""
        sealed = {}
        noise = os.urandom(_NONCE * len(texts))
        for at, (column, text) in enumerate(texts.items()):
            nonce = noise[at * _NONCE : (at + 1) * _NONCE]
            place = f"{table}.{column}.{row_id}".encode()
            sealed[column] = self._head + nonce + self._encrypt(nonce, text.encode(), place)
        return sealed

    def open_bytes(self, sealed: bytes, spot: Spot) -> bytes:
        """Decrypt bytes; raises as `open` does."""
        cipher = self._ciphers.get(self.key_id(sealed))
        if cipher is None or sealed[:1] != _FORMAT:
            raise UnreadableValue(spot.table, spot.column, spot.row_id)
        try:
            return cipher.decrypt(sealed[5:_HEAD], sealed[_HEAD:], spot.associated())
        except InvalidTag as error:
            raise UnreadableValue(spot.table, spot.column, spot.row_id) from error

    @staticmethod
    def key_id(sealed: bytes) -> str:
        """Answer the id of the key a value was sealed with."""
        return sealed[1:5].hex()

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value was sealed with the key new values use."""
        return self.key_id(sealed) == self._keyring.current

    def derived(self, purpose: str) -> bytes:
        """Answer a key of 32 bytes for another purpose; it stays when data keys rotate."""
        message = f"shouwang key for {purpose}".encode()
        return hmac.digest(self._keyring.lookup_key, message, "sha256")

    def lookup(self, purpose: str, *values: str) -> str:
        """Answer a keyed hash for exact look-up: 43 letters, different for each `purpose`."""
        message = "\x1f".join((purpose, *values)).encode()
        digest = hmac.digest(self._keyring.lookup_key, message, "sha256")
        return base64.urlsafe_b64encode(digest)[:_LOOKUP].decode()
