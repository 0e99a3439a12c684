"""All types of channel that an admin may write: a new one is one line in `ChannelSettings`."""

from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from config.channels.aliyun import AliyunSmsSettings
from config.channels.apprise import AppriseSettings
from config.channels.dry import FileChannel, MemoryChannel
from config.channels.http_sms import HttpSmsSettings
from config.channels.mail import SmtpChannel
from config.channels.robots import DingtalkRobotSettings, FeishuRobotSettings
from config.channels.tencent import TencentSmsSettings
from config.channels.webhook import WebhookSettings
from config.channels.wecom import WecomAppSettings, WecomRobotSettings

ChannelSettings = Annotated[
    SmtpChannel
    | MemoryChannel
    | FileChannel
    | DingtalkRobotSettings
    | FeishuRobotSettings
    | WebhookSettings
    | WecomAppSettings
    | WecomRobotSettings
    | AliyunSmsSettings
    | HttpSmsSettings
    | TencentSmsSettings
    | AppriseSettings,
    Field(discriminator="type"),
]

CHANNEL_TYPES: tuple[str, ...] = tuple(
    get_args(model.model_fields["type"].annotation)[0]
    for model in get_args(get_args(ChannelSettings)[0])
)


def _known_type(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind in CHANNEL_TYPES:
        return value
    found = {"found": kind, "allowed": list(CHANNEL_TYPES), "key": "type"}
    raise PydanticCustomError("unknown_word", "type {found}", found)


WrittenChannel = Annotated[ChannelSettings, BeforeValidator(_known_type)]
"""`ChannelSettings` as read: a wrong `type` is one message."""
