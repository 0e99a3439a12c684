"""How SMS through vendors are tried out: one message, and for each vendor an account and its far side."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Generic, TypeVar

from channels.aliyun_sms import AliyunSmsChannel
from channels.protocol import Channel, ChannelError, Message, Receipt, Tools
from channels.tencent_sms import TencentSmsChannel
from config.channels.aliyun import AliyunSmsSettings
from config.channels.tencent import TencentSmsSettings
from tests.channels.clocks import NOW, Ticking
from tests.emulators import aliyun, tencent
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import HERE
from tests.emulators.tencent import TencentEmulator

AnyVendor = AliyunSmsChannel | TencentSmsChannel
T = TypeVar("T")
C = TypeVar("C", bound=AnyVendor)
E = TypeVar("E", AliyunEmulator, TencentEmulator)
NOWHERE = "http://127.0.0.1:9"
MESSAGE = Message(
    "n-1",
    "15400000001",
    "",
    "您有3户本周需联系走访：03、05联系。",
    NOW,
    template="director",
    variables=(("total", "3"), ("list", "03、05联系，08走访")),
)


@dataclass(frozen=True)
class Vendor(Generic[C, E]):
    """A vendor's channel, made with `(url, tools, **given)`, and its stand-in; what must not show."""

    channel: Callable[..., C]
    emulator: Callable[..., E]
    secrets: tuple[str, ...]

    def tried(
        self,
        trial: Callable[[C, E], Awaitable[T]],
        *,
        clock: Ticking | None = None,
        far: Mapping[str, bool] = MappingProxyType({}),
        given: Mapping[str, object] = MappingProxyType({}),
    ) -> T:
        """Run a trial with a channel and its far side; `far` is for that, `given` for the channel."""
        at = clock or Ticking()

        async def run() -> T:
            async with self.emulator(at, **far) as server:
                channel = self.channel(server.url, at.tools(), **given)
                try:
                    return await trial(channel, server)
                finally:
                    await channel.close()

        return asyncio.run(run())

    def sent(
        self,
        message: Message = MESSAGE,
        *,
        clock: Ticking | None = None,
        given: Mapping[str, object] = MappingProxyType({}),
    ) -> Receipt | ChannelError:
        """Send one to the far side, and answer what came of it."""

        async def trial(channel: C, server: E) -> Receipt | ChannelError:
            outcome = await outcome_of(channel, message)
            assert server.violations == []
            return outcome

        return self.tried(trial, clock=clock, given=given)


async def outcome_of(channel: Channel, message: Message) -> Receipt | ChannelError:
    """Send, and answer what came of it."""
    try:
        return await channel.send(message)
    except ChannelError as error:
        return error


def aliyun_settings(url: str = NOWHERE, **given: object) -> AliyunSmsSettings:
    """Make settings of the emulator's account."""
    return AliyunSmsSettings.model_validate(
        {
            "type": "aliyun-sms",
            "access_key_id": aliyun.KEY_ID,
            "access_key_secret": aliyun.KEY_SECRET,
            "signature": aliyun.SIGNATURE,
            "receipt_token": aliyun.TOKEN,
            **_common(url, "SMS_"),
            **given,
        }
    )


def tencent_settings(url: str = NOWHERE, **given: object) -> TencentSmsSettings:
    """Make settings of the emulator's application."""
    return TencentSmsSettings.model_validate(
        {
            "type": "tencent-sms",
            "secret_id": tencent.SECRET_ID,
            "secret_key": tencent.SECRET_KEY,
            "sdk_app_id": tencent.APP_ID,
            "signature": tencent.SIGNATURE,
            "receipt_token": tencent.TOKEN,
            **_common(url, ""),
            **given,
        }
    )


def _common(url: str, prefix: str) -> dict[str, object]:
    """What is written of both; the vendor has not approved what `summary` says."""
    texts = {
        "director": ("100", "您有${total}户本周需联系走访：${list}。", "approved"),
        "default": ("101", "您有待办提醒，请登录系统查看。", "approved"),
        "operator": ("102", "尚未通过的模板。", "pending"),
        "summary": ("102", "尚未通过的模板。", "approved"),
    }
    templates = {
        key: {"code": prefix + code, "text": text, "status": status}
        for key, (code, text, status) in texts.items()
    }
    return {
        "endpoint": url,
        "allow_private": HERE,
        "templates": templates,
        "timeout": timedelta(seconds=10),
    }


def _aliyun(url: str, tools: Tools, **given: object) -> AliyunSmsChannel:
    return AliyunSmsChannel(aliyun_settings(url, **given), tools)


def _tencent(url: str, tools: Tools, **given: object) -> TencentSmsChannel:
    return TencentSmsChannel(tencent_settings(url, **given), tools)


ALIYUN = Vendor(_aliyun, AliyunEmulator, (aliyun.KEY_ID, aliyun.KEY_SECRET, aliyun.TOKEN))
TENCENT = Vendor(_tencent, TencentEmulator, (tencent.SECRET_ID, tencent.SECRET_KEY, tencent.TOKEN))
