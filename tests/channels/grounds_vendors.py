"""Where SMS through vendors are tried out."""

import dataclasses
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from channels.aliyun_sms import AliyunSmsChannel
from channels.protocol import Channel, Message, ReaderClass, Receipt
from config.channels.aliyun import AliyunSmsSettings
from tests.channels.clocks import Ticking
from tests.channels.grounds import Ground, Situation
from tests.channels.grounds_http import FAULTS, MARKER, HttpGround, situations
from tests.emulators import aliyun
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Act, HttpFault

_PATIENCE = timedelta(seconds=0.25)


def number_for(out_id: str) -> str:
    """Answer a number of nobody's, another for each message."""
    return f"154{zlib.crc32(out_id.encode()) % 10**8:08d}"


class Templated:
    """A channel of approved texts, which fits any message into one of them."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

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
        """Send its first words as a variable, to a number of its own."""
        variables = (("total", "3"), ("list", message.text[:30].replace("\n", " ")))
        return await self._channel.send(
            dataclasses.replace(
                message,
                address=number_for(message.out_id),
                template="director",
                variables=variables,
            )
        )

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


class VendorGround(HttpGround):
    """A vendor's channel and its far side."""

    server: AliyunEmulator

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
                "templates": {
                    "director": {
                        "code": "SMS_100",
                        "text": "您有${total}户本周需联系走访：${list}。",
                        "status": "approved",
                    }
                },
            }
        )
        channel = Templated(AliyunSmsChannel(settings, clock.tools()))
        yield VendorGround(server, channel, _ALIYUN_FAULTS)
        await channel.close()
        assert server.violations == []


GROUNDS = {"aliyun-sms": aliyun_ground}
SITUATIONS = {"aliyun-sms": situations(_ALIYUN_FAULTS)}
