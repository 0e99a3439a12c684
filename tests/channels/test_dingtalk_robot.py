"""DingTalk robots: signed, in parts, and silent when told to be."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from channels.dingtalk_robot import DingtalkRobotChannel
from channels.http import Answer
from channels.protocol import ChannelError, FailureReason, Load, Message, Refused, Unknown
from config.channels.robots import DingtalkRobotSettings
from tests.channels.answering import Answering
from tests.channels.clocks import NOW, Ticking
from tests.emulators.dingtalk import SECRET, DingtalkEmulator
from tests.emulators.http import HERE

MESSAGE = Message("n-1", "", "", "青山镇：本周有 3 项待办", NOW)
LONG = dataclasses.replace(MESSAGE, text="\n\n".join(f"{n}. " + "走访" * 700 for n in range(5)))


def settings(url: str = "https://example.invalid/x", **given: object) -> DingtalkRobotSettings:
    """Make settings of a signed robot."""
    return DingtalkRobotSettings.model_validate(
        {"type": "dingtalk-robot", "allow_private": HERE, "url": url, "secret": SECRET, **given}
    )


def said(
    *messages: Message, clock: Ticking | None = None, **given: object
) -> tuple[DingtalkEmulator, list[ChannelError | None]]:
    """Send to the emulator; answer it, and what became of each message."""
    at = clock or Ticking()

    async def run() -> tuple[DingtalkEmulator, list[ChannelError | None]]:
        outcomes: list[ChannelError | None] = []
        async with DingtalkEmulator(at) as server:
            channel = DingtalkRobotChannel(settings(server.webhook, **given), at.tools())
            for message in messages:
                try:
                    await channel.send(message)
                    outcomes.append(None)
                except ChannelError as error:
                    outcomes.append(error)
            await channel.close()
        return server, outcomes

    return asyncio.run(run())


def test_a_strict_robot_takes_it() -> None:
    """Signed with milliseconds, in the URL."""
    server, outcomes = said(MESSAGE)
    assert outcomes == [None]
    assert server.texts() == [MESSAGE.text]
    assert server.violations == []


@pytest.mark.parametrize("secret", ["SEC-wrong", None])
def test_a_wrong_key_holds_the_channel(secret: str | None) -> None:
    """Also a missing one."""
    _, (outcome,) = said(MESSAGE, secret=secret)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail) == (FailureReason.AUTHENTICATION, "310000")
    assert outcome.account_wide


def test_a_long_message_goes_out_in_parts_between_records() -> None:
    """Each within the limits, numbered; what it costs is known before."""
    server, outcomes = said(LONG, clock=Ticking(timedelta(seconds=4)))
    assert outcomes == [None]
    assert [text.split("\n")[0] for text in server.texts()] == [f"({n}/5)" for n in range(1, 6)]
    assert server.violations == []
    channel = DingtalkRobotChannel(settings(), Ticking().tools())
    assert channel.load(LONG) == Load(messages=5)


def test_too_many_are_answered_with_ten_minutes_of_silence() -> None:
    """Which hold the channel that long: trying on would only lengthen them."""
    messages = [dataclasses.replace(MESSAGE, out_id=f"n-{number}") for number in range(21)]
    server, outcomes = said(*messages)
    assert outcomes[:20] == [None] * 20
    assert isinstance(outcomes[20], Refused)
    assert outcomes[20].reason is FailureReason.RATE_LIMITED
    assert outcomes[20].retry_after == timedelta(minutes=10)
    assert outcomes[20].account_wide
    assert server.violations == ["rate"]


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_people_are_called_by_number_or_account(kind: str) -> None:
    """In markdown their names must stand in the text; what is neither calls nobody."""
    mentions = ("15400000001", "zhang.san", "@all", "a b\n")
    server, _ = said(dataclasses.replace(MESSAGE, mentions=mentions), format=kind)
    (body,) = server.bodies
    assert body["at"] == {
        "atMobiles": ["15400000001"],
        "atUserIds": ["zhang.san"],
        "isAtAll": True,
    }
    assert ("@15400000001" in server.texts()[0]) is (kind == "markdown")


def test_only_the_first_part_calls() -> None:
    """Nobody is called five times for one message."""
    message = dataclasses.replace(LONG, mentions=("15400000001",))
    server, _ = said(message, clock=Ticking(timedelta(seconds=4)))
    assert [len(body["at"]["atMobiles"]) for body in server.bodies] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "account_wide"),
    [
        (Answer(200, {}, b'{"errcode": -1}'), FailureReason.TEMPORARY, False, False),
        (Answer(200, {}, b'{"errcode": 999}'), FailureReason.TEMPORARY, False, False),
        (Answer(200, {}, b'{"errcode": 430104}'), FailureReason.CONTENT_REFUSED, True, False),
        (Answer(200, {}, b'{"errcode": 400102}'), FailureReason.SENDER_REFUSED, False, True),
        (Answer(200, {}, b'{"errcode": 300001}'), FailureReason.AUTHENTICATION, False, True),
        (Answer(503, {}, b'{"errcode": 0}'), FailureReason.TEMPORARY, False, False),
        (Answer(404, {}, b"<html>"), FailureReason.MISCONFIGURED, False, True),
    ],
)
def test_the_code_decides(
    answer: Answer, reason: FailureReason, permanent: bool, account_wide: bool
) -> None:
    """And where there is none, the status."""
    channel = DingtalkRobotChannel(settings(), Ticking().tools(), transport=Answering(answer))
    with pytest.raises(Refused) as refusal:
        asyncio.run(channel.send(MESSAGE))
    error = refusal.value
    assert (error.reason, error.permanent, error.account_wide) == (reason, permanent, account_wide)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"errcode": "0"}', b'{"errcode": true}'])
def test_a_200_without_a_code_is_unknown(body: bytes) -> None:
    """Nobody said that it was taken."""
    channel = DingtalkRobotChannel(
        settings(), Ticking().tools(), transport=Answering(Answer(200, {}, body))
    )
    with pytest.raises(Unknown):
        asyncio.run(channel.send(MESSAGE))
