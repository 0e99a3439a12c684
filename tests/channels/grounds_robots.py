"""Where robots and webhooks are tried out."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from channels.dingtalk_robot import DingtalkRobotChannel
from channels.feishu_robot import FeishuRobotChannel
from channels.protocol import Channel, Tools
from channels.webhook import WebhookChannel
from config.channels.robots import DingtalkRobotSettings, FeishuRobotSettings
from config.channels.webhook import WebhookSettings
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, Marked, situations, trial_ground
from tests.emulators import dingtalk, feishu
from tests.emulators.dingtalk import DingtalkEmulator
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.http import HERE, Act, HttpFault
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


def _robot_ground(
    make: Callable[[str, Tools], Channel],
    emulator: Callable[..., DingtalkEmulator | FeishuEmulator],
    faults: Mapping[Situation, HttpFault],
) -> Callable[[Path], AbstractAsyncContextManager[Ground]]:
    @asynccontextmanager
    async def ground(folder: Path) -> AsyncIterator[Ground]:
        """Start the emulator; its clock lets four seconds pass between any two looks at it."""
        clock = Ticking(timedelta(seconds=4))
        async with emulator(clock) as server:
            channel = Marked(make(server.webhook, clock.tools()))
            async with trial_ground(RobotGround(server, channel, faults)) as ground:
                yield ground

    return ground


def _dingtalk(url: str, tools: Tools) -> Channel:
    given = {
        "type": "dingtalk-robot",
        "url": url,
        "secret": dingtalk.SECRET,
        "timeout": _PATIENCE,
        "allow_private": HERE,
    }
    return DingtalkRobotChannel(DingtalkRobotSettings.model_validate(given), tools)


def _feishu(url: str, tools: Tools) -> Channel:
    given = {
        "type": "feishu-robot",
        "url": url,
        "secret": feishu.SECRET,
        "timeout": _PATIENCE,
        "allow_private": HERE,
    }
    return FeishuRobotChannel(FeishuRobotSettings.model_validate(given), tools)


@asynccontextmanager
async def webhook_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    clock = Ticking()
    async with WebhookEmulator(_WEBHOOK_SECRET, clock) as server:
        settings = WebhookSettings.model_validate(
            {
                "type": "webhook",
                "url": f"{server.url}/{MARKER}",
                "allow_private": HERE,
                "secret": _WEBHOOK_SECRET,
                "headers": {"X-Key": MARKER},
                "timeout": _PATIENCE,
                "address": "email",
            }
        )
        channel = WebhookChannel(settings, clock.tools())
        async with trial_ground(WebhookGround(server, channel, _WEBHOOK_FAULTS)) as ground:
            yield ground


GROUNDS = {
    "dingtalk-robot": _robot_ground(_dingtalk, DingtalkEmulator, _DINGTALK_FAULTS),
    "feishu-robot": _robot_ground(_feishu, FeishuEmulator, _FEISHU_FAULTS),
    "webhook": webhook_ground,
}
SITUATIONS = {
    "dingtalk-robot": situations(_DINGTALK_FAULTS),
    "feishu-robot": situations(_FEISHU_FAULTS),
    "webhook": situations(_WEBHOOK_FAULTS),
}
