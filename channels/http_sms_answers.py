"""Reads what a gateway answers, by the rules its owner wrote. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.http import Answer, Unreadable
from channels.http_statuses import failure_of
from channels.protocol import ChannelError, FailureReason, Receipt, Refused, Unknown
from config.channels.http_sms import ErrorSign, HttpSmsSettings, Sign
from config.patterns import compiled

_KANNEL = re.compile(r"^(0|3): |^Sent\b")
"""What Kannel answers for a message it took: 0 handed on, 3 queued."""

_MOST_READ = 8192
"""Letters of an answer; honest ones have a hundred."""

_REFERENCE = re.compile(r"[\x21-\x7e]{1,128}")
_REASONS = {
    "later": FailureReason.TEMPORARY,
    "too-fast": FailureReason.RATE_LIMITED,
    "address": FailureReason.ADDRESS_REFUSED,
    "content": FailureReason.CONTENT_REFUSED,
    "account": FailureReason.AUTHENTICATION,
    "signature": FailureReason.SENDER_REFUSED,
}
_FOR_GOOD = frozenset({"address", "content"})
_FOR_ALL = frozenset({"account", "signature"})


def judge(settings: HttpSmsSettings, answer: Answer, now: datetime) -> Receipt:
    """Answer the receipt of a message that was taken.

    Raises:
        Refused, Unknown: it was not, or nobody can tell.
    """
    for number, sign in enumerate(settings.errors, start=1):
        if holds(sign, answer, settings.charset):
            raise _refused(sign, answer, number)
    if failure := _failure(settings, answer, now):
        raise failure
    if not _is_taken(settings, answer):
        raise Unknown(FailureReason.UNREADABLE_ANSWER, f"http {answer.status}")
    return Receipt(_reference(settings, answer))


def holds(sign: Sign, answer: Answer, charset: str) -> bool:
    """Say whether an answer is as described, in everything that is described."""
    if sign.status and answer.status not in sign.status:
        return False
    if sign.pattern is not None and not compiled(sign.pattern).search(_text(answer, charset)):
        return False
    if sign.field is None:
        return True
    found = found_in(_json(answer), sign.field)
    return found is not None and (not sign.equals or said(found) in sign.equals)


def found_in(document: object, path: str) -> object | None:
    """Follow a path of dots through objects and lists; None: it leads nowhere."""
    for name in path.split("."):
        if isinstance(document, Mapping):
            document = document.get(name)
        elif isinstance(document, Sequence) and not isinstance(document, str) and name.isdecimal():
            document = document[int(name)] if int(name) < len(document) else None
        else:
            return None
    return document


def said(value: object) -> str:
    """Answer a value of JSON as an admin writes it in YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _refused(sign: ErrorSign, answer: Answer, number: int) -> Refused:
    detail = f"http {answer.status}, rule {number}"
    return Refused(
        _REASONS[sign.means],
        detail,
        permanent=sign.means in _FOR_GOOD,
        account_wide=sign.means in _FOR_ALL,
    )


def _failure(settings: HttpSmsSettings, answer: Answer, now: datetime) -> ChannelError | None:
    wanted = settings.success.status if settings.success else ()
    return None if answer.status in wanted else failure_of(answer, now)


def _is_taken(settings: HttpSmsSettings, answer: Answer) -> bool:
    if settings.success is not None:
        return holds(settings.success, answer, settings.charset)
    if settings.is_kannel:
        return bool(_KANNEL.search(_text(answer, settings.charset)))
    return True


def _reference(settings: HttpSmsSettings, answer: Answer) -> str:
    sign, found = settings.reference, None
    if sign is not None and sign.field is not None:
        found = found_in(_json(answer), sign.field)
    elif sign is not None and sign.pattern is not None:
        pattern = compiled(sign.pattern)
        match = pattern.search(_text(answer, settings.charset))
        found = match[1] if match and pattern.groups else None
    text = said(found)
    return text if found is not None and _REFERENCE.fullmatch(text) else ""


def _text(answer: Answer, charset: str) -> str:
    """Answer what patterns are looked for in: not the end of the last line, nor of a long story."""
    text = answer.body.decode("utf-8" if charset == "utf-16-be" else charset, "replace")
    return text.rstrip("\r\n")[:_MOST_READ]


def _json(answer: Answer) -> object:
    try:
        return answer.json()
    except Unreadable:
        return None
