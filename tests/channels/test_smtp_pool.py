"""Kept connections, and how many there are at once: seen by a real server."""

import asyncio
import dataclasses

import pytest

from channels.protocol import ChannelError, FailureReason, Receipt, Refused
from channels.smtp_pool import Gate
from tests.channels.grounds import Verdict
from tests.channels.mailing import ADDRESS, UNREACHABLE, channel_to, numbered, verdict
from tests.channels.test_mime import MESSAGE
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.smtp import SmtpEmulator


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


@pytest.mark.parametrize("news", ["turn", "refusal"])
def test_a_turn_that_comes_too_late_is_passed_on(news: str) -> None:
    """Cancelled in the very moment of its turn or refusal, a waiting send takes no place with it."""

    async def trial() -> None:
        gate = Gate(1)
        async with asyncio.timeout(5):
            async with gate:
                waiting = asyncio.create_task(gate.__aenter__())
                await asyncio.sleep(0)
                if news == "refusal":
                    gate.restart(Refused(FailureReason.UNREACHABLE))
                    waiting.cancel()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            async with gate:
                second = asyncio.create_task(gate.__aenter__())
                await asyncio.sleep(0)
                assert not second.done()
            await second

    asyncio.run(trial())


def test_the_gate_forgets_a_refused_session_in_time() -> None:
    """After a hundred mails it lets one more try, up to what was allowed in the first place."""

    async def most_at_once(gate: Gate) -> int:
        inside: list[asyncio.Task[None]] = []
        while True:
            coming = asyncio.create_task(gate.__aenter__())
            await asyncio.sleep(0)
            if not coming.done():
                coming.cancel()
                break
            inside.append(coming)
        for _ in inside:
            await gate.__aexit__()
        return len(inside)

    async def trial() -> None:
        gate = Gate(4)
        for _ in range(9):
            gate.widen()
        assert await most_at_once(gate) == 4
        async with gate, gate, gate:
            gate.narrow()
        assert await most_at_once(gate) == 2
        for _ in range(99):
            gate.widen()
        assert await most_at_once(gate) == 2
        gate.widen()
        assert await most_at_once(gate) == 3
        for _ in range(200):
            gate.widen()
        assert await most_at_once(gate) == 4

    asyncio.run(trial())
