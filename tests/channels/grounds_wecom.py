"""Where WeCom's robot and application are tried out."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from channels.protocol import Tools
from channels.stores import MemoryStore
from channels.wecom_app import WecomAppChannel
from channels.wecom_robot import WecomRobotChannel
from config.channels.wecom import WecomAppSettings, WecomRobotSettings
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, HttpGround, Marked, situations, trial_ground
from tests.emulators.http import HERE, Act, HttpFault
from tests.emulators.wecom import (
    AGENTID,
    APP,
    CORPID,
    SECRET,
    TOKEN,
    UNLIMITED,
    WecomEmulator,
    body_of,
)

SOON = timedelta(seconds=1.5)
_COMMON = FAULTS | {
    Situation.BUSY: HttpFault(Act.ANSWER, body=body_of(-1)),
    Situation.CONTENT: HttpFault(Act.ANSWER, body=body_of(40008)),
}
ROBOT_FAULTS = _COMMON
APP_FAULTS = {
    situation: HttpFault(fault.act, fault.status, fault.body, path=APP)
    for situation, fault in _COMMON.items()
} | {
    Situation.ADDRESS: HttpFault(Act.ANSWER, body=body_of(81013), path=APP),
    Situation.ACCOUNT: HttpFault(Act.ANSWER, body=body_of(40001), path=TOKEN),
    Situation.SILENT_BEFORE: HttpFault(Act.HANG, path=TOKEN),
}


def memory_tools() -> Tools:
    """Make tools for one process, with the machine's clock."""
    return Tools(MemoryStore(_now), _now)


def _now() -> datetime:
    return datetime.now(UTC)


def robot_settings(server: WecomEmulator, **more: object) -> WecomRobotSettings:
    """Describe the robot of the emulator, with little patience."""
    return WecomRobotSettings.model_validate(
        {
            "type": "wecom-robot",
            "allow_private": HERE,
            "url": SecretStr(server.robot_url),
            "timeout": SOON,
        }
        | more
    )


def app_settings(server: WecomEmulator, **more: object) -> WecomAppSettings:
    """Describe the application of the emulator, with little patience."""
    settings = {
        "type": "wecom-app",
        "corpid": CORPID,
        "secret": SecretStr(SECRET),
        "agentid": AGENTID,
        "api": server.url,
        "allow_private": HERE,
        "timeout": SOON,
    }
    return WecomAppSettings.model_validate(settings | more)


def contents(documents: Iterable[Mapping[str, object]]) -> list[str]:
    """Answer the texts of documents, of whatever type."""
    found = []
    for document in documents:
        content = document[str(document["msgtype"])]
        assert isinstance(content, dict)
        found.append(str(content["content"]))
    return found


class WecomRobotGround(HttpGround):
    """The robot; a repeat is heard twice."""

    def __init__(self, server: WecomEmulator) -> None:
        channel = WecomRobotChannel(robot_settings(server), memory_tools())
        super().__init__(server, Marked(channel), ROBOT_FAULTS)
        self._wecom = server

    def texts(self) -> list[str]:
        return [text for said in self._wecom.groups.values() for text in contents(said)]


class WecomAppGround(HttpGround):
    """The application; a repeat is dropped by the far side."""

    def __init__(self, server: WecomEmulator) -> None:
        channel = WecomAppChannel(app_settings(server), memory_tools())
        super().__init__(server, Marked(channel, address="director01"), APP_FAULTS)
        self._wecom = server

    async def stage(self, situation: Situation) -> None:
        if situation in {Situation.ACCOUNT, Situation.SILENT_BEFORE}:
            self._wecom.end_tokens()
        await super().stage(situation)

    def texts(self) -> list[str]:
        return [text for said in self._wecom.members.values() for text in contents(said)]


@asynccontextmanager
async def robot_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    async with (
        WecomEmulator(limits=UNLIMITED) as server,
        trial_ground(WecomRobotGround(server)) as ground,
    ):
        yield ground


@asynccontextmanager
async def app_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    async with (
        WecomEmulator(limits=UNLIMITED) as server,
        trial_ground(WecomAppGround(server)) as ground,
    ):
        yield ground


GROUNDS = {"wecom-robot": robot_ground, "wecom-app": app_ground}
SITUATIONS = {"wecom-robot": situations(ROBOT_FAULTS), "wecom-app": situations(APP_FAULTS)}
