"""What an HTTP status alone means, where the answer's body does not say more."""

from datetime import datetime

from channels.http import Answer, retry_after_of
from channels.protocol import ChannelError, FailureReason, Refused, Unknown

_WANTS_AUTHENTICATION = frozenset({401, 403, 407})
_WRONG_PLACE = frozenset({404, 405, 410})
_LATER = frozenset({408, 425, 503})
_TOO_MANY = 429


def failure_of(answer: Answer, now: datetime) -> ChannelError | None:
    """Judge a status; None: 2xx, so that the body decides.

    Of 5xx only 503 says that nothing was done; a gateway that gave up (502, 504) or a server that
    broke (500) may have acted before.
    """
    status, detail = answer.status, f"http {answer.status}"
    if 200 <= status <= 299:
        return None
    if status == _TOO_MANY:
        wait = retry_after_of(answer, now)
        return Refused(FailureReason.RATE_LIMITED, detail, retry_after=wait)
    if status in _LATER:
        wait = retry_after_of(answer, now)
        return Refused(FailureReason.TEMPORARY, detail, retry_after=wait)
    if status in _WANTS_AUTHENTICATION:
        return Refused(FailureReason.AUTHENTICATION, detail, account_wide=True)
    if status in _WRONG_PLACE or 300 <= status <= 399:
        return Refused(FailureReason.MISCONFIGURED, detail, account_wide=True)
    if 400 <= status <= 499:
        return Refused(FailureReason.CONTENT_REFUSED, detail, permanent=True)
    return Unknown(FailureReason.NO_ANSWER, detail)
