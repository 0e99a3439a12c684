"""When notices go out, on which channels, and how many."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from config.days import WrittenWeekday
from config.language import catalogue
from config.values import Flag, Model, Number, Span, Words

_ = catalogue("config")

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_AT_MOST = re.compile(
    r"(?P<count>\d{1,3})\s*(?:per|/|a)\s*(?P<per>day|week|month)|每(?P<every>天|日|周|星期|月)\s*(?P<times>\d{1,3})\s*次"
)
_WAIT = re.compile(r"(\d{1,4}) *(seconds?|s|秒钟?|minutes?|min|分钟?)")
_WAIT_SECONDS = {"s": 1, "秒": 1, "m": 60, "分": 60}
_LONGEST_WAIT = 3600
_PER = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month"}

Period = Literal["day", "week", "month"]
RELAY = "relay"
"""The route that is no channel: through the next rung's digest."""

LATER_CHANNELS = ("http-sms", "sms", "wecom", "wechat", "dingtalk", "feishu", "webhook", "apprise")
"""Types and usual names of channels that come with a later version."""


def _clock_time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _CLOCK.fullmatch(value.strip().replace("：", ":"))
    if match is None:
        raise ValueError(
            _("“%(text)s” is not a time of day; write it as 09:10") % {"text": value[:40]}
        )
    return f"{int(match[1]):02d}:{match[2]}"


ClockTime = Annotated[
    str, BeforeValidator(_clock_time), Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
]


@dataclass(frozen=True, slots=True)
class AtMost:
    """A cap on one person's notices: `count` in each calendar `per` of the site's zone."""

    count: int
    per: Period

    @classmethod
    def parse(cls, text: str) -> "AtMost":
        """Read `2 per week` or `每周2次`.

        Raises:
            ValueError: the text has another form, or allows none at all.
        """
        match = _AT_MOST.fullmatch(text.strip())
        count = int(match["count"] or match["times"]) if match else 0
        if match is None or count < 1:
            raise ValueError(
                _("“%(text)s” is no limit; write for example 2 per week or 每周2次")
                % {"text": text[:40]}
            )
        per: Any = match["per"] or _PER[match["every"]]
        return cls(count, per)

    def __str__(self) -> str:
        return f"{self.count} per {self.per}"


def _wait(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _WAIT.fullmatch(value.strip())
    seconds = int(match[1]) * _WAIT_SECONDS[match[2][0]] if match else 0
    if not 0 < seconds <= _LONGEST_WAIT:
        raise ValueError(
            _("“%(text)s” is no waiting time; write for example 30 seconds or 2分钟")
            % {"text": value[:40]}
        )
    return timedelta(seconds=seconds)


Wait = Annotated[
    InstanceOf[timedelta],
    BeforeValidator(_wait),
    WithJsonSchema({"type": "string", "pattern": rf"^{_WAIT.pattern}$"}),
]
"""How long to wait for the far side: seconds or minutes, at most an hour."""


def _at_most(value: Any) -> Any:
    return AtMost.parse(value) if isinstance(value, str) else value


WrittenAtMost = Annotated[
    InstanceOf[AtMost],
    BeforeValidator(_at_most),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{1,3} *(per|/|a) *(day|week|month)|每(天|日|周|星期|月) *\d{1,3} *次)$",
        }
    ),
]


class Digest(Model):
    """The slots of one role: weekdays and a time of day in the site's zone."""

    days: Annotated[tuple[WrittenWeekday, ...], Field(min_length=1)] = Field(
        description="每周哪几天发送 / weekdays of the slot"
    )
    at: ClockTime = Field(description="几点发送，如 09:10 / time of day of the slot")
    looks_ahead: Literal["until-next-slot", "none"] = Field(
        default="until-next-slot",
        description="是否提前列出下次发送前到期的事项 / whether what falls due before the next slot is listed",
    )
    between: tuple[Literal["overdue"], ...] = Field(
        default=(),
        description="两次发送之间还发哪些：overdue 刚逾期的 / what also goes out between slots",
    )


DEFAULT_DIGEST = Digest(days=("monday",), at="09:00")
"""The slot of a role that has none of its own."""


class Delivery(Model):
    """Slots, quiet hours, caps and routes; `relay` as a route means: through the next rung."""

    quiet_hours: tuple[ClockTime, ClockTime] = Field(
        default=("21:00", "08:00"),
        description="免打扰时段，起止时间 / no messages from the first time to the second",
    )
    digest: dict[str, Digest] = Field(
        default_factory=dict, description="各角色的定期消息时间 / slots by role"
    )
    at_most: dict[str, WrittenAtMost] = Field(
        default_factory=dict,
        description="各角色每人最多几条，如 每周2次 / cap per person by role, such as 2 per week",
    )
    hold_backlog_over: Annotated[Number, Field(ge=1)] = Field(
        default=500,
        description="迟发提醒超过多少条时先由人审核 / late notices above this wait for an operator",
    )
    routes: dict[str, Words] = Field(
        description="各角色按顺序使用的渠道，relay 为由上级转告 / channels by role, in order; relay: through the next rung"
    )
    keep_trying: Span | None = Field(
        default=None,
        description="发送失败后重试多久，默认 48 小时 / how long to retry; default 48 hours, urgent 2 hours",
    )

    def digest_of(self, role: str) -> Digest:
        """Answer the slots of a role, `DEFAULT_DIGEST` where none are written."""
        return self.digest.get(role, DEFAULT_DIGEST)


class SmtpChannel(Model):
    """E-mail through one submission server."""

    type: Literal["smtp"] = Field(description="渠道类型：smtp 电子邮件 / type of channel: e-mail")
    host: str = Field(description="邮件服务器地址 / the submission server")
    port: Annotated[Number, Field(ge=1, le=65535)] = Field(
        default=587, description="端口 / port of the server"
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="加密方式 / how the connection is protected"
    )
    from_: Annotated[str, Field(alias="from")] = Field(
        description="发件人，如 演示县民政局 <noreply@example.invalid> / the sender"
    )
    username: str | None = Field(default=None, description="登录账号 / account to sign in with")
    password: SecretStr | None = Field(
        default=None, description="登录密码，用 ${变量名} 从环境取 / password, as ${VARIABLE}"
    )
    ca_file: str | None = Field(
        default=None,
        description="本单位自建证书的 PEM 文件 / PEM of the site's own authority, beside the public ones",
    )
    verify: Flag = Field(
        default=True,
        description="是否核对服务器证书，只有测试时才关 / whether the server must prove its name",
    )
    timeout: Wait | None = Field(
        default=None,
        description="每一步最多等多久，默认 30 秒 / longest wait for one step; 30 seconds",
    )
    answer_timeout: Wait | None = Field(
        default=None,
        description="交出正文后最多等多久，默认 2 分钟 / longest wait for the final answer; 2 minutes",
    )
    connections: Annotated[Number, Field(ge=1, le=64)] = Field(
        default=8, description="同时保持的连接数 / connections kept open"
    )
    idle: Wait | None = Field(
        default=None,
        description="空闲连接保留多久，默认 20 秒 / how long an unused connection is kept",
    )
    mails_per_connection: Annotated[Number, Field(ge=1)] | None = Field(
        default=None,
        description="一个连接最多发几封，默认 100 / mails before a new connection; 100",
    )
    client_name: str | None = Field(
        default=None, description="向服务器报的本机名称 / how this machine introduces itself (EHLO)"
    )
    language: str | None = Field(
        default=None, description="邮件标明的语言，如 zh-CN / what Content-Language says"
    )


class MemoryChannel(Model):
    """Keeps messages in memory: dry runs and tests."""

    type: Literal["memory"] = Field(
        description="渠道类型：memory 仅存内存，试运行用 / type of channel: memory only, for dry runs"
    )


class FileChannel(Model):
    """Writes each message as an .eml file into a folder."""

    type: Literal["file"] = Field(
        description="渠道类型：file 存成 .eml 文件 / type of channel: one .eml file each"
    )
    folder: str = Field(description="存放文件夹 / folder the files go to")
    from_: Annotated[str | None, Field(alias="from")] = Field(
        default=None, description="发件人 / the sender"
    )
    language: str | None = Field(
        default=None, description="邮件标明的语言，如 zh-CN / what Content-Language says"
    )


ChannelSettings = Annotated[SmtpChannel | MemoryChannel | FileChannel, Field(discriminator="type")]

CHANNEL_TYPES = ("smtp", "memory", "file")


def _known_type(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind in CHANNEL_TYPES:
        return value
    error = "later_word" if kind in LATER_CHANNELS else "unknown_word"
    raise PydanticCustomError(
        error, "type {found}", {"found": kind, "allowed": list(CHANNEL_TYPES), "key": "type"}
    )


WrittenChannel = Annotated[ChannelSettings, BeforeValidator(_known_type)]
"""`ChannelSettings` as read: a wrong `type` is one message."""
