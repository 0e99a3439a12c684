"""Sealed columns (AES-256-GCM-SIV, RFC 8452) and keyed hashes for exact look-up.

A sealed value is: format byte, key id (4 bytes), nonce (12 bytes), ciphertext and tag. Table,
column and row id are authenticated with it, so that no value can be moved to another place.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from config.lean import dataclass
from ledgers.errors import KeyFileBroken, LedgerError, UnreadableValue

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
        key_id, key = new_data_key()
        return cls(key_id, {key_id: key}, secrets.token_bytes(32))

    def to_text(self) -> str:
        """Answer all keys in clear, as key files of old hold them. A secret."""
        keys = {name: base64.b64encode(key).decode() for name, key in self.data_keys.items()}
        lookup = base64.b64encode(self.lookup_key).decode()
        return json.dumps({"current": self.current, "keys": keys, "lookup": lookup}, indent=1)

    @classmethod
    def from_text(cls, text: str, source: str) -> "Keyring":
        """Read what `to_text` wrote; `source` names it in errors.

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


def new_data_key() -> tuple[str, bytes]:
    """Make a new random data key, and an id for it."""
    return secrets.token_hex(4), AESGCMSIV.generate_key(256)


class _Ciphers:
    """What a keyring is worked with: made once, and never changed."""

    __slots__ = ("by_id", "encrypt", "head", "keyring")

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.by_id = {name: AESGCMSIV(key) for name, key in keyring.data_keys.items()}
        self.head = _FORMAT + bytes.fromhex(keyring.current)
        self.encrypt = self.by_id[keyring.current].encrypt


class Vault:
    """Seals, opens and hashes with the keys of the moment; thread-safe.

    `latest` answers the keys as they are kept now: another process may have made a new one. It is
    asked for a value under an unknown key, and by `renew`.
    """

    def __init__(self, keyring: Keyring, latest: Callable[[], Keyring] | None = None) -> None:
        self._ciphers = _Ciphers(keyring)
        self._latest = latest

    @property
    def current(self) -> str:
        """The id of the key that new values are sealed with."""
        return self._ciphers.keyring.current

    def renew(self) -> bool:
        """Learn the keys as they are kept now; answer whether they are others.

        Raises:
            LedgerError, OSError: they cannot be read; those that are known stay.
        """
        fresh = self._latest() if self._latest is not None else self._ciphers.keyring
        is_new = fresh != self._ciphers.keyring
        if is_new:
            self._ciphers = _Ciphers(fresh)  # one assignment: other threads see either
        return is_new

    def shut(self) -> "Vault":
        """Answer a vault that seals and hashes as this one, and opens nothing: it is for public lists."""
        return _ShutVault(self._ciphers.keyring)

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
        ciphers, nonce = self._ciphers, os.urandom(_NONCE)
        return ciphers.head + nonce + ciphers.encrypt(nonce, value, spot.associated())

    def seal_row(self, table: str, row_id: str, texts: Mapping[str, str]) -> dict[str, bytes]:
        """Encrypt the texts of one row, by column: as `seal` does for each, in half the time."""
        sealed, ciphers = {}, self._ciphers
        noise = os.urandom(_NONCE * len(texts))
        for at, (column, text) in enumerate(texts.items()):
            nonce = noise[at * _NONCE : (at + 1) * _NONCE]
            place = f"{table}.{column}.{row_id}".encode()
            sealed[column] = ciphers.head + nonce + ciphers.encrypt(nonce, text.encode(), place)
        return sealed

    def open_bytes(self, sealed: bytes, spot: Spot) -> bytes:
        """Decrypt bytes; raises as `open` does."""
        cipher = self._cipher(self.key_id(sealed), spot)
        if cipher is None or sealed[:1] != _FORMAT:
            raise UnreadableValue(spot.table, spot.column, spot.row_id)
        try:
            return cipher.decrypt(sealed[5:_HEAD], sealed[_HEAD:], spot.associated())
        except InvalidTag as error:
            raise UnreadableValue(spot.table, spot.column, spot.row_id) from error

    def _cipher(self, key_id: str, spot: Spot) -> AESGCMSIV | None:
        if key_id not in self._ciphers.by_id:
            try:
                self.renew()
            except (LedgerError, OSError) as error:
                raise UnreadableValue(spot.table, spot.column, spot.row_id) from error
        return self._ciphers.by_id.get(key_id)

    @staticmethod
    def key_id(sealed: bytes) -> str:
        """Answer the id of the key a value was sealed with."""
        return sealed[1:5].hex()

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value was sealed with the key new values use."""
        return self.key_id(sealed) == self.current

    def derived(self, purpose: str) -> bytes:
        """Answer a key of 32 bytes for another purpose; it stays when data keys rotate."""
        message = f"shouwang key for {purpose}".encode()
        return hmac.digest(self._ciphers.keyring.lookup_key, message, "sha256")

    def lookup(self, purpose: str, *values: str) -> str:
        """Answer a keyed hash for exact look-up: 43 letters, different for each `purpose`."""
        message = "\x1f".join((purpose, *values)).encode()
        digest = hmac.digest(self._ciphers.keyring.lookup_key, message, "sha256")
        return base64.urlsafe_b64encode(digest)[:_LOOKUP].decode()


class _ShutVault(Vault):
    """Opens nothing, whoever asks."""

    def open_bytes(self, sealed: bytes, spot: Spot) -> bytes:
        """Refuse.

        Raises:
            RuntimeError: a list that is public would show a field that is not.
        """
        raise RuntimeError(f"{spot.table}.{spot.column} is not for a public list")
