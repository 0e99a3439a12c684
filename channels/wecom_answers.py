"""What WeCom's interface answers: `errcode` decides, whatever the HTTP status.

Codes are those of its table of global return codes; nothing but the number leaves this module.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.http import Answer
from channels.http_statuses import failure_of
from channels.protocol import ChannelError, FailureReason, Faltered, Refused, Unknown

TOKEN_ENDED = frozenset({40014, 42001})
"""The access token is not, or no longer, one: a new one helps."""


class Said(BaseModel):
    """An answer. The fields beside `errcode` come with an application's message, or with a token."""

    model_config = ConfigDict(hide_input_in_errors=True, strict=True)

    errcode: int
    invaliduser: str = Field(default="", repr=False)
    unlicenseduser: str = Field(default="", repr=False)
    msgid: str = Field(default="", repr=False)
    access_token: str = Field(default="", repr=False)
    expires_in: int = 0


def read(answer: Answer, now: datetime) -> Said | ChannelError:
    """Read what was said; an error when nothing of it can be read."""
    try:
        return Said.model_validate_json(answer.body)
    except ValidationError:
        pass
    unreadable = Unknown(FailureReason.UNREADABLE_ANSWER, f"http {answer.status}")
    return failure_of(answer, now) or unreadable


def failure_said(said: Said, now: datetime) -> Refused | None:
    """Judge a code; None: it was taken. A code of which nothing is known is tried like -1."""
    if said.errcode == 0:
        return None
    detail = f"errcode {said.errcode}"
    known = _CODES.get(said.errcode)
    if known is None:
        return Faltered(FailureReason.TEMPORARY, detail)
    return known(detail, now)


_Judge = Callable[[str, datetime], Refused]


def _next_minute(detail: str, now: datetime) -> Refused:
    wait = timedelta(minutes=1) - timedelta(seconds=now.second, microseconds=now.microsecond)
    return Refused(FailureReason.RATE_LIMITED, detail, account_wide=True, retry_after=wait)


def _busy(detail: str, _now: datetime) -> Refused:
    return Faltered(FailureReason.TEMPORARY, detail)


def _content(detail: str, _now: datetime) -> Refused:
    return Refused(FailureReason.CONTENT_REFUSED, detail, permanent=True)


def _member(detail: str, _now: datetime) -> Refused:
    return Refused(FailureReason.ADDRESS_REFUSED, detail, permanent=True)


def _gone(detail: str, _now: datetime) -> Refused:
    """Of no use until somebody mends it: neither for this message nor for others."""
    return Refused(FailureReason.MISCONFIGURED, detail, permanent=True, account_wide=True)


def _credentials(detail: str, _now: datetime) -> Refused:
    return Refused(FailureReason.AUTHENTICATION, detail, account_wide=True)


def _sender(detail: str, _now: datetime) -> Refused:
    return Refused(FailureReason.SENDER_REFUSED, detail, account_wide=True)


_CODES: Mapping[int, _Judge] = {
    -1: _busy,
    40001: _credentials,  # the secret
    40003: _member,  # no such user id
    40008: _content,  # type of message, or JSON
    40013: _credentials,  # the corporation's id
    40014: _credentials,  # the token, even after a new one was fetched
    40056: _gone,  # the application's id
    40058: _content,  # a parameter: too long, or of a wrong form
    41001: _credentials,  # no token
    42001: _credentials,  # the token has ended
    44004: _content,  # nothing is said
    45002: _content,  # too long
    45009: _next_minute,  # too often: nothing more is taken in this minute
    45033: _busy,  # too many at once
    48002: _sender,  # the interface is not allowed
    60011: _sender,  # not within the application's rights
    60020: _sender,  # not from this address of ours
    60111: _member,  # no such user id
    81013: _member,  # none of the receivers
    93000: _gone,  # the robot's key, or the robot was removed
    301002: _sender,  # not this application
}
