"""What an admin writes about SMS through any vendor of approved texts."""

from typing import Annotated

from pydantic import Field

from config.channels.endpoints import Proof, SecureAddress
from config.channels.http import HttpModel
from config.channels.sms import Signature, SmsWriting

Endpoint = Annotated[SecureAddress, Field(description="接口地址 / where the interface is")]


class VendorSmsModel(HttpModel, SmsWriting):
    """The keys that vendors have in common; each has an `endpoint` of its own."""

    signature: Signature = Field(description="短信签名，不写【】 / the signature, without brackets")
    endpoint: Endpoint
    receipt_token: Proof | None = Field(
        default=None,
        description="回执地址里 token= 的口令，用 ${变量名} 从环境取；不写则只查询、不收推送"
        " / the token in the receipts' address, as ${VARIABLE}; without it none are pushed",
    )
