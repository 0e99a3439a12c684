"""SMS through Tencent Cloud, signed TC3-HMAC-SHA256; the number's own code decides.

The date in a signature is the UTC date: until eight in the morning in Beijing that is yesterday.
After a lost answer it can be asked for what carriers have reported, by our out-id; a message that
is not among these may still be on its way, so that nobody knows. Why not its SDK: docs/decisions/0022.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from channels.http import AiohttpTransport, Request, Transport
from channels.inbound import Asked, Heard, Inbound, Reply, Report, Unheard
from channels.protocol import (
    FailureReason,
    Load,
    Message,
    ReaderClass,
    Receipt,
    Refused,
    Tools,
    Unknown,
)
from channels.signatures import TC3, signed_headers, tc3, tc3_scope
from channels.tencent_answers import judge, response_of, status_of
from channels.tencent_receipts import pulled, pushed
from channels.vendor_sms import (
    Filled,
    approved_of,
    code_of,
    filled,
    is_token,
    load_of,
    number_of,
    poll_each,
    written,
)
from config.channels.tencent import TencentSmsSettings

_SERVICE, _VERSION = "sms", "2021-01-11"
_MOST = 100
_BEFORE = timedelta(minutes=1)  # clocks differ
_KEPT = timedelta(days=6, hours=23)  # it answers for seven days
_TAKEN = Reply(b'{"result":0,"errmsg":"OK"}')
_NOT_PROVEN = Reply(b"", status=403)
_UNREADABLE = Reply(b"", status=400)


class TencentSmsChannel:
    """Sends approved texts. One object serves many tasks."""

    kind = "tencent-sms"
    reader_class = ReaderClass.PERSON

    def __init__(
        self, settings: TencentSmsSettings, tools: Tools, *, transport: Transport | None = None
    ) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._approved = approved_of(settings)
        self._url = f"{settings.endpoint.rstrip('/')}/"
        self._host = urlsplit(settings.endpoint).netloc
        self._clock = tools.clock
        self._transport = transport or AiohttpTransport(
            connections=settings.connections, within=settings.timeout
        )

    def load(self, message: Message) -> Load:
        """Answer what it is billed as."""
        return load_of(message, self._settings)

    async def send(self, message: Message) -> Receipt:
        """Hand over one SMS.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows: ask `find`.
        """
        ready = filled(message, self._approved)
        if isinstance(ready, Refused):
            raise ready
        response = await self._ask("SendSms", self._parameters(ready, message.out_id), sends=True)
        return Receipt(code_of(status_of(response).get("SerialNo")))

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

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read statuses, which come as a list, or one answer of a person.

        Raises:
            Unheard: without our token, or unreadable.
        """
        if not is_token(inbound, self._settings.receipt_token):
            raise Unheard("not proven", _NOT_PROVEN)
        said = pushed(inbound.body)
        if said is None:
            raise Unheard("unreadable", _UNREADABLE)
        return Heard(tuple(said[0]), tuple(said[1]), _TAKEN)

    async def poll(self, asked: Sequence[Asked], *, now: datetime) -> Heard:
        """Ask what became of messages, one after the other; what was asked may be asked again.

        Raises:
            ChannelError: nothing was learnt.
        """
        return await poll_each(asked, self._report)

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    async def _report(self, asked: Asked) -> Report | None:
        number = number_of(asked.address)
        if number is None:
            return None
        for report in await self._reports(number, asked.sent_at):
            is_it = asked.out_id == report.out_id or asked.reference == report.reference
            if is_it and report.arrived is not None:
                return Report(
                    report.arrived, report.reference, asked.out_id, report.reason, report.at
                )
        return None

    async def _reports(self, number: str, since: datetime) -> list[Report]:
        """Answer what carriers reported of messages to a number."""
        now = self._clock()
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
        now = self._clock()
        body = written(parameters).encode()
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
