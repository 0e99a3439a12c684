"""Passwords: kept as Argon2id hashes, keyed by the site's look-up key and bound to their user.

Whoever has the database alone cannot try passwords against it: the key is not in it. And the hash
of one user cannot be put in the place of another's.
"""

import os
import re
import unicodedata
from base64 import b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from config.lean import dataclass
from ledgers.access.effort import RECOMMENDED, Effort
from ledgers.sealing import Vault

_SALT = 16
_LENGTH = 32
_WRITTEN = re.compile(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$")


@dataclass(frozen=True, slots=True)
class Hasher:
    """Makes and checks hashes; `effort` is what new ones cost."""

    vault: Vault
    effort: Effort = RECOMMENDED

    def hash(self, user_id: str, password: str) -> str:
        """Answer what is kept of a user's password."""
        effort = self.effort
        made = Argon2id(
            salt=os.urandom(_SALT),
            length=_LENGTH,
            iterations=effort.passes,
            lanes=effort.lanes,
            memory_cost=effort.memory,
        )
        return made.derive_phc_encoded(self._keyed(user_id, password))

    def fits(self, user_id: str, password: str, kept: str) -> bool:
        """Say whether a password is the one that was kept; compared in constant time."""
        try:
            Argon2id.verify_phc_encoded(self._keyed(user_id, password), kept)
        except InvalidKey:
            return False
        return True

    def is_current(self, kept: str) -> bool:
        """Say whether a hash costs what new ones do; else it is made anew when its user signs in."""
        found = _WRITTEN.match(kept)
        effort = self.effort
        wanted = [effort.memory, effort.passes, effort.lanes]
        return found is not None and [int(number) for number in found.groups()] == wanted

    def _keyed(self, user_id: str, password: str) -> bytes:
        return self.vault.lookup("user.password", user_id, normal(password)).encode()


def nobodys(effort: Effort) -> str:
    """Answer a hash that fits no password, so that an unknown name costs what a known one does."""
    salt, rest = (b64encode(bytes(size)).decode().rstrip("=") for size in (_SALT, _LENGTH))
    return f"$argon2id$v=19$m={effort.memory},t={effort.passes},p={effort.lanes}${salt}${rest}"


def normal(text: str) -> str:
    """Answer a text as every keyboard would have written it (NFKC): full width is half width."""
    return unicodedata.normalize("NFKC", text)
