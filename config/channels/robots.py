"""What an admin writes about robots of DingTalk and Feishu groups."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.endpoints import Connections, SecretSecureAddress
from config.channels.groups import GroupModel
from config.channels.http import HttpModel


class RobotModel(HttpModel, GroupModel):
    """What both have in common."""

    url: SecretSecureAddress = Field(
        description="机器人的 Webhook 地址，用 ${变量名} 从环境取 / the robot's address, as ${VARIABLE}"
    )
    secret: SecretStr | None = Field(
        default=None,
        description="“加签”的密钥，用 ${变量名} 从环境取 / key of its signature, as ${VARIABLE}",
    )
    format: Literal["text", "markdown"] = Field(
        default="text",
        description="消息类型：text 文本、markdown / kind of message: text or markdown",
    )
    title: str = Field(
        default="待办提醒",
        min_length=1,
        max_length=40,
        description="markdown 消息的标题 / title of a markdown message",
    )
    connections: Connections = 2


class DingtalkRobotSettings(RobotModel):
    """A robot in a DingTalk group."""

    USUAL_RATES: ClassVar[tuple[str, ...]] = ("20 per minute",)

    type: Literal["dingtalk-robot"] = Field(
        description="渠道类型：dingtalk-robot 钉钉群机器人 / type of channel: a robot in a DingTalk group"
    )


class FeishuRobotSettings(RobotModel):
    """A robot in a Feishu group."""

    USUAL_RATES: ClassVar[tuple[str, ...]] = ("100 per minute", "5 per second")

    type: Literal["feishu-robot"] = Field(
        description="渠道类型：feishu-robot 飞书群机器人 / type of channel: a robot in a Feishu group"
    )
