"""What vendors of SMS in China have in common: numbers, approved texts, hours, codes."""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pydantic import SecretStr

from channels.http import Answer, Unreadable
from channels.inbound import Asked, Heard, Inbound, Report
from channels.protocol import ChannelError, FailureReason, Load, Message, Refused, Unknown
from channels.sms_text import SmsShape
from config.channels.sms import SmsWriting
from config.lean import dataclass

BEIJING = timezone(timedelta(hours=8))
"""Vendors write and count days in this time, wherever the site is."""

_NUMBER = re.compile(r"(?:\+?86|0086)?(1\d{10})")
_CODE = re.compile(r"[A-Za-z0-9_.:^-]{1,80}")
_STAMP = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Filled:
    """A message as a vendor wants it: 11 digits, the template's code, its variables in order."""

    number: str
    code: str
    variables: tuple[tuple[str, str], ...]


def number_of(address: str) -> str | None:
    """Answer the 11 digits of a mobile number of the mainland, however it is written."""
    number = _NUMBER.fullmatch(address) or _NUMBER.fullmatch(re.sub(r"[\s-]", "", address))
    return number[1] if number else None


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that a vendor approved: its code, and the names of its variables in order."""

    code: str
    variables: tuple[str, ...]


def approved_of(writing: SmsWriting) -> dict[str, Approved]:
    """Answer the texts that may be sent, by key."""
    return {
        key: Approved(text.code, text.variables())
        for key, text in writing.templates.items()
        if text.status == "approved" and text.code is not None
    }


def filled(message: Message, approved: Mapping[str, Approved]) -> Filled | Refused:
    """Fit a message into its approved text, or say why it can never be sent so."""
    number = number_of(message.address)
    if number is None:
        return Refused(FailureReason.ADDRESS_REFUSED, "no mobile number", permanent=True)
    text = approved.get(message.template)
    if text is None:
        return Refused(FailureReason.CONTENT_REFUSED, "no approved template", permanent=True)
    if tuple([name for name, _value in message.variables]) != text.variables:
        return Refused(FailureReason.CONTENT_REFUSED, "other variables", permanent=True)
    return Filled(number, text.code, message.variables)


def load_of(message: Message, writing: SmsWriting) -> Load:
    """Answer what a message is billed as."""
    return Load(parts=SmsShape(writing.signature or "").parts(message.text))


def is_token(inbound: Inbound, token: SecretStr | None) -> bool:
    """Tell whether a request names our token: vendors sign nothing that they push."""
    if token is None:
        return False
    given = inbound.query.get("token", "").encode(errors="replace")
    return hmac.compare_digest(given, token.get_secret_value().encode())


def object_of(answer: Answer) -> Mapping[str, Any]:
    """Read an answer's JSON object; empty: it is none."""
    try:
        said = answer.json()
    except Unreadable:
        return {}
    return said if isinstance(said, dict) else {}


def code_of(said: object) -> str:
    """Read a vendor's code or id; "": it is none that could be shown."""
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""


def instant(stamp: object) -> datetime | None:
    """Read a vendor's local time; None: it is none."""
    if not isinstance(stamp, str):
        return None
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def until_tomorrow(now: datetime) -> timedelta:
    """Answer how long the vendor's day still lasts."""
    there = now.astimezone(BEIJING)
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - there


async def poll_each(
    asked: Sequence[Asked], report: Callable[[Asked], Awaitable[Report | None]]
) -> Heard:
    """Ask for one message after the other; what one of them alone is refused for stops no other.

    Raises:
        ChannelError: nothing was learnt.
    """
    reports, failure = [], None
    for one in asked:
        outcome = await _asked(report, one)
        if isinstance(outcome, Report):
            reports.append(outcome)
        elif outcome is not None:
            failure = outcome
            if not (isinstance(outcome, Refused) and outcome.permanent):
                break
    if failure is not None and not reports:
        raise failure
    return Heard(tuple(reports))


async def _asked(
    report: Callable[[Asked], Awaitable[Report | None]], one: Asked
) -> Report | ChannelError | None:
    try:
        return await report(one)
    except (Refused, Unknown) as error:
        return error
