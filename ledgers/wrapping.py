"""The master key, which wraps the site's other keys (AES-256-GCM-SIV, RFC 8452)."""

import base64
import binascii
import hmac
import os
from dataclasses import field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from config.lean import dataclass
from ledgers.errors import KeyFileBroken, WrappedKeyBroken

_SIZE = 32
_NONCE = 12


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 random bytes that are kept outside the database; without them nothing sealed opens."""

    key: bytes = field(repr=False)

    @classmethod
    def create(cls) -> "MasterKey":
        """Make a new random one."""
        return cls(AESGCMSIV.generate_key(256))

    @classmethod
    def from_text(cls, text: str, source: str) -> "MasterKey":
        """Read what `to_text` wrote, white space around it aside; `source` names it in errors.

        Raises:
            KeyFileBroken: it is no master key.
        """
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError) as error:
            raise KeyFileBroken(source) from error
        if len(key) != _SIZE:
            raise KeyFileBroken(source)
        return cls(key)

    def to_text(self) -> str:
        """Answer one line of base64. A secret."""
        return base64.b64encode(self.key).decode() + "\n"

    @property
    def id(self) -> str:
        """A short name, 8 hex digits, that says which one it is and nothing about it."""
        return hmac.digest(self.key, b"shouwang: which master key", "sha256")[:4].hex()

    def wrap(self, key_id: str, key: bytes) -> bytes:
        """Encrypt a key; under another id it does not open."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCMSIV(self.key).encrypt(nonce, key, _bound_to(key_id))

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """Decrypt a key.

        Raises:
            WrappedKeyBroken: it was changed, or wrapped by another master key or for another id.
        """
        try:
            return AESGCMSIV(self.key).decrypt(
                wrapped[:_NONCE], wrapped[_NONCE:], _bound_to(key_id)
            )
        except (InvalidTag, ValueError) as error:
            raise WrappedKeyBroken(key_id) from error


def _bound_to(key_id: str) -> bytes:
    return f"keyring.{key_id}".encode()
