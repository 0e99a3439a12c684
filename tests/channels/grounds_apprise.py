"""Where Apprise is tried out: its JSON notification, to a listener of ours."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from channels.apprise import AppriseChannel
from config.channels.apprise import AppriseSettings
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, Marked, trial_ground
from tests.emulators.http import HERE, Asked, HttpEmulator, Said

_SETTLED = (Situation.LOST_ANSWER, Situation.LATE_ANSWER)
_FAULTS = {situation: FAULTS[situation] for situation in _SETTLED}


class JsonEmulator(HttpEmulator):
    """Keeps the texts that Apprise's `json://` posts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def answer(self, asked: Asked) -> Said:
        """Take one."""
        self.texts.append(str(json.loads(asked.body)["message"]))
        return Said(b"{}")


class AppriseGround(HttpGround):
    """The channel and the listener."""

    server: JsonEmulator

    def texts(self) -> list[str]:
        return self.server.texts


def settings(server: HttpEmulator, **given: object) -> AppriseSettings:
    """Make settings for a listener; Apprise itself waits no longer than a quarter of a second."""
    url = f"json://user:{MARKER}@127.0.0.1:{server.port}/{MARKER}?rto=0.25&cto=0.25"
    return AppriseSettings.model_validate(
        {
            "type": "apprise",
            "url": url,
            "allow_private": HERE,
            "timeout": timedelta(seconds=1.5),
            **given,
        }
    )


@asynccontextmanager
async def apprise_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the listener."""
    async with JsonEmulator() as server:
        channel = Marked(AppriseChannel(settings(server, timeout=timedelta(seconds=10))))
        async with trial_ground(AppriseGround(server, channel, _FAULTS)) as ground:
            yield ground


GROUNDS = {"apprise": apprise_ground}
SITUATIONS = {"apprise": frozenset(_SETTLED)}
