"""A far side that repeats everything it was sent: nothing of it reaches an error or a log."""

import asyncio
import json
import logging
import traceback
from collections.abc import Callable, Mapping

import pytest
from pydantic import TypeAdapter

from channels.protocol import Channel, ChannelError, Message
from channels.registry import make
from config.channels.types import ChannelSettings
from tests.channels.clocks import NOW, Ticking
from tests.emulators.http import HERE, Asked, HttpEmulator, Said

_SETTINGS: TypeAdapter[ChannelSettings] = TypeAdapter(ChannelSettings)
KEY, NUMBER, TEXT = "markerkey-of-far-sides", "15487654321", "markertext"
_APPROVED = {
    "signature": "演示县民政局",
    "receipt_token": KEY,
    "templates": {"director": {"code": "100", "text": "请看：${list}。", "status": "approved"}},
}
CHANNELS: Mapping[str, Callable[[str], dict[str, object]]] = {
    "dingtalk-robot": lambda url: {"url": f"{url}/robot?access_token={KEY}", "secret": KEY},
    "feishu-robot": lambda url: {"url": f"{url}/hook/{KEY}", "secret": KEY},
    "webhook": lambda url: {
        "url": f"{url}/{KEY}",
        "secret": KEY,
        "headers": {"X-Key": KEY},
        "address": "phone",
    },
    "aliyun-sms": lambda url: {
        "endpoint": url,
        "access_key_id": KEY,
        "access_key_secret": KEY,
        **_APPROVED,
    },
    "tencent-sms": lambda url: {
        "endpoint": url,
        "secret_id": KEY,
        "secret_key": KEY,
        "sdk_app_id": "1400000000",
        **_APPROVED,
    },
}
MESSAGE = Message(
    "n-1",
    NUMBER,
    TEXT,
    TEXT,
    NOW,
    template="director",
    variables=(("list", TEXT),),
    mentions=(NUMBER,),
)


class Echo(HttpEmulator):
    """Answers `status` with every word it heard, under every name that channels look at."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self._status = status

    def answer(self, asked: Asked) -> Said:
        """Repeat it all."""
        heard = f"{asked.path} {asked.query} {asked.headers} {asked.body.decode()}"
        names = ("errcode", "errmsg", "code", "msg", "Code", "Message", "BizId")
        said: dict[str, object] = dict.fromkeys(names, heard)
        said["Response"] = {"Error": {"Code": heard, "Message": heard}, "RequestId": heard}
        headers = {"Retry-After": KEY, "Location": "/" + KEY}
        return Said(json.dumps(said).encode(), self._status, headers)


async def _tried(channel: Channel) -> list[str]:
    """Send; answer all that somebody might print."""
    try:
        receipt = await channel.send(MESSAGE)
    except ChannelError as error:
        return [repr(error), str(error), error.detail, *traceback.format_exception(error)]
    finally:
        await channel.close()
    return [repr(receipt)]


@pytest.mark.parametrize("kind", CHANNELS)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 429, 500, 503])
def test_nothing_comes_back(kind: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Neither key nor number nor text, whatever the status, with every log wide open."""
    caplog.set_level(logging.DEBUG)

    async def run() -> list[str]:
        async with Echo(status) as server:
            written = _SETTINGS.validate_python(
                {"type": kind, "allow_private": HERE, **CHANNELS[kind](server.url)}
            )
            channel = make(written, Ticking().tools(), {})
            return [repr(channel), repr(written), *await _tried(channel)]

    shown = [*asyncio.run(run(), debug=True), caplog.text]
    for secret in (KEY, NUMBER, TEXT):
        assert not [line for line in shown if secret in line]
