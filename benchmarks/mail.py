"""Mail: the channel against a bare aiosmtplib loop with the same builder and number of connections.

`python -m benchmarks.mail` starts a sink in a process of its own, sends the same messages both ways
in turn, and prints messages a second and the ratio of the medians; at least 0.5 is asked for. It
also prints what building one mail takes, next to `EmailMessage` doing the same.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path

import uvloop
from aiosmtplib import SMTP

from channels.mime import Sender, build
from channels.protocol import Message
from channels.smtp import SmtpChannel
from channels.smtp_session import Security, SmtpSettings

_SENDER = Sender("noreply@example.invalid", "演示县民政局")
_ASKED = 0.5
_LINE = "{village}：{count:02} 走访，最迟 6 月 {day} 日"


def digest(number: int) -> Message:
    """Make a director's weekly digest: text and HTML of eight lines."""
    lines = [_LINE.format(village=f"青山{row}", count=row, day=10 + row) for row in range(8)]
    return Message(
        out_id=f"bench-{number}",
        address=f"director{number}@example.invalid",
        subject="本周要走访 8 户，最迟 6 月 18 日",
        text="您好：\n" + "\n".join(lines),
        dated=datetime(2027, 6, 1, 8, tzinfo=UTC),
        html="<p>您好：</p><ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>",
    )


async def through_channel(messages: list[Message], *, port: int, connections: int) -> None:
    """Send as the daemon does."""
    channel = SmtpChannel(
        SmtpSettings(
            host="127.0.0.1",
            allow_private=("127.0.0.1",),
            port=port,
            from_="演示县民政局 <noreply@example.invalid>",
            security=Security.NONE,
            connections=connections,
            mails_per_connection=1_000_000,
        )
    )
    rest = iter(messages)

    async def work() -> None:
        for message in rest:
            await channel.send(message)

    await asyncio.gather(*(work() for _ in range(connections)))
    await channel.close()


async def bare(messages: list[Message], *, port: int, connections: int) -> None:
    """Send as simply as aiosmtplib allows."""
    rest = iter(messages)

    async def work() -> None:
        client = SMTP(hostname="127.0.0.1", port=port, local_hostname="localhost", start_tls=False)
        await client.connect()
        for message in rest:
            mail = build(message, _SENDER)
            await client.sendmail(_SENDER.address, [message.address], mail)
        await client.quit()

    await asyncio.gather(*(work() for _ in range(connections)))


def with_email_message(message: Message) -> bytes:
    """Build the same mail with the newer classes, for comparison."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = f"{_SENDER.name} <{_SENDER.address}>"
    mail["To"] = message.address
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.dated)
    mail["Message-ID"] = f"<{message.out_id}@{_SENDER.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "zh-CN"
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(message.html, subtype="html", cte="base64")
    return mail.as_bytes()


@contextmanager
def sink() -> Iterator[int]:
    """Run the sink beside us; answer its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.emulators.smtp", "--sink"],
        cwd=Path(__file__).resolve().parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=10)


def rate(sending: Awaitable[None], count: int) -> float:
    """Answer messages a second."""

    async def timed() -> float:
        begin = time.perf_counter()
        await sending
        return count / (time.perf_counter() - begin)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(timed())


def microseconds(builder: Callable[[Message], bytes], messages: list[Message]) -> float:
    """Answer what building one mail takes."""
    begin = time.perf_counter()
    for message in messages:
        builder(message)
    return (time.perf_counter() - begin) / len(messages) * 1e6


def main() -> None:
    """Measure, print, and fail below what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    messages = [digest(number) for number in range(options.messages)]
    ours: list[float] = []
    theirs: list[float] = []
    with sink() as port:
        for _ in range(options.rounds):
            for way, rates in ((bare, theirs), (through_channel, ours)):
                sending = way(messages, port=port, connections=options.connections)
                rates.append(rate(sending, options.messages))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"bare aiosmtplib   {statistics.median(theirs):8,.0f} messages/s")
    print(f"channels.smtp     {statistics.median(ours):8,.0f} messages/s")
    print(f"ratio             {ratio:8.2f}  (asked: {_ASKED})")
    few = messages[:300]
    print(f"build             {microseconds(lambda it: build(it, _SENDER), few):8,.0f} µs a mail")
    print(f"EmailMessage      {microseconds(with_email_message, few):8,.0f} µs a mail")
    if ratio < _ASKED:
        sys.exit(1)


if __name__ == "__main__":
    main()
