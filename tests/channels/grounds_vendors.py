"""Where SMS through vendors are tried out."""

import dataclasses
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

from channels.aliyun_sms import AliyunSmsChannel
from channels.protocol import Channel, Message, ReaderClass, Receipt
from channels.tencent_sms import TencentSmsChannel
from config.channels.aliyun import AliyunSmsSettings
from config.channels.tencent import TencentSmsSettings
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, situations
from tests.emulators import aliyun, tencent
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Act, HttpFault
from tests.emulators.tencent import TencentEmulator

_PATIENCE = timedelta(seconds=1.5)


class Templated:
    """A channel of approved texts, which fits any message into one, to a number of its own."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers = count(15400000001)

    def __repr__(self) -> str:
        return repr(self._channel)

    @property
    def kind(self) -> str:
        """Answer the channel's own."""
        return self._channel.kind

    @property
    def reader_class(self) -> ReaderClass:
        """Answer the channel's own."""
        return self._channel.reader_class

    async def send(self, message: Message) -> Receipt:
        """Send its first words as a variable."""
        variables = (("total", "3"), ("list", message.text[:30].replace("\n", " ")))
        return await self._channel.send(
            dataclasses.replace(
                message,
                address=str(next(self._numbers)),
                template="director",
                variables=variables,
            )
        )

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


class VendorGround(HttpGround):
    """A vendor's channel and its far side."""

    server: AliyunEmulator | TencentEmulator

    def texts(self) -> list[str]:
        return [f"{sms.out_id}\n{sms.text}" for sms in self.server.sent]


def _templates(code: str) -> dict[str, object]:
    text = "您有${total}户本周需联系走访：${list}。"
    return {"director": {"code": code, "text": text, "status": "approved"}}


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


@asynccontextmanager
async def aliyun_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    clock = Ticking()
    async with AliyunEmulator(clock) as server:
        settings = AliyunSmsSettings.model_validate(
            {
                "type": "aliyun-sms",
                "access_key_id": aliyun.KEY_ID,
                "access_key_secret": aliyun.KEY_SECRET,
                "signature": aliyun.SIGNATURE,
                "endpoint": server.url,
                "receipt_token": MARKER,
                "timeout": _PATIENCE,
                "templates": _templates("SMS_100"),
            }
        )
        channel = Templated(AliyunSmsChannel(settings, clock.tools()))
        yield VendorGround(server, channel, _ALIYUN_FAULTS)
        await channel.close()
        assert server.violations == []


@asynccontextmanager
async def tencent_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start the emulator."""
    clock = Ticking()
    async with TencentEmulator(clock) as server:
        settings = TencentSmsSettings.model_validate(
            {
                "type": "tencent-sms",
                "secret_id": tencent.SECRET_ID,
                "secret_key": tencent.SECRET_KEY,
                "sdk_app_id": tencent.APP_ID,
                "signature": tencent.SIGNATURE,
                "endpoint": server.url,
                "receipt_token": MARKER,
                "timeout": _PATIENCE,
                "templates": _templates("100"),
            }
        )
        channel = Templated(TencentSmsChannel(settings, clock.tools()))
        yield VendorGround(server, channel, _TENCENT_FAULTS)
        await channel.close()
        assert server.violations == []


GROUNDS = {"aliyun-sms": aliyun_ground, "tencent-sms": tencent_ground}
SITUATIONS = {
    "aliyun-sms": situations(_ALIYUN_FAULTS),
    "tencent-sms": situations(_TENCENT_FAULTS),
}
