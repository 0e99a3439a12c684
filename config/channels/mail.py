"""What an admin writes about e-mail."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.base import MAIL_WORDS, ChannelModel
from config.channels.endpoints import AllowedPrivate, CaFile, Connections
from config.channels.waits import Wait
from config.reach import Reach
from config.values import Number


class SmtpChannel(ChannelModel):
    """E-mail through one submission server."""

    WORDS: ClassVar[tuple[str, ...]] = MAIL_WORDS

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
    ca_file: CaFile = None
    allow_private: AllowedPrivate = ()
    timeout: Wait | None = Field(
        default=None,
        description="每一步最多等多久，默认 30 秒 / longest wait for one step; 30 seconds",
    )
    answer_timeout: Wait | None = Field(
        default=None,
        description="交出正文后最多等多久，默认 2 分钟 / longest wait for the final answer; 2 minutes",
    )
    connections: Connections = 8
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

    def reach(self) -> Reach:
        """Answer the server it speaks to, and where that may lie."""
        return Reach.of(self.host, self.allow_private)
