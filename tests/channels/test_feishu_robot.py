"""Feishu robots: signed in the body, within 20 KB, called by account."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.feishu_robot import FeishuRobotChannel
from channels.http import Answer
from channels.protocol import FailureReason, Message, Refused
from config.channels.robots import FeishuRobotSettings
from tests.channels.answering import Answering
from tests.channels.clocks import NOW, Ticking
from tests.emulators.feishu import SECRET, FeishuEmulator
from tests.emulators.http import HERE

MESSAGE = Message("n-1", "", "", "青山镇：本周有 3 项待办", NOW)


def written(url: str = "https://example.invalid/x", **given: object) -> FeishuRobotSettings:
    """Make settings of a signed robot."""
    return FeishuRobotSettings.model_validate(
        {"type": "feishu-robot", "allow_private": HERE, "url": url, "secret": SECRET, **given}
    )


def spoken(said: Message = MESSAGE, **given: object) -> FeishuEmulator:
    """Send to the emulator and answer it."""
    clock = Ticking(timedelta(seconds=1))

    async def run() -> FeishuEmulator:
        async with FeishuEmulator(clock) as server:
            channel = FeishuRobotChannel(written(server.webhook, **given), clock.tools())
            await channel.send(said)
            await channel.close()
        return server

    return asyncio.run(run())


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_a_strict_robot_takes_it(kind: str) -> None:
    """Signed with seconds, in the body."""
    server = spoken(format=kind)
    assert server.texts() == [MESSAGE.text]
    assert server.violations == []


def test_markdown_becomes_a_card_with_a_title() -> None:
    """Text messages show no markdown there."""
    server = spoken(MESSAGE, title="本周待办", format="markdown")
    assert server.bodies[0]["card"]["header"]["title"]["content"] == "本周待办"


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), min_size=1
    ).map(lambda blocks: "\n\n".join(blocks) * 200)
)
@settings(max_examples=10)
def test_no_request_is_larger_than_allowed(text: str) -> None:
    """Whatever must be escaped in it."""
    far = Answering(Answer(200, {}, b'{"code": 0}'))
    channel = FeishuRobotChannel(written(), Ticking().tools(), transport=far)
    asyncio.run(channel.send(dataclasses.replace(MESSAGE, text=text)))
    assert max(len(request.body) for request in far.asked) <= 20_000


def test_people_are_called_by_account_only() -> None:
    """A robot there does not know numbers."""
    mentions = ("15400000001", "ou_1", "@all")
    server = spoken(dataclasses.replace(MESSAGE, mentions=mentions))
    (text,) = server.texts()
    assert text.endswith('<at user_id="ou_1"></at><at user_id="all">所有人</at>')
    assert "154" not in text


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "account_wide"),
    [
        (Answer(200, {}, b'{"code": 11232}'), FailureReason.RATE_LIMITED, False, False),
        (
            Answer(400, {}, b'{"code": 9499, "msg": "too many request"}'),
            FailureReason.RATE_LIMITED,
            False,
            False,
        ),
        (Answer(400, {}, b'{"code": 9499}'), FailureReason.CONTENT_REFUSED, True, False),
        (Answer(200, {}, b'{"code": 19001}'), FailureReason.AUTHENTICATION, False, True),
        (Answer(200, {}, b'{"code": 19022}'), FailureReason.AUTHENTICATION, False, True),
        (Answer(200, {}, b'{"code": 19024}'), FailureReason.MISCONFIGURED, False, True),
        (Answer(200, {}, b'{"StatusCode": 19021}'), FailureReason.AUTHENTICATION, False, True),
        (Answer(200, {}, b'{"code": 1}'), FailureReason.TEMPORARY, False, False),
    ],
)
def test_the_code_decides(
    answer: Answer, reason: FailureReason, permanent: bool, account_wide: bool
) -> None:
    """Under either of its names."""
    channel = FeishuRobotChannel(written(), Ticking().tools(), transport=Answering(answer))
    with pytest.raises(Refused) as refusal:
        asyncio.run(channel.send(MESSAGE))
    error = refusal.value
    assert (error.reason, error.permanent, error.account_wide) == (reason, permanent, account_wide)
