"""What an admin writes about anything that the library Apprise can reach."""

from typing import Literal

from pydantic import Field, SecretStr

from config.channels.endpoints import AllowedPrivate, Connections
from config.channels.groups import GroupModel
from config.channels.waits import Wait


class AppriseSettings(GroupModel):
    """One Apprise URL."""

    type: Literal["apprise"] = Field(
        description="渠道类型：apprise 借助 Apprise 发到其他平台 / type of channel: whatever Apprise can reach"
    )
    url: SecretStr = Field(
        description="Apprise 地址，如 matrix://…，用 ${变量名} 从环境取 / an Apprise URL, as ${VARIABLE}"
    )
    reader_class: Literal["group", "person"] = Field(
        default="group",
        description="谁会看到：group 一群人（只发汇总数）、person 本人"
        " / who reads it: group (totals only) or person",
    )
    allow_private: AllowedPrivate = ()
    timeout: Wait | None = Field(
        default=None,
        description="一条消息最多等多久，默认 1 分钟 / longest wait for one message; 1 minute",
    )
    connections: Connections = Field(
        default=2, description="同时发几条 / how many messages are sent side by side"
    )
