"""Where SMS through gateways over HTTP are tried out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from channels.http_sms import HttpSmsChannel
from config.channels.http_sms import HttpSmsSettings
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, Marked, situations, trial_ground
from tests.emulators.http import HERE, Act, HttpFault
from tests.emulators.kannel import PASSWORD, USER, KannelEmulator

_NUMBER = "15400000001"
_RECEIVER = f"Missing receiver number, rejected {MARKER}".encode()
_FAULTS: Mapping[Situation, HttpFault] = FAULTS | {
    Situation.ACCOUNT: HttpFault(Act.ANSWER, 403, MARKER.encode()),
    Situation.ADDRESS: HttpFault(Act.ANSWER, 400, _RECEIVER),
    Situation.CONTENT: HttpFault(Act.ANSWER, 400, MARKER.encode()),
}


class GatewayGround(HttpGround):
    """The channel and a stand-in for Kannel."""

    server: KannelEmulator

    def texts(self) -> list[str]:
        return [sms.text for sms in self.server.sent]


@asynccontextmanager
async def kannel_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    async with KannelEmulator() as server:
        settings = HttpSmsSettings.model_validate(
            {
                "type": "http-sms",
                "url": f"{server.url}/cgi-bin/sendsms",
                "allow_private": HERE,
                "username": USER,
                "password": PASSWORD,
                "timeout": timedelta(seconds=1.5),
                "receipt_url": f"http://127.0.0.1:9/receipts/{MARKER}",
                "receipt_token": f"token-{MARKER}",
                "parts": 3,
                "errors": [{"status": 400, "pattern": "receiver", "means": "address"}],
            }
        )
        channel = Marked(HttpSmsChannel(settings, Ticking().tools()), address=_NUMBER)
        async with trial_ground(GatewayGround(server, channel, _FAULTS)) as ground:
            yield ground


GROUNDS = {"http-sms": kannel_ground}
SITUATIONS = {"http-sms": situations(_FAULTS)}
