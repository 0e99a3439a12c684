"""SMS through Aliyun's dysmsapi, signed ACS3-HMAC-SHA256.

Aliyun is not idempotent: the same request twice is two SMS. So each carries our out-id, and after a
lost answer QuerySendDetails is asked before anything is sent again (`find`). Why not its SDK:
docs/decisions/0022.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any

from channels.aliyun_answers import judge
from channels.aliyun_receipts import details, pushed, reported
from channels.http import Request
from channels.inbound import Asked, Reply, Report, Uplink
from channels.json_text import json_text
from channels.protocol import FailureReason, Message, Receipt, Unknown
from channels.signatures import ACS3, acs3, query_string, sha256
from channels.vendor_channel import VendorSmsChannel
from channels.vendor_sms import BEIJING, Filled, code_of, number_of, object_of
from config.channels.aliyun import AliyunSmsSettings

_VERSION = "2017-05-25"
_PAGE = 50
_PAGES = 4  # 200 SMS to one number on one day; the vendor stops at 50
_SETTLED_AFTER = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=15)  # no more, or it would take no request
_EMPTY = sha256(b"")


class AliyunSmsChannel(VendorSmsChannel[AliyunSmsSettings]):
    """Sends through one account."""

    kind = "aliyun-sms"
    TAKEN = Reply('{"code":0,"msg":"接收成功"}'.encode())

    async def find(self, message: Message, *, since: datetime) -> Receipt | None:
        """Ask for a message by its out-id; None: it never came.

        Raises:
            Refused: the question was not answered for now.
            Unknown: it is not there, and it is too early to say that it never will be.
        """
        number, now = number_of(message.address), self._tools.clock()
        if number is None:
            return None
        for day in _days(since - _CLOCKS_DIFFER, now):
            found = await self._details(number, day)
            if any(one.get("OutId") == message.out_id for one in found):
                return Receipt()
        if now < since + (self._settings.ask_after or _SETTLED_AFTER):
            raise Unknown(FailureReason.NO_ANSWER, "not found yet")
        return None

    async def _hand_over(self, ready: Filled, out_id: str) -> Receipt:
        said = await self._ask("SendSms", self._parameters(ready, out_id))
        return Receipt(code_of(said.get("BizId")))

    async def _became(self, number: str, asked: Asked) -> Report | None:
        found = await self._details(number, asked.sent_at.astimezone(BEIJING).date())
        return reported(found, asked.out_id, asked.reference)

    def _pushed(self, body: bytes) -> tuple[Iterable[Report], Iterable[Uplink]] | None:
        return pushed(body)

    def _parameters(self, ready: Filled, out_id: str) -> dict[str, str]:
        parameters = {
            "OutId": out_id,
            "PhoneNumbers": ready.number,
            "SignName": self._settings.signature,
            "TemplateCode": ready.code,
        }
        if ready.variables:
            parameters["TemplateParam"] = json_text(dict(ready.variables))
        return parameters

    async def _details(self, number: str, day: date) -> list[Mapping[str, Any]]:
        """Answer all messages to a number on a day of the vendor's."""
        found: list[Mapping[str, Any]] = []
        for page in range(1, _PAGES + 1):
            parameters = {
                "PhoneNumber": number,
                "SendDate": f"{day:%Y%m%d}",
                "PageSize": str(_PAGE),
                "CurrentPage": str(page),
            }
            more = list(details(await self._ask("QuerySendDetails", parameters)))
            found += more
            if len(more) < _PAGE:
                break
        return found

    async def _ask(self, action: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        now, query = self._tools.clock(), query_string(parameters)
        headers = self._headers(action, query, now)
        answer = await self._transport.ask(Request(f"{self._url}?{query}", b"", headers))
        said = object_of(answer)
        failure = judge(answer, said, now)
        if failure is not None:
            raise failure
        return said

    def _headers(self, action: str, query: str, now: datetime) -> dict[str, str]:
        headers = {  # in the order of their names; the first, or aiohttp would add one unsigned
            "content-type": "application/x-www-form-urlencoded",
            "host": self._host,
            "x-acs-action": action,
            "x-acs-content-sha256": _EMPTY,
            "x-acs-date": f"{now.astimezone(UTC).isoformat()[:19]}Z",
            "x-acs-signature-nonce": token_hex(16),
            "x-acs-version": _VERSION,
        }
        names = ";".join(headers)
        signature = acs3(self._settings.access_key_secret.get_secret_value(), query, headers)
        key = self._settings.access_key_id.get_secret_value()
        proof = f"{ACS3} Credential={key},SignedHeaders={names},Signature={signature}"
        headers["authorization"] = proof
        return headers


def _days(since: datetime, now: datetime) -> list[date]:
    """Answer the vendor's days from one instant to another, of which there are never many."""
    first, last = since.astimezone(BEIJING).date(), now.astimezone(BEIJING).date()
    return [first + timedelta(days=after) for after in range(min((last - first).days, 6) + 1)]
