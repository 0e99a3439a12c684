"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each taken once."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET = 20
"""Bytes, as RFC 4226 recommends."""

_STEP = 30
_DIGITS = 6
_SLACK = 1
"""Steps before and after now that are taken as well: phones' clocks are not exact."""


def new_secret() -> bytes:
    """Make a secret that is shared with one app."""
    return secrets.token_bytes(SECRET)


def step_of(secret: bytes, code: str, *, now: datetime, after: int | None) -> int | None:
    """Answer the step whose code was given; None: it is none of now, or not later than `after`.

    All steps are looked at, whichever fits: how long it takes says nothing.
    """
    current = int(now.timestamp()) // _STEP
    given = code.strip().encode()
    found = None
    for step in range(current - _SLACK, current + _SLACK + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), given)
        if fits and (after is None or step > after):
            found = step
    return found


def code_at(secret: bytes, step: int) -> str:
    """Answer the code of one step."""
    # SHA-1 and six digits are what every app understands; HMAC does not suffer from collisions.
    return TOTP(secret, _DIGITS, SHA1(), _STEP).generate(step * _STEP).decode()  # noqa: S303


def enrolment(secret: bytes, *, site: str, name: str) -> str:
    """Answer the address that a QR code holds for an app. A secret."""
    label = f"{quote(site, safe='')}:{quote(name, safe='')}"
    return (
        f"otpauth://totp/{label}?secret={spelled(secret)}&issuer={quote(site, safe='')}"
        f"&algorithm=SHA1&digits={_DIGITS}&period={_STEP}"
    )


def spelled(secret: bytes) -> str:
    """Answer a secret as it is typed into an app by hand."""
    return b32encode(secret).decode().rstrip("=")
