"""Tokens and codes that are given out: random, and known here by a keyed hash only."""

import hmac
import secrets

from ledgers.sealing import Vault

_SECRET = 32
_TAG = 16
"""Letters of a signature: 96 bits, beside the 256 of the token."""

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""What nobody misreads: no 0 and o, no 1, i and l."""


def new_token(vault: Vault, kind: str) -> str:
    """Make a token of 256 random bits with our signature, in letters that an address may hold."""
    secret = secrets.token_urlsafe(_SECRET)
    return secret + _signature(vault, kind, secret)


def is_ours(vault: Vault, kind: str, token: str) -> bool:
    """Say whether a token was made here: what is made up is refused before anything is looked up."""
    secret, given = token[:-_TAG], token[-_TAG:]
    return hmac.compare_digest(_signature(vault, kind, secret).encode(), given.encode())


def key_of(vault: Vault, kind: str, *values: str) -> str:
    """Answer what is kept of a token, a code, or an address from which somebody comes."""
    return vault.lookup(f"access.{kind}", *values)


def new_words(count: int, groups: int = 3, letters: int = 4) -> list[str]:
    """Make codes to be written down, such as 7kfm-2xqa-hm4t: 59 bits each."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(letters)) for _ in range(groups))
        for _ in range(count)
    ]


def new_digits(count: int) -> str:
    """Make a code of digits to be sent."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def _signature(vault: Vault, kind: str, secret: str) -> str:
    return vault.lookup(f"access.{kind}.signature", secret)[:_TAG]
