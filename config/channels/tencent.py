"""What an admin writes about SMS through Tencent Cloud."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr

from config.channels.vendor_sms import Endpoint, VendorSmsModel
from config.sms_rules import TENCENT, SmsRules


class TencentSmsSettings(VendorSmsModel):
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
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,32}$")] = Field(
        default="ap-guangzhou", description="地域 / the vendor's region"
    )
    endpoint: Endpoint = "https://sms.tencentcloudapi.com"

    @property
    def rules(self) -> SmsRules:
        """What Tencent Cloud refuses in an approved text."""
        return TENCENT
