"""What an admin writes about SMS through Aliyun."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.endpoints import Connections, SecureAddress
from config.channels.sms import Signature, SmsWriting
from config.channels.waits import Wait


class AliyunSmsSettings(SmsWriting):
    """SMS through Aliyun (dysmsapi, version 2017-05-25)."""

    USUAL_RATES_PER_PERSON: ClassVar[tuple[str, ...]] = ("50 per day",)

    type: Literal["aliyun-sms"] = Field(
        description="渠道类型：aliyun-sms 阿里云短信 / type of channel: SMS through Aliyun"
    )
    access_key_id: SecretStr = Field(
        description="AccessKey ID，用 ${变量名} 从环境取 / AccessKey id, as ${VARIABLE}"
    )
    access_key_secret: SecretStr = Field(
        description="AccessKey Secret，用 ${变量名} 从环境取 / AccessKey secret, as ${VARIABLE}"
    )
    signature: Signature = Field(description="短信签名，不写【】 / the signature, without brackets")
    endpoint: SecureAddress = Field(
        default="https://dysmsapi.aliyuncs.com", description="接口地址 / where the interface is"
    )
    receipt_token: SecretStr | None = Field(
        default=None,
        description="回执地址里 token= 的口令，用 ${变量名} 从环境取；不写则只查询、不收推送"
        " / the token in the receipts' address, as ${VARIABLE}; without it none are pushed",
    )
    ask_after: Wait | None = Field(
        default=None,
        description="没收到应答时，过多久查不到才算没发出，默认 5 分钟"
        " / after a lost answer, how long until not found means not sent; 5 minutes",
    )
    timeout: Wait | None = Field(
        default=None,
        description="一次请求最多等多久，默认 30 秒 / longest wait for one request; 30 seconds",
    )
    connections: Connections = Field(
        default=8, description="同时保持的连接数 / connections kept open"
    )
