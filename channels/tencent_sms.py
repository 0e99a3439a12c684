"""SMS through Tencent Cloud, signed TC3-HMAC-SHA256; the number's own code decides.

The date in a signature is the UTC date: until eight in the morning in Beijing that is yesterday.
After a lost answer it can be asked for what carriers have reported, by our out-id; a message that
is not among these may still be on its way, so that nobody knows. Why not its SDK: docs/decisions/0022.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.http import Request
from channels.inbound import Asked, Reply, Report, Uplink
from channels.json_text import json_bytes
from channels.protocol import FailureReason, Message, Receipt, Unknown
from channels.signatures import TC3, signed_headers, tc3, tc3_scope
from channels.tencent_answers import judge, response_of, status_of
from channels.tencent_receipts import pulled, pushed
from channels.vendor_channel import VendorSmsChannel
from channels.vendor_sms import Filled, code_of, number_of
from config.channels.tencent import TencentSmsSettings

_SERVICE, _VERSION = "sms", "2021-01-11"
_MOST = 100
_BEFORE = timedelta(minutes=1)  # clocks differ
_KEPT = timedelta(days=6, hours=23)  # it answers for seven days


class TencentSmsChannel(VendorSmsChannel[TencentSmsSettings]):
    """Sends through one application."""

    kind = "tencent-sms"
    TAKEN = Reply(b'{"result":0,"errmsg":"OK"}')

    async def find(self, message: Message, *, since: datetime) -> Receipt | None:
        """Ask for a message by its out-id; None: it can never have been sent.

        Raises:
            Refused: the question was not answered for now.
            Unknown: no carrier has said anything of it yet.
        """
        number = number_of(message.address)
        if number is None:
            return None
        for report in await self._reports(number, since):
            if report.out_id == message.out_id:
                return Receipt(report.reference)
        raise Unknown(FailureReason.NO_ANSWER, "not reported yet")

    async def _hand_over(self, ready: Filled, out_id: str) -> Receipt:
        response = await self._ask("SendSms", self._parameters(ready, out_id), sends=True)
        return Receipt(code_of(status_of(response).get("SerialNo")))

    async def _became(self, number: str, asked: Asked) -> Report | None:
        for report in await self._reports(number, asked.sent_at):
            is_it = asked.out_id == report.out_id or asked.reference == report.reference
            if is_it and report.arrived is not None:
                return Report(
                    report.arrived, report.reference, asked.out_id, report.reason, report.at
                )
        return None

    def _pushed(self, body: bytes) -> tuple[Iterable[Report], Iterable[Uplink]] | None:
        return pushed(body)

    async def _reports(self, number: str, since: datetime) -> list[Report]:
        """Answer what carriers reported of messages to a number."""
        now = self._tools.clock()
        parameters = {
            "BeginTime": int(max(since - _BEFORE, now - _KEPT).timestamp()),
            "EndTime": int((now + _BEFORE).timestamp()),
            "Offset": 0,
            "Limit": _MOST,
            "PhoneNumber": f"+86{number}",
            "SmsSdkAppId": self._settings.sdk_app_id,
        }
        return list(pulled(await self._ask("PullSmsSendStatusByPhoneNumber", parameters)))

    def _parameters(self, ready: Filled, out_id: str) -> dict[str, object]:
        return {
            "PhoneNumberSet": [f"+86{ready.number}"],
            "SmsSdkAppId": self._settings.sdk_app_id,
            "SignName": self._settings.signature,
            "TemplateId": ready.code,
            "TemplateParamSet": [value for _name, value in ready.variables],
            "SessionContext": out_id,
        }

    async def _ask(
        self, action: str, parameters: Mapping[str, object], *, sends: bool = False
    ) -> Mapping[str, Any]:
        now = self._tools.clock()
        body = json_bytes(parameters)
        request = Request(self._url, body, self._headers(action, body, now))
        answer = await self._transport.ask(request)
        response = response_of(answer)
        failure = judge(answer, response, now, of_number=sends)
        if failure is not None:
            raise failure
        return response

    def _headers(self, action: str, body: bytes, now: datetime) -> dict[str, str]:
        signed = {
            "content-type": "application/json; charset=utf-8",
            "host": self._host,
            "x-tc-action": action,
        }
        signature = tc3(self._settings.secret_key.get_secret_value(), _SERVICE, signed, body, now)
        credential = f"{self._settings.secret_id.get_secret_value()}/{tc3_scope(_SERVICE, now)}"
        names = signed_headers(signed)
        return signed | {
            "authorization": f"{TC3} Credential={credential}, SignedHeaders={names}, Signature={signature}",
            "x-tc-region": self._settings.region,
            "x-tc-timestamp": str(int(now.timestamp())),
            "x-tc-version": _VERSION,
        }
