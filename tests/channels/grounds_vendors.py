"""Where SMS through vendors are tried out."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from channels.aliyun_sms import AliyunSmsChannel
from channels.protocol import Channel, Message
from channels.tencent_sms import TencentSmsChannel
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import (
    FAULTS,
    MARKER,
    Altered,
    HttpGround,
    situations,
    trial_ground,
)
from tests.channels.vendor_trials import ALIYUN, TENCENT, Vendor
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Act, HttpFault
from tests.emulators.tencent import TencentEmulator

_PATIENCE = timedelta(seconds=1.5)


class Templated(Altered):
    """Fits any message into an approved text, to a number of its own."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self._numbers = count(15400000001)

    def altered(self, message: Message) -> Message:
        variables = (("total", "3"), ("list", message.text[:30].replace("\n", " ")))
        return replace(
            message, address=str(next(self._numbers)), template="director", variables=variables
        )


class VendorGround(HttpGround):
    """A vendor's channel and its far side."""

    server: AliyunEmulator | TencentEmulator

    def texts(self) -> list[str]:
        return [f"{sms.out_id}\n{sms.text}" for sms in self.server.sent]


def _aliyun_says(code: str, status: int = 200) -> HttpFault:
    body = {"Code": code, "Message": MARKER, "RequestId": MARKER}
    return HttpFault(Act.ANSWER, status, json.dumps(body).encode())


_ALIYUN_FAULTS: Mapping[Situation, HttpFault] = FAULTS | {
    Situation.BUSY: _aliyun_says("ServiceUnavailable", 503),
    Situation.ADDRESS: _aliyun_says("isv.MOBILE_NUMBER_ILLEGAL"),
    Situation.CONTENT: _aliyun_says("isv.BLACK_KEY_CONTROL_LIMIT"),
    Situation.ACCOUNT: _aliyun_says("SignatureDoesNotMatch", 400),
}


def _tencent_says(**response: object) -> HttpFault:
    return HttpFault(Act.ANSWER, 200, json.dumps({"Response": response}).encode())


def _tencent_refuses(code: str) -> HttpFault:
    return _tencent_says(Error={"Code": code, "Message": MARKER}, RequestId=MARKER)


_TENCENT_FAULTS: Mapping[Situation, HttpFault] = FAULTS | {
    Situation.BUSY: _tencent_refuses("ResourceUnavailable"),
    Situation.ADDRESS: _tencent_says(
        SendStatusSet=[{"Code": "FailedOperation.PhoneNumberInBlacklist", "Message": MARKER}]
    ),
    Situation.CONTENT: _tencent_says(
        SendStatusSet=[{"Code": "FailedOperation.ContainSensitiveWord", "Message": MARKER}]
    ),
    Situation.ACCOUNT: _tencent_refuses("AuthFailure.SignatureFailure"),
}


def _ground(
    vendor: Vendor[AliyunSmsChannel, AliyunEmulator] | Vendor[TencentSmsChannel, TencentEmulator],
    faults: Mapping[Situation, HttpFault],
) -> Callable[[Path], AbstractAsyncContextManager[Ground]]:
    @asynccontextmanager
    async def ground(folder: Path) -> AsyncIterator[Ground]:
        """Start the emulator."""
        clock = Ticking()
        async with vendor.emulator(clock) as server:
            given = {"receipt_token": f"token-{MARKER}", "timeout": _PATIENCE}
            channel = Templated(vendor.channel(server.url, clock.tools(), **given))
            async with trial_ground(VendorGround(server, channel, faults)) as ground:
                yield ground

    return ground


GROUNDS = {
    "aliyun-sms": _ground(ALIYUN, _ALIYUN_FAULTS),
    "tencent-sms": _ground(TENCENT, _TENCENT_FAULTS),
}
SITUATIONS = {
    "aliyun-sms": situations(_ALIYUN_FAULTS),
    "tencent-sms": situations(_TENCENT_FAULTS),
}
