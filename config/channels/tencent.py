"""What an admin writes about SMS through Tencent Cloud."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.endpoints import Connections, SecureAddress
from config.channels.sms import Signature, SmsWriting
from config.channels.waits import Wait


class TencentSmsSettings(SmsWriting):
    """SMS through Tencent Cloud (sms, version 2021-01-11)."""

    USUAL_RATES_PER_PERSON: ClassVar[tuple[str, ...]] = (
        "1 per 30 seconds",
        "5 per hour",
        "10 per day",
    )

    type: Literal["tencent-sms"] = Field(
        description="渠道类型：tencent-sms 腾讯云短信 / type of channel: SMS through Tencent Cloud"
    )
    secret_id: SecretStr = Field(
        description="SecretId，用 ${变量名} 从环境取 / SecretId, as ${VARIABLE}"
    )
    secret_key: SecretStr = Field(
        description="SecretKey，用 ${变量名} 从环境取 / SecretKey, as ${VARIABLE}"
    )
    sdk_app_id: Annotated[str, Field(pattern=r"^\d{4,20}$")] = Field(
        description="短信应用的 SdkAppId，如 1400006666 / SdkAppId of the SMS application"
    )
    signature: Signature = Field(description="短信签名，不写【】 / the signature, without brackets")
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,32}$")] = Field(
        default="ap-guangzhou", description="地域 / the vendor's region"
    )
    endpoint: SecureAddress = Field(
        default="https://sms.tencentcloudapi.com", description="接口地址 / where the interface is"
    )
    receipt_token: SecretStr | None = Field(
        default=None,
        description="回执地址里 token= 的口令，用 ${变量名} 从环境取；不写则只查询、不收推送"
        " / the token in the receipts' address, as ${VARIABLE}; without it none are pushed",
    )
    timeout: Wait | None = Field(
        default=None,
        description="一次请求最多等多久，默认 30 秒 / longest wait for one request; 30 seconds",
    )
    connections: Connections = Field(
        default=8, description="同时保持的连接数 / connections kept open"
    )
