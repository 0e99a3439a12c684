"""What an admin writes about a webhook: a system of the site's own that is told by HTTP."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from config.channels.endpoints import Proof, SecretAddress
from config.channels.groups import GroupModel
from config.channels.http import HttpModel


class WebhookSettings(HttpModel, GroupModel):
    """A JSON document for each message, signed as standardwebhooks.com describes."""

    type: Literal["webhook"] = Field(
        description="渠道类型：webhook 推送到本单位的系统 / type of channel: a system of the site's own"
    )
    url: SecretAddress = Field(
        description="接收地址，用 ${变量名} 从环境取 / where it is sent, as ${VARIABLE}"
    )
    secret: Proof | None = Field(
        default=None,
        description="签名密钥，如 whsec_…，用 ${变量名} 从环境取；不写则不签名，也不收回执"
        " / key of the signature, as ${VARIABLE}; without it nothing is signed and no receipt counts",
    )
    headers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")], SecretStr] = Field(
        default_factory=dict,
        description="另加的请求头，如 Authorization / further headers, such as Authorization",
    )
    address: Literal["none", "email", "phone", "wecom"] = Field(
        default="none",
        description="随消息附上收件人的哪种地址，none 为不附（发给一个群体）"
        " / which address of a person goes with it; none: it is for a group",
    )
    reader_class: Literal["group", "person"] = Field(
        default="group",
        description="谁会看到：group 一群人（只发汇总数）、person 本人"
        " / who reads it: group (totals only) or person",
    )
