"""SMS through vendors that fail in every documented way: each is sent once, or never."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from channels.aliyun_sms import AliyunSmsChannel
from channels.protocol import Message, Receipt, Refused, Unknown
from channels.tencent_sms import TencentSmsChannel
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import MESSAGE, AnyVendor, aliyun_settings, tencent_settings
from tests.emulators import aliyun, tencent
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import LOSSES, spread
from tests.emulators.tencent import TencentEmulator

COUNT = 200
_PATIENCE = timedelta(minutes=10)
Send = Callable[[Message], Awaitable[Receipt]]


def messages(template: Message) -> list[Message]:
    """Make messages to numbers of their own."""
    return [
        dataclasses.replace(template, out_id=f"n-{number}", address=str(15400000000 + number))
        for number in range(COUNT)
    ]


async def delivered(channel: AnyVendor, message: Message, clock: Ticking) -> str:
    """Try as delivery does, until there is an end; what nobody can settle stays unknown."""
    handed_at = None
    for _ in range(30):
        clock.now += _PATIENCE
        try:
            if handed_at and await channel.find(message, since=handed_at):
                return "sent"
        except (Refused, Unknown):
            continue  # the question was not answered: nothing is settled
        try:
            await channel.send(message)
            return "sent"
        except Refused as refusal:
            if refusal.permanent:
                return "failed"
        except Unknown:
            handed_at = handed_at or clock.now
    return "unknown"


@pytest.mark.parametrize("seed", [1, 2])
def test_aliyun_sends_each_once_or_never(seed: int) -> None:
    """Nothing twice, because it is asked first; nothing called sent that is not there."""
    clock = Ticking()

    async def run() -> tuple[list[str], AliyunEmulator]:
        async with AliyunEmulator(clock, seed=seed) as server:
            server.fail(*spread([*aliyun.REFUSALS.values(), *LOSSES], 0.2))
            channel = AliyunSmsChannel(aliyun_settings(server.url), clock.tools())
            all_ = messages(MESSAGE)
            ends = [await delivered(channel, message, clock) for message in all_]
            await channel.close()
            return ends, server

    ends, server = asyncio.run(run())
    copies = Counter(sms.out_id for sms in server.sent)
    assert server.violations == []
    assert len(server.committed) > 12, "most ways were met"
    for number, end in enumerate(ends):
        assert copies[f"n-{number}"] == (end == "sent"), (number, end)


@pytest.mark.parametrize("seed", [1, 2])
def test_tencent_sends_each_at_most_once(seed: int) -> None:
    """What nobody can settle is not sent here again."""
    clock = Ticking(start=NOW)

    async def run() -> tuple[list[str], TencentEmulator]:
        async with TencentEmulator(clock, seed=seed) as server:
            server.fail(*spread([*tencent.REFUSALS.values(), *LOSSES], 0.2))
            channel = TencentSmsChannel(tencent_settings(server.url), clock.tools())
            ends = []
            for message in messages(MESSAGE):
                ends.append(await delivered(channel, message, clock))
                server.settle()
            await channel.close()
            return ends, server

    ends, server = asyncio.run(run())
    copies = Counter(sms.out_id for sms in server.sent)
    assert server.violations == []
    assert set(copies.values()) == {1}
    for number, end in enumerate(ends):
        assert copies[f"n-{number}"] == 1 if end == "sent" else end in ("failed", "unknown")
