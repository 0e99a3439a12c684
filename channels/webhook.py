"""A system of the site's own, told by HTTP: JSON, signed as standardwebhooks.com describes.

`webhook-id` is the message's out-id, so that a repeat is known. Any 2xx means taken. It may hand in
receipts and answers, signed with the same key.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from channels.http import Request, Transport
from channels.http_channel import HttpChannel
from channels.http_statuses import failure_of
from channels.inbound import Heard, Inbound, Reply, Report, Unheard, Uplink
from channels.json_text import json_bytes
from channels.protocol import FailureReason, Message, ReaderClass, Receipt, Refused, Tools
from channels.signatures import is_standard_webhook, standard_webhook
from config.channels.webhook import WebhookSettings

_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_REFERENCE = r"^[\x21-\x7e]{1,128}$"
_CODE = r"^[A-Za-z0-9_.:-]{0,64}$"
_ID = r"^[^\x00-\x1f\x7f]{0,128}$"
_LONGEST_ID = 128
_Instant = Annotated[
    AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))
]
_NOT_PROVEN = Reply(b"{}", status=401)
_UNREADABLE = Reply(b"{}", status=400)


class _Status(BaseModel):
    """What became of a message."""

    model_config = ConfigDict(hide_input_in_errors=True)

    type: Literal["status"]
    message: str = Field(pattern=_REFERENCE)
    status: Literal["delivered", "failed", "pending"]
    reason: str = Field(default="", pattern=_CODE)
    at: _Instant | None = None

    def report(self) -> Report:
        arrived = {"delivered": True, "failed": False, "pending": None}[self.status]
        return Report(arrived, out_id=self.message, reason=self.reason, at=_utc(self.at))


class _Answer(BaseModel):
    """What a person answered."""

    model_config = ConfigDict(hide_input_in_errors=True)

    type: Literal["answer"]
    sender: str = Field(alias="from", min_length=1, max_length=128)
    text: str = Field(max_length=1000)
    id: str = Field(default="", pattern=_ID)
    at: _Instant | None = None

    def uplink(self, otherwise: str) -> Uplink:
        return Uplink(self.sender, self.text, self.id or otherwise, _utc(self.at))


_ONE = TypeAdapter[_Status | _Answer](_Status | _Answer)
_SEVERAL = TypeAdapter[list[_Status | _Answer]](list[_Status | _Answer])


class WebhookChannel(HttpChannel[WebhookSettings]):
    """Tells one URL."""

    kind = "webhook"

    def __init__(
        self, settings: WebhookSettings, tools: Tools, *, transport: Transport | None = None
    ) -> None:
        """Connect to nothing yet.

        Raises:
            OSError: `ca_file` cannot be read.
        """
        super().__init__(settings, tools, transport=transport)
        self.reader_class = ReaderClass(settings.reader_class)

    async def send(self, message: Message) -> Receipt:
        """Hand over one document and read the status of the answer.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows.
        """
        now, body = self._tools.clock(), self._document(message)
        headers = self._headers(message.out_id, body, now)
        if not all(_HEADER_VALUE.fullmatch(value) for value in headers.values()):
            raise Refused(FailureReason.MISCONFIGURED, "headers", account_wide=True)
        request = Request(self._settings.url.get_secret_value(), body, headers)
        failure = failure_of(await self._transport.ask(request), now)
        if failure is not None:
            raise failure
        return Receipt()

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read statuses and answers: one JSON object, or a list of them.

        An answer without an id has the request's, so that a request that is sent again, by whoever
        saw it, is known.

        Raises:
            Unheard: not signed with our key, or unreadable.
        """
        secret = self._settings.secret
        if secret is None or not is_standard_webhook(
            secret.get_secret_value(), inbound.headers, inbound.body, now=now
        ):
            raise Unheard("not proven", _NOT_PROVEN)
        said = _read(inbound.body)
        if said is None:
            raise Unheard("unreadable", _UNREADABLE)
        sent = inbound.headers.get("webhook-id", "")[:_LONGEST_ID]
        answers = [one for one in said if isinstance(one, _Answer)]
        return Heard(
            tuple(one.report() for one in said if isinstance(one, _Status)),
            tuple(one.uplink(sent and f"{sent}.{at}") for at, one in enumerate(answers)),
            Reply(b"{}"),
        )

    def _document(self, message: Message) -> bytes:
        document = {
            "type": "notice",
            "id": message.out_id,
            "dated": message.dated.astimezone(UTC).isoformat(),
            "subject": message.subject,
            "text": message.text,
        }
        if self._settings.address != "none":
            document["to"] = message.address
        return json_bytes(document)

    def _headers(self, out_id: str, body: bytes, now: datetime) -> dict[str, str]:
        own = {name: it.get_secret_value() for name, it in self._settings.headers.items()}
        seconds = int(now.timestamp())
        said = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": out_id,
            "webhook-timestamp": str(seconds),
        }
        if (secret := self._settings.secret) is not None:
            key = secret.get_secret_value()
            said["webhook-signature"] = standard_webhook(key, out_id, seconds, body)
        return own | said


def _read(body: bytes) -> list[_Status | _Answer] | None:
    try:
        if body.lstrip().startswith(b"["):
            return _SEVERAL.validate_json(body)
        return [_ONE.validate_json(body)]
    except ValidationError:
        return None


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
