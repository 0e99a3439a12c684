"""Where robots and webhooks are tried out."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from channels.dingtalk_robot import DingtalkRobotChannel
from channels.feishu_robot import FeishuRobotChannel
from channels.webhook import WebhookChannel
from config.channels.robots import DingtalkRobotSettings, FeishuRobotSettings
from config.channels.webhook import WebhookSettings
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, Marked, situations
from tests.emulators import dingtalk, feishu
from tests.emulators.dingtalk import DingtalkEmulator
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.http import Act, HttpFault
from tests.emulators.webhook import WebhookEmulator

_PATIENCE = timedelta(seconds=1.5)
_WEBHOOK_SECRET = f"whsec-{MARKER}"


def _says(**body: object) -> HttpFault:
    return HttpFault(Act.ANSWER, 200, json.dumps(body).encode())


_DINGTALK_FAULTS = FAULTS | {
    Situation.BUSY: _says(errcode=-1, errmsg=MARKER),
    Situation.CONTENT: _says(errcode=430102, errmsg=MARKER),
    Situation.ACCOUNT: _says(errcode=310000, errmsg=MARKER),
}
_FEISHU_FAULTS = FAULTS | {
    Situation.CONTENT: HttpFault(Act.ANSWER, 400, b'{"code": 9499, "msg": "Bad Request"}'),
    Situation.ACCOUNT: _says(code=19021, msg=MARKER),
}
_WEBHOOK_FAULTS: dict[Situation, HttpFault] = {
    situation: fault for situation, fault in FAULTS.items() if situation != Situation.UNREADABLE
}


class RobotGround(HttpGround):
    """A robot and its group."""

    server: DingtalkEmulator | FeishuEmulator

    def texts(self) -> list[str]:
        return self.server.texts()


class WebhookGround(HttpGround):
    """A webhook and a receiver that knows repeats by their id."""

    server: WebhookEmulator

    def texts(self) -> list[str]:
        return [str(document["text"]) for document in self.server.documents]

    def copies(self) -> Counter[str]:
        return Counter(str(document["id"]) for document in self.server.documents)


@asynccontextmanager
async def dingtalk_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator; its clock lets four seconds pass between any two looks at it."""
    clock = Ticking(timedelta(seconds=4))
    async with DingtalkEmulator(clock) as server:
        settings = DingtalkRobotSettings.model_validate(
            {
                "type": "dingtalk-robot",
                "url": server.webhook,
                "secret": dingtalk.SECRET,
                "timeout": _PATIENCE,
            }
        )
        channel = Marked(DingtalkRobotChannel(settings, clock.tools()))
        yield RobotGround(server, channel, _DINGTALK_FAULTS)
        await channel.close()
        assert server.violations == []


@asynccontextmanager
async def feishu_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator, with the same clock."""
    clock = Ticking(timedelta(seconds=4))
    async with FeishuEmulator(clock) as server:
        settings = FeishuRobotSettings.model_validate(
            {
                "type": "feishu-robot",
                "url": server.webhook,
                "secret": feishu.SECRET,
                "timeout": _PATIENCE,
            }
        )
        channel = Marked(FeishuRobotChannel(settings, clock.tools()))
        yield RobotGround(server, channel, _FEISHU_FAULTS)
        await channel.close()
        assert server.violations == []


@asynccontextmanager
async def webhook_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    clock = Ticking()
    async with WebhookEmulator(_WEBHOOK_SECRET, clock) as server:
        settings = WebhookSettings.model_validate(
            {
                "type": "webhook",
                "url": f"{server.url}/{MARKER}",
                "secret": _WEBHOOK_SECRET,
                "headers": {"X-Key": MARKER},
                "timeout": _PATIENCE,
                "address": "email",
            }
        )
        channel = WebhookChannel(settings, clock.tools())
        yield WebhookGround(server, channel, _WEBHOOK_FAULTS)
        await channel.close()
        assert server.violations == []


GROUNDS = {
    "dingtalk-robot": dingtalk_ground,
    "feishu-robot": feishu_ground,
    "webhook": webhook_ground,
}
SITUATIONS = {
    "dingtalk-robot": situations(_DINGTALK_FAULTS),
    "feishu-robot": situations(_FEISHU_FAULTS),
    "webhook": situations(_WEBHOOK_FAULTS),
}
