"""The SMTP channel against a real server that does wrong as told: what each answer means."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest
import uvloop

from channels.protocol import FailureReason, Message, Receipt, Refused, Unknown
from channels.smtp import SmtpChannel
from tests.channels.grounds import Verdict
from tests.channels.mailing import (
    ADDRESS,
    CONTENT,
    GARBAGE,
    LARGE,
    LOGIN,
    NO_ANSWER,
    SENDER,
    TEMPORARY,
    UNREACHABLE,
    UNREADABLE,
    channel_to,
    numbered,
    verdict,
)
from tests.channels.test_mime import MESSAGE
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.smtp import SmtpEmulator

NewLoop = Callable[[], asyncio.AbstractEventLoop]
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


def test_a_receipt_names_the_servers_queue_id() -> None:
    """So that the mail can be found in the server's log."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server) as channel:
            assert await channel.send(MESSAGE) == Receipt("E000001")

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("message", "language", "expected"),
    [
        (dataclasses.replace(MESSAGE, address="张@example.invalid"), "zh-CN", ADDRESS),
        (dataclasses.replace(MESSAGE, subject="a\nb"), "zh-CN", CONTENT),
        (dataclasses.replace(MESSAGE, out_id="a b"), "zh-CN", CONTENT),
        (MESSAGE, "zh CN", Verdict(FailureReason.MISCONFIGURED, account_wide=True)),
    ],
)
def test_what_makes_no_mail_never_reaches_the_server(
    message: Message, language: str, expected: Verdict
) -> None:
    """An address, a text or a setting that fits no header is refused here, and blamed on the right one."""

    async def trial() -> None:
        async with SmtpEmulator() as server, channel_to(server, language=language) as channel:
            assert await verdict(channel, message) == expected
            assert server.connections == 0

    asyncio.run(trial())


@pytest.mark.parametrize("seed", range(3))
def test_among_all_faults_nothing_is_lost_and_nothing_is_said_twice_unseen(seed: int) -> None:
    """Tried until taken, each mail arrives; more than once only as often as its fate was unknown."""
    wrongs = (
        (Act.DROP, ""),
        (Act.LOSE, ""),
        (Act.ANSWER, "421 4.3.2 closing"),
        (Act.ANSWER, "451 4.3.0 later"),
        (Act.ANSWER, "what"),
    )
    faults = [
        Fault(phase, act, answer=answer, share=0.03, keeps=answer == "what")
        for phase in (Phase.CONNECT, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT)
        for act, answer in wrongs
    ]
    faults.append(Fault(Phase.CONTENT, Act.DROP, share=0.03))
    unknown: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    async def insist(channel: SmtpChannel, message: Message) -> None:
        while True:
            try:
                await channel.send(message)
            except Unknown:
                unknown[message.out_id] += 1
            except Refused:
                refused[message.out_id] += 1
            else:
                return

    async def trial() -> None:
        async with (
            SmtpEmulator(*faults, seed=seed) as server,
            channel_to(server, timeout=10, answer_timeout=10) as channel,
        ):
            await asyncio.gather(*(insist(channel, message) for message in numbered(300)))
            copies = {name[1:].split("@")[0]: n for name, n in server.copies().items()}
            assert len(copies) == 300
            assert all(count <= 1 + unknown[out_id] for out_id, count in copies.items())

    asyncio.run(trial())
    assert unknown
    assert refused
