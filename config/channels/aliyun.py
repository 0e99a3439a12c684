"""What an admin writes about SMS through Aliyun."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.vendor_sms import Endpoint, VendorSmsModel
from config.channels.waits import Wait
from config.sms_rules import ALIYUN, SmsRules


class AliyunSmsSettings(VendorSmsModel):
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
    endpoint: Endpoint = "https://dysmsapi.aliyuncs.com"
    ask_after: Wait | None = Field(
        default=None,
        description="没收到应答时，过多久查不到才算没发出，默认 5 分钟"
        " / after a lost answer, how long until not found means not sent; 5 minutes",
    )

    @property
    def rules(self) -> SmsRules:
        """What Aliyun refuses in an approved text."""
        return ALIYUN
