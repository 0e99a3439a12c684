"""The SMTP channel against a real server that does wrong as told."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from channels.protocol import (
    Attachment,
    ChannelError,
    FailureReason,
    Message,
    Receipt,
    Refused,
)
from channels.registry import build
from channels.smtp import SmtpChannel
from tests.channels.grounds import Verdict
from tests.channels.test_mime import MESSAGE, XLSX
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.smtp import SmtpEmulator

NewLoop = Callable[[], asyncio.AbstractEventLoop]
LARGE = dataclasses.replace(MESSAGE, attachments=(Attachment("a.xlsx", XLSX, bytes(20_000_000)),))
TEMPORARY = Verdict(FailureReason.TEMPORARY)
UNREACHABLE = Verdict(FailureReason.UNREACHABLE)
UNREADABLE = Verdict(FailureReason.UNREADABLE_ANSWER)
ADDRESS = Verdict(FailureReason.ADDRESS_REFUSED, permanent=True)
CONTENT = Verdict(FailureReason.CONTENT_REFUSED, permanent=True)
SENDER = Verdict(FailureReason.SENDER_REFUSED, account_wide=True)
LOGIN = Verdict(FailureReason.AUTHENTICATION, account_wide=True)
NO_ANSWER = Verdict(FailureReason.NO_ANSWER, unknown=True)
GARBAGE = Verdict(FailureReason.UNREADABLE_ANSWER, unknown=True)
TLS = Verdict(FailureReason.TLS)

JUDGED = [
    (Fault(Phase.CONNECT, answer="421 4.3.2 too busy"), TEMPORARY),
    (Fault(Phase.CONNECT, answer="554 5.7.1 go away"), SENDER),
    (Fault(Phase.CONNECT, answer="hello?"), UNREADABLE),
    (Fault(Phase.CONNECT, Act.HANG), UNREACHABLE),
    (Fault(Phase.CONNECT, Act.DROP), UNREACHABLE),
    (Fault(Phase.CONNECT, Act.LOSE), UNREACHABLE),
    (Fault(Phase.EHLO, answer="421 4.3.2 closing"), TEMPORARY),
    (Fault(Phase.EHLO, answer="550 5.7.1 not you"), SENDER),
    (Fault(Phase.EHLO, Act.DROP), UNREACHABLE),
    (Fault(Phase.MAIL, answer="421 4.3.2 closing"), TEMPORARY),
    (Fault(Phase.MAIL, answer="451 4.3.0 later"), TEMPORARY),
    (Fault(Phase.MAIL, answer="503 5.5.1 not now"), TEMPORARY),
    (Fault(Phase.MAIL, answer="530 5.7.0 log in"), LOGIN),
    (Fault(Phase.MAIL, answer="550 5.1.8 no such sender"), SENDER),
    (Fault(Phase.MAIL, answer="what"), UNREADABLE),
    (Fault(Phase.MAIL, Act.HANG), UNREACHABLE),
    (Fault(Phase.MAIL, Act.DROP), UNREACHABLE),
    (Fault(Phase.RCPT, answer="421 4.3.2 closing"), TEMPORARY),
    (Fault(Phase.RCPT, answer="450 4.2.0 greylisted"), TEMPORARY),
    (Fault(Phase.RCPT, answer="452 4.5.3 too many"), TEMPORARY),
    (Fault(Phase.RCPT, answer="550 5.1.1 unknown"), ADDRESS),
    (Fault(Phase.RCPT, answer="552 5.2.2 full"), ADDRESS),
    (Fault(Phase.RCPT, answer="553 5.1.3 name"), ADDRESS),
    (Fault(Phase.RCPT, answer="250-half\r\n999 of it"), UNREADABLE),
    (Fault(Phase.RCPT, Act.DROP), UNREACHABLE),
    (Fault(Phase.DATA, answer="421 4.3.2 closing"), TEMPORARY),
    (Fault(Phase.DATA, answer="451 4.3.0 later"), TEMPORARY),
    (Fault(Phase.DATA, answer="554 5.5.1 no"), CONTENT),
    (Fault(Phase.DATA, answer="250 what for"), UNREADABLE),
    (Fault(Phase.DATA, Act.HANG), UNREACHABLE),
    (Fault(Phase.DATA, Act.DROP), UNREACHABLE),
    (Fault(Phase.DOT, answer="421 4.3.2 closing"), TEMPORARY),
    (Fault(Phase.DOT, answer="450 4.2.0 later"), TEMPORARY),
    (Fault(Phase.DOT, answer="451 4.3.0 later"), TEMPORARY),
    (Fault(Phase.DOT, answer="552 5.3.4 too big"), CONTENT),
    (Fault(Phase.DOT, answer="554 5.7.1 spam"), CONTENT),
    (Fault(Phase.DOT, answer="251 2.0.0 forwarded?"), GARBAGE),
    (Fault(Phase.DOT, answer="354 go on"), GARBAGE),
    (Fault(Phase.DOT, answer="\x00\x01"), GARBAGE),
    (Fault(Phase.DOT, answer="2"), GARBAGE),
    (Fault(Phase.DOT, answer="9" * 40_000), GARBAGE),
    (Fault(Phase.DOT, Act.HANG), NO_ANSWER),
    (Fault(Phase.DOT, Act.DROP), NO_ANSWER),
    (Fault(Phase.DOT, Act.LOSE), NO_ANSWER),
    (Fault(Phase.CONTENT, Act.DROP), NO_ANSWER),
]


@asynccontextmanager
async def channel_to(server: SmtpEmulator, **changes: object) -> AsyncIterator[SmtpChannel]:
    """Answer a channel to this server, without TLS and patience unless told."""
    fields = {
        "host": server.host,
        "port": server.port,
        "from": "演示县民政局 <noreply@example.invalid>",
        "security": "none",
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


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(*case, id=f"{case[0].phase} {case[0].act} {case[0].answer[:24]!r}")
        for case in JUDGED
    ],
)
def test_every_answer_has_its_verdict(fault: Fault, expected: Verdict) -> None:
    """By phase and code; a fresh and a kept connection judge alike, and the next mail goes through."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server, connections=1) as channel:
            server.script.add(fault)
            assert await verdict(channel) == expected
            server.script.clear()
            assert isinstance(await channel.send(MESSAGE), Receipt)
            server.script.add(fault)
            if fault.phase not in {Phase.CONNECT, Phase.EHLO}:
                assert await verdict(channel) == expected

    asyncio.run(trial())


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("act", [Act.DROP, Act.HANG])
def test_a_mail_cut_off_before_its_dot_was_certainly_not_taken(act: Act, loop: NewLoop) -> None:
    """Of a large mail it is known that the dot never went out: it may be tried again at once."""

    async def trial() -> None:
        async with SmtpEmulator(Fault(Phase.CONTENT, act)) as server, channel_to(server) as channel:
            assert await verdict(channel, LARGE) == UNREACHABLE
            assert not server.received

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(trial())


def test_a_large_mail_goes_through_whole() -> None:
    """What does not fit the line's buffers is waited for, and the dot follows."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server, answer_timeout=10) as channel:
            await channel.send(LARGE)
            (mail,) = server.received
            assert len(mail.content) > 20_000_000

    asyncio.run(trial())


def test_nobody_listening_is_unreachable() -> None:
    """A server that is down is a matter of time."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            await server.stop()
            assert await verdict(channel) == UNREACHABLE

    asyncio.run(trial())


def test_connections_are_kept() -> None:
    """One after another, mails share one connection; the envelope names sender and reader."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            for message in numbered(5):
                await channel.send(message)
            assert server.connections == 1
            assert server.received[0].sender == "noreply@example.invalid"
            assert server.received[0].recipients == (MESSAGE.address,)

    asyncio.run(trial())


def test_a_receipt_names_the_servers_queue_id() -> None:
    """So that the mail can be found in the server's log."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            assert await channel.send(MESSAGE) == Receipt("E000001")

    asyncio.run(trial())


def test_a_connection_left_by_the_server_is_replaced() -> None:
    """Servers hang up on idle clients; nobody is told a failure for that."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            await channel.send(MESSAGE)
            await server.hang_up()
            await channel.send(MESSAGE)
            assert server.connections == 2

    asyncio.run(trial())


@pytest.mark.parametrize(
    "stale",
    [
        Fault(Phase.MAIL, answer="421 4.4.2 idle too long", after=1, times=1),
        Fault(Phase.MAIL, Act.DROP, after=1, times=1),
        Fault(Phase.MAIL, Act.LOSE, after=1, times=1),
        Fault(Phase.MAIL, Act.HANG, after=1, times=1),
    ],
    ids=lambda fault: f"{fault.act} {fault.answer}",
)
def test_a_kept_connection_that_fails_at_once_is_tried_afresh(stale: Fault) -> None:
    """Before the mail began nothing can have been taken: one more try, on a new connection."""

    async def trial() -> None:
        async with SmtpEmulator(stale) as server, channel_to(server) as channel:
            await channel.send(MESSAGE)
            await channel.send(dataclasses.replace(MESSAGE, out_id="second"))
            assert server.connections == 2
            assert set(server.copies().values()) == {1}

    asyncio.run(trial())


def test_only_one_fresh_try_is_made() -> None:
    """A server that fails the fresh connection too is not asked a third time."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            await channel.send(MESSAGE)
            server.fail(Phase.MAIL, act=Act.DROP)
            assert await verdict(channel) == UNREACHABLE
            assert server.verbs.count("MAIL") == 3

    asyncio.run(trial())


def test_a_refused_recipient_does_not_cost_the_connection() -> None:
    """The session is reset and serves the next mail."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            server.fail(Phase.RCPT, "550 5.1.1 unknown", recipient="gone@")
            gone = dataclasses.replace(MESSAGE, address="gone@example.invalid")
            assert await verdict(channel, gone) == ADDRESS
            await channel.send(MESSAGE)
            assert server.connections == 1
            assert "RSET" in server.verbs

    asyncio.run(trial())


def test_a_connection_serves_so_many_mails() -> None:
    """Then a new one takes over, for servers that count."""

    async def trial() -> None:
        async with (
            SmtpEmulator() as server,
            channel_to(server, mails_per_connection=2) as channel,
        ):
            for message in numbered(5):
                await channel.send(message)
            assert server.connections == 3

    asyncio.run(trial())


def test_an_idle_connection_is_given_up() -> None:
    """It says goodbye by itself, before the server would."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server, idle=0.01) as channel:
            await channel.send(MESSAGE)
            await server.until(lambda: "QUIT" in server.verbs)
            await channel.send(MESSAGE)
            assert server.connections == 2

    asyncio.run(trial())


def test_connections_are_bounded_and_start_few() -> None:
    """A burst opens two first and never more than allowed."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server, connections=3) as channel:
            await asyncio.gather(*map(channel.send, numbered(40)))
            assert server.most_open == 3
            assert set(server.copies().values()) == {1}

    asyncio.run(trial())


def test_who_waits_shares_the_bad_news() -> None:
    """Of a burst at a dead server a few try; the others are not made to time out one by one."""

    async def trial() -> None:
        silent = Fault(Phase.CONNECT, Act.HANG)
        async with SmtpEmulator(silent) as server, channel_to(server) as channel:
            results = await asyncio.gather(*map(channel.send, numbered(40)), return_exceptions=True)
            assert {Verdict.of(it) for it in results if isinstance(it, ChannelError)} == {
                UNREACHABLE
            }
            assert server.connections == 2

    asyncio.run(trial())


def test_a_server_back_from_an_outage_is_met_gently() -> None:
    """After a failure one connection tries; when a mail went through, more follow."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            await server.stop()
            assert await verdict(channel) == UNREACHABLE
            await server.start()
            server.fail(Phase.CONNECT, act=Act.DROP, times=1)
            results = await asyncio.gather(*map(channel.send, numbered(9)), return_exceptions=True)
            assert not any(isinstance(it, Receipt) for it in results)
            assert server.connections == 1
            await asyncio.gather(*map(channel.send, numbered(9)))
            assert server.most_open > 1

    asyncio.run(trial())


def test_a_server_that_wants_fewer_sessions_gets_fewer() -> None:
    """421 at the greeting narrows the gate; the others go on."""

    async def trial() -> None:
        full = Fault(Phase.CONNECT, answer="421 4.7.0 too many connections", after=2)
        async with SmtpEmulator(full) as server, channel_to(server) as channel:
            first = await asyncio.gather(*map(channel.send, numbered(20)), return_exceptions=True)
            assert 0 < sum(isinstance(it, Refused) for it in first) <= 2
            tries = server.connections
            await asyncio.gather(*map(channel.send, numbered(20)))
            assert server.connections == tries

    asyncio.run(trial())


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.MAIL, Phase.DOT])
def test_a_cancelled_send_leaves_nothing_behind(phase: Phase) -> None:
    """Its connection is dropped, its place is free, the next mail is not mixed up with it."""

    async def trial() -> None:
        hanging = Fault(phase, Act.HANG, times=1)
        async with (
            SmtpEmulator(hanging) as server,
            channel_to(server, connections=1, timeout=30, answer_timeout=30) as channel,
        ):
            sending = asyncio.create_task(channel.send(MESSAGE))
            waiting = asyncio.create_task(channel.send(MESSAGE))
            await server.until(lambda: hanging in server.script.used)
            waiting.cancel()
            sending.cancel()
            await asyncio.gather(sending, waiting, return_exceptions=True)
            await channel.send(MESSAGE)
            assert server.connections == 2
            assert len(server.received) == 1

    asyncio.run(trial())


def test_a_mail_on_its_way_survives_close() -> None:
    """Closing does not cut off a transfer; its connection is not kept afterwards."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            sending = asyncio.create_task(channel.send(MESSAGE))
            await server.until(lambda: "MAIL" in server.verbs)
            await channel.close()
            assert isinstance(await sending, Receipt)
            await channel.send(MESSAGE)
            assert server.connections == 2

    asyncio.run(trial())
