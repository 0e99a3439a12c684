"""Mail channels to an emulator, and the verdicts that its faults deserve."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import pytest

from channels.protocol import Attachment, ChannelError, FailureReason, Message
from channels.registry import build
from channels.smtp import SmtpChannel
from tests.channels.grounds import Verdict
from tests.channels.test_mime import MESSAGE, XLSX

LARGE = dataclasses.replace(MESSAGE, attachments=(Attachment("a.xlsx", XLSX, bytes(20_000_000)),))
TEMPORARY = Verdict(FailureReason.TEMPORARY)
UNREACHABLE = Verdict(FailureReason.UNREACHABLE)
UNREADABLE = Verdict(FailureReason.UNREADABLE_ANSWER)
ADDRESS = Verdict(FailureReason.ADDRESS_REFUSED, permanent=True)
CONTENT = Verdict(FailureReason.CONTENT_REFUSED, permanent=True)
SENDER = Verdict(FailureReason.SENDER_REFUSED, account_wide=True)
LOGIN = Verdict(FailureReason.AUTHENTICATION, account_wide=True)
FORBIDDEN = Verdict(FailureReason.FORBIDDEN_ADDRESS, account_wide=True)
NO_ANSWER = Verdict(FailureReason.NO_ANSWER, unknown=True)
GARBAGE = Verdict(FailureReason.UNREADABLE_ANSWER, unknown=True)
TLS = Verdict(FailureReason.TLS)


class Listens(Protocol):
    """Where a server is."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


@asynccontextmanager
async def channel_to(server: Listens, **changes: object) -> AsyncIterator[SmtpChannel]:
    """Answer a channel to this server, without TLS and patience unless told."""
    fields = {
        "host": server.host,
        "port": server.port,
        "from": "演示县民政局 <noreply@example.invalid>",
        "security": "none",
        "allow_private": [server.host],
        "timeout": 0.2,
        "answer_timeout": 0.2,
        **changes,
    }
    channel = build("smtp", fields)
    assert isinstance(channel, SmtpChannel)
    try:
        yield channel
    finally:
        await channel.close()


async def verdict(channel: SmtpChannel, message: Message = MESSAGE) -> Verdict:
    """Send what must fail; answer how it was judged."""
    with pytest.raises(ChannelError) as caught:
        await channel.send(message)
    return Verdict.of(caught.value)


def numbered(count: int) -> list[Message]:
    """Make different messages."""
    return [dataclasses.replace(MESSAGE, out_id=f"m-{number}") for number in range(count)]
