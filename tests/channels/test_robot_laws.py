"""Robots that fail in every documented way: what is called sent is there, what is refused is not."""

import asyncio
import dataclasses
from collections import Counter
from datetime import timedelta

import pytest

from channels.dingtalk_robot import DingtalkRobotChannel
from channels.feishu_robot import FeishuRobotChannel
from channels.protocol import Message, Refused, Unknown
from tests.channels import test_dingtalk_robot, test_feishu_robot
from tests.channels.clocks import Ticking
from tests.emulators import dingtalk, feishu
from tests.emulators.dingtalk import DingtalkEmulator
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.http import LOSSES, spread

COUNT = 200
Robot = DingtalkRobotChannel | FeishuRobotChannel


async def ends_of(channel: Robot) -> dict[str, str]:
    """Send many once; answer what was said of each."""
    ends = {}
    for number in range(COUNT):
        text = f"n-{number} 青山镇：本周有 3 项待办"
        message = dataclasses.replace(test_dingtalk_robot.MESSAGE, out_id=f"n-{number}", text=text)
        ends[message.out_id] = await end_of(channel, message)
    await channel.close()
    return ends


async def end_of(channel: Robot, message: Message) -> str:
    """Send one; answer what was said of it."""
    try:
        await channel.send(message)
    except Refused:
        return "refused"
    except Unknown:
        return "unknown"
    return "sent"


def agree(ends: dict[str, str], texts: list[str]) -> None:
    """Hold what was said against what is there."""
    copies = Counter(text.split()[0] for text in texts)
    wanted = {"sent": {1}, "refused": {0}, "unknown": {0, 1}}
    assert set(ends.values()) == wanted.keys()
    for out_id, end in ends.items():
        assert copies[out_id] in wanted[end], (out_id, end)


@pytest.mark.parametrize("seed", [1, 2])
def test_dingtalk_says_what_is_so(seed: int) -> None:
    """Within its rate, whatever else goes wrong."""
    clock = Ticking(timedelta(seconds=4))

    async def run() -> dict[str, str]:
        async with DingtalkEmulator(clock, seed=seed) as server:
            server.fail(*spread([*dingtalk.REFUSALS.values(), *LOSSES], 0.3))
            settings = test_dingtalk_robot.settings(server.webhook)
            ends = await ends_of(DingtalkRobotChannel(settings, clock.tools()))
            agree(ends, server.texts())
            assert server.violations == []
            return ends

    assert Counter(asyncio.run(run()).values())["sent"] > COUNT / 2


@pytest.mark.parametrize("seed", [1, 2])
def test_feishu_says_what_is_so(seed: int) -> None:
    """The same."""
    clock = Ticking(timedelta(seconds=1))

    async def run() -> dict[str, str]:
        async with FeishuEmulator(clock, seed=seed) as server:
            server.fail(*spread([*feishu.REFUSALS.values(), *LOSSES], 0.3))
            settings = test_feishu_robot.written(server.webhook)
            ends = await ends_of(FeishuRobotChannel(settings, clock.tools()))
            agree(ends, server.texts())
            assert server.violations == []
            return ends

    assert Counter(asyncio.run(run()).values())["sent"] > COUNT / 2
