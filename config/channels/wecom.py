"""What an admin writes about WeCom: a robot in a group, and messages of an application."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr, model_validator

from config.channels.endpoints import (
    Connections,
    PageAddress,
    SecretSecureAddress,
    SecureAddress,
)
from config.channels.groups import GroupModel
from config.channels.http import HttpModel
from config.channels.waits import Wait, WaitOrOff
from config.language import catalogue
from config.rates import Rate
from config.values import Number

_ = catalogue("config")

API = "https://qyapi.weixin.qq.com"
_A_DAY_FOR_EACH_ACCOUNT = 200
"""Messages of one application, as WeCom documents it."""

_Bytes = Annotated[Number, Field(ge=64, le=20_480)]


class WecomRobotSettings(HttpModel, GroupModel):
    """A robot in a WeCom group."""

    USUAL_RATES: ClassVar[tuple[str, ...]] = ("20 per minute",)

    type: Literal["wecom-robot"] = Field(
        description="渠道类型：wecom-robot 企业微信群机器人 / type of channel: robot of a WeCom group"
    )
    url: SecretSecureAddress | None = Field(
        default=None,
        description="机器人的 Webhook 地址，用 ${变量名} 从环境取 / the robot's webhook, as ${VARIABLE}",
    )
    key: SecretStr | None = Field(
        default=None,
        description="只写地址里 key= 后面的部分，与 url 二选一 / only what follows key= in it, instead of url",
    )
    format: Literal["text", "markdown", "markdown_v2", "template_card"] = Field(
        default="text",
        description="消息格式；markdown_v2 和卡片不能点名 / form of messages; markdown_v2 and cards call nobody",
    )
    link: PageAddress | None = Field(
        default=None, description="卡片点开的网址 / page that a card opens"
    )
    text_bytes: _Bytes = Field(
        default=2048, description="一条文本最多多少字节 / longest text, in bytes"
    )
    markdown_bytes: _Bytes = Field(
        default=4096, description="一条 markdown 最多多少字节 / longest markdown, in bytes"
    )
    api: SecureAddress = Field(
        default=API, description="企业微信接口地址，配合 key / where WeCom's interface is, for key"
    )
    connections: Connections = 2

    @model_validator(mode="after")
    def _complete(self) -> "WecomRobotSettings":
        if (self.url is None) == (self.key is None):
            raise ValueError(_("write exactly one of these keys: %(keys)s") % {"keys": "url, key"})
        if self.format == "template_card" and self.link is None:
            raise ValueError(_("a card needs a link: the page it opens"))
        return self


class WecomAppSettings(HttpModel):
    """Messages of a WeCom application to single members."""

    WORDS: ClassVar[tuple[str, ...]] = ("企业微信", "企微", "微信", "wecom")
    USUAL_RATES_PER_PERSON: ClassVar[tuple[str, ...]] = ("30 per minute", "1000 per hour")

    type: Literal["wecom-app"] = Field(
        description="渠道类型：wecom-app 企业微信应用消息 / type of channel: WeCom application"
    )
    corpid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        description="企业 ID / id of the corporation"
    )
    secret: SecretStr = Field(
        description="应用的 Secret，用 ${变量名} 从环境取 / the application's secret, as ${VARIABLE}"
    )
    agentid: Number = Field(description="应用的 AgentId / id of the application")
    format: Literal["text", "markdown", "textcard"] = Field(
        default="text",
        description="消息格式；markdown 只在企业微信里显示 / form of messages; only WeCom itself shows markdown",
    )
    link: PageAddress | None = Field(
        default=None,
        description="文本卡片点开的网址；个人微信里也能打开 / page that a text card opens, in WeChat too",
    )
    text_bytes: _Bytes = Field(
        default=2048, description="一条文本最多多少字节 / longest text, in bytes"
    )
    markdown_bytes: _Bytes = Field(
        default=2048, description="一条 markdown 最多多少字节 / longest markdown, in bytes"
    )
    duplicates_within: Wait = Field(
        default=timedelta(seconds=1800),
        description="多久以内企业微信不重复发同一内容，默认 30 分钟"
        " / how long WeCom drops the same message when it comes again; 30 minutes",
    )
    accounts: Annotated[Number, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        description="企业的账号上限数；写了就守住企业微信每个应用每天 200×账号数 的总量"
        " / accounts of the corporation: WeCom allows an application 200 messages a day for each",
    )
    stagger: WaitOrOff = Field(
        default=timedelta(minutes=2),
        description="整点、半点要发的普通提醒，按人错开最多多久，默认 2 分钟；off 为不错开"
        " / how far routine messages of a full or half hour are spread, by person; 2 minutes; off: not",
    )
    api: SecureAddress = Field(
        default=API, description="企业微信接口地址 / where WeCom's interface is"
    )

    def limits(self) -> tuple[Rate, ...]:
        """Answer what holds for the whole channel, with the application's total of a day."""
        usual = super().limits()
        if self.accounts is None:
            return usual
        return (*usual, Rate(_A_DAY_FOR_EACH_ACCOUNT * self.accounts, "day"))

    def spreads_over(self) -> timedelta | None:
        """Answer over how long routine messages of a full or half hour are spread."""
        return self.stagger

    @model_validator(mode="after")
    def _complete(self) -> "WecomAppSettings":
        if self.format == "textcard" and self.link is None:
            raise ValueError(_("a card needs a link: the page it opens"))
        return self
