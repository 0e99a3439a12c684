"""Channels over HTTP against a bare aiohttp loop with the same number of requests at once.

`python -m benchmarks.http_channels` starts a sink in a process of its own, hands it the same notices
through each channel and, right before each time, posts their texts with nothing but aiohttp. It prints
notices a second and the median of the ratios, also of our own processor time; at least 0.5 is asked
for by the clock. Another channel is one line in `CHANNELS`.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import uvloop
from pydantic import TypeAdapter

from channels.protocol import Channel, Message, Tools
from channels.registry import make
from channels.stores import MemoryStore
from config.channels.types import ChannelSettings

_ASKED = 0.5
_LINE = "{count:02} 走访，最迟 6 月 {day} 日"
_SETTINGS: TypeAdapter[ChannelSettings] = TypeAdapter(ChannelSettings)

_APPROVED = {
    "signature": "演示县民政局",
    "templates": {
        "director": {"code": "SMS_1", "text": "您有${total}户：${list}。", "status": "approved"}
    },
}

CHANNELS: Mapping[str, Callable[[str], dict[str, object]]] = {
    "wecom-robot": lambda sink: {"url": f"{sink}/cgi-bin/webhook/send?key=k"},
    "wecom-app": lambda sink: {"api": sink, "corpid": "ww1", "secret": "s", "agentid": 1},
    "dingtalk-robot": lambda sink: {"url": f"{sink}/robot/send?access_token=t", "secret": "SEC1"},
    "feishu-robot": lambda sink: {"url": f"{sink}/open-apis/bot/v2/hook/h", "secret": "s"},
    "webhook": lambda sink: {"url": f"{sink}/hook", "secret": "whsec_c2VjcmV0"},
    "aliyun-sms": lambda sink: {
        "endpoint": sink,
        "access_key_id": "k",
        "access_key_secret": "s",
        **_APPROVED,
    },
    "tencent-sms": lambda sink: {
        "endpoint": sink,
        "secret_id": "k",
        "secret_key": "s",
        "sdk_app_id": "1400000000",
        **_APPROVED,
    },
}
"""What an admin would write, by type, for a far side at the sink's address."""


def digest(number: int) -> Message:
    """Make a director's weekly digest of eight lines."""
    lines = [_LINE.format(count=row, day=10 + row) for row in range(8)]
    return Message(
        out_id=f"bench-{number}",
        address=f"154{number:08}",
        subject="本周要走访 8 户",
        text=f"您好（{number}）：\n\n" + "\n\n".join(lines),
        dated=datetime(2027, 6, 1, 8, tzinfo=UTC),
        template="director",
        variables=(("total", "8"), ("list", "、".join(f"{row:02}" for row in range(8)))),
    )


def channel(kind: str, sink: str, *, at_once: int) -> Channel:
    """Make a channel as the daemon does."""
    given = CHANNELS[kind](sink) | {
        "type": kind,
        "connections": at_once,
        "allow_private": ("127.0.0.1",),
    }
    return make(_SETTINGS.validate_python(given), Tools(MemoryStore(_now), _now), {})


async def through(way: Channel, messages: list[Message], *, at_once: int) -> None:
    """Send as the daemon does."""
    rest = iter(messages)

    async def work() -> None:
        for message in rest:
            await way.send(message)

    await asyncio.gather(*(work() for _ in range(at_once)))
    await way.close()


async def bare(sink: str, messages: list[Message], *, at_once: int) -> None:
    """Post as simply as aiohttp allows, and read the answers."""
    rest = iter(messages)
    connector = aiohttp.TCPConnector(limit=at_once)

    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for message in rest:
                document = {"msgtype": "text", "text": {"content": message.text}}
                async with session.post(sink, data=json.dumps(document).encode()) as answer:
                    json.loads(await answer.read())

        await asyncio.gather(*(work() for _ in range(at_once)))


@contextmanager
def sink() -> Iterator[str]:
    """Run the sink beside us; answer its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.emulators.http_sink"],
        cwd=Path(__file__).resolve().parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@dataclass(frozen=True)
class Spent:
    """Seconds that one way took: by the clock, and of our processor's."""

    clock: float
    processor: float


def spent(kind: str | None, address: str, messages: list[Message], *, at_once: int) -> Spent:
    """Answer what one way takes; None: the bare one."""

    async def timed() -> Spent:
        begin, worked = time.perf_counter(), time.process_time()
        if kind is None:
            await bare(address, messages, at_once=at_once)
        else:
            way = channel(kind, address, at_once=at_once)
            await through(way, messages, at_once=at_once)
        return Spent(time.perf_counter() - begin, time.process_time() - worked)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(timed())


def report(kind: str, pairs: list[tuple[Spent, Spent]], count: int) -> float:
    """Print what a channel took beside the bare loop; answer the ratio by the clock."""
    rate, plain = (count / statistics.median(two[way].clock for two in pairs) for way in (1, 0))
    ratio = statistics.median(beside.clock / own.clock for beside, own in pairs)
    worked = statistics.median(beside.processor / own.processor for beside, own in pairs)
    print(
        f"{kind:16} {rate:8,.0f} notices/s, bare {plain:8,.0f}   ratio {ratio:.2f}"
        f"   by processor time {worked:.2f}"
    )
    return ratio


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Measure, print, and fail below what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=3000)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--channel", choices=CHANNELS, action="append")
    options = parser.parse_args()
    messages = [digest(number) for number in range(options.notices)]
    kinds = options.channel or list(CHANNELS)
    pairs: dict[str, list[tuple[Spent, Spent]]] = {kind: [] for kind in kinds}
    with sink() as address:
        for _ in range(options.rounds):
            for kind, taken in pairs.items():
                both = [
                    spent(way, address, messages, at_once=options.at_once) for way in (None, kind)
                ]
                taken.append((both[0], both[1]))
    ratios = [report(kind, taken, len(messages)) for kind, taken in pairs.items()]
    print(f"asked: {_ASKED}")
    if min(ratios) < _ASKED:
        sys.exit(1)


if __name__ == "__main__":
    main()
