"""What an SMTP server's answer, or its silence, means for one message: by phase and code.

Nothing of the server's words leaves this module but its status codes: servers repeat addresses in
their answers.
"""

import re
import ssl
from enum import StrEnum

from aiosmtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from channels.reaching import ForbiddenAddress

# Everything aiosmtplib raises; ValueError when a challenge or an answer cannot be decoded.
TROUBLE = (SMTPException, OSError, ValueError)

_WANTS_AUTHENTICATION = frozenset({530, 534, 535, 538})
_OUT_OF_SEQUENCE = 503
_CLOSING = 421
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_QUEUED_AS = re.compile(r"\b(?:queued as|id=)\s*([A-Za-z0-9.-]{1,64})(?=[\s;,)]|$)", re.IGNORECASE)


class Phase(StrEnum):
    """How far a session or a mail has come. Only from DOT on may the server have taken the mail."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    RSET = "rset"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    DOT = "dot"


def understand(phase: Phase, error: Exception) -> ChannelError:
    """Judge what went wrong in `phase`; the result holds neither address nor text nor `error`."""
    if isinstance(error, SMTPResponseException):
        detail = _detail(phase, error)
        if phase is Phase.DOT:
            return _after_the_dot(error.code, detail)
        return _before_the_dot(phase, error.code, detail)
    if phase is Phase.DOT:
        return Unknown(FailureReason.NO_ANSWER, f"{phase}: {_silence(error)}")
    if isinstance(error, ForbiddenAddress):
        return Refused(FailureReason.FORBIDDEN_ADDRESS, str(phase), account_wide=True)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Refused(FailureReason.TLS, f"{phase}: handshake failed")
    if isinstance(error, OSError):
        return Refused(FailureReason.UNREACHABLE, f"{phase}: {_silence(error)}")
    return _not_understood(phase)


def is_stale(phase: Phase, error: Exception) -> bool:
    """Tell whether a kept connection was merely closed by its server before this mail began."""
    if phase not in {Phase.RSET, Phase.MAIL}:
        return False
    if isinstance(error, SMTPResponseException):
        return error.code == _CLOSING or phase is Phase.RSET
    return True


def leaves_session_usable(error: Exception) -> bool:
    """Tell whether the server answered a clear no, so that the session can go on after RSET."""
    return isinstance(error, SMTPResponseException) and (
        400 <= error.code <= 599 and error.code != _CLOSING
    )


def reference(answer: str) -> str:
    """Read the server's queue id from its final answer; empty when it gives none in a known form."""
    found = _QUEUED_AS.search(answer)
    return found[1] if found else ""


def _after_the_dot(code: int, detail: str) -> ChannelError:
    if 400 <= code <= 499:
        return Refused(FailureReason.TEMPORARY, detail)
    if 500 <= code <= 599:
        return Refused(FailureReason.CONTENT_REFUSED, detail, permanent=True)
    return Unknown(FailureReason.UNREADABLE_ANSWER, detail)


def _before_the_dot(phase: Phase, code: int, detail: str) -> Refused:
    if code in _WANTS_AUTHENTICATION:
        return Refused(FailureReason.AUTHENTICATION, detail, account_wide=True)
    if phase is Phase.STARTTLS:
        return Refused(FailureReason.TLS, detail)
    if 400 <= code <= 499 or (code == _OUT_OF_SEQUENCE and phase is not Phase.AUTH):
        return Refused(FailureReason.TEMPORARY, detail)
    if not 500 <= code <= 599:
        return Refused(FailureReason.UNREADABLE_ANSWER, detail)
    if phase is Phase.RCPT:
        return Refused(FailureReason.ADDRESS_REFUSED, detail, permanent=True)
    if phase is Phase.DATA:
        return Refused(FailureReason.CONTENT_REFUSED, detail, permanent=True)
    if phase is Phase.AUTH:
        return Refused(FailureReason.AUTHENTICATION, detail, account_wide=True)
    # At the greeting, EHLO or MAIL nothing of this message is known yet: the server minds the sender.
    return Refused(FailureReason.SENDER_REFUSED, detail, account_wide=True)


def _not_understood(phase: Phase) -> Refused:
    if phase is Phase.STARTTLS:
        return Refused(FailureReason.TLS, f"{phase}: not offered")
    if phase is Phase.AUTH:
        return Refused(FailureReason.AUTHENTICATION, f"{phase}: not offered", account_wide=True)
    return Refused(FailureReason.UNREADABLE_ANSWER, str(phase))


def _silence(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, SMTPServerDisconnected | ConnectionResetError):
        return "connection lost"
    return "no connection"


def _detail(phase: Phase, error: SMTPResponseException) -> str:
    if not 200 <= error.code <= 599:
        return f"{phase}: unreadable"
    enhanced = _ENHANCED.match(error.message)
    return f"{phase} {error.code}{' ' + enhanced[0] if enhanced else ''}"
