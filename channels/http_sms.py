"""SMS through any gateway over HTTP, as its owner described it; as Kannel's sendsms where not.

Such a gateway cannot be asked whether it has a message: after a lost answer nobody knows.
"""

from datetime import datetime
from functools import cached_property

from channels import http_sms_receipts
from channels.http_channel import HttpChannel
from channels.http_sms_answers import judge
from channels.http_sms_filling import Filling, filling_of, receipt_url, request_of
from channels.inbound import Heard, Inbound
from channels.protocol import (
    FailureReason,
    Load,
    Message,
    Receipt,
    Refused,
)
from channels.sms_text import SmsShape
from channels.vendor_sms import Approved, approved_of, filled, number_of
from config.channels.http_sms import HttpSmsSettings


class HttpSmsChannel(HttpChannel[HttpSmsSettings]):
    """Speaks to one gateway."""

    kind = "http-sms"

    async def send(self, message: Message) -> Receipt:
        """Hand over one SMS and read the answer.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows.
        """
        number = number_of(message.address)
        if number is None:
            raise Refused(FailureReason.ADDRESS_REFUSED, "number", permanent=True)
        if self._sends_templates:
            ready = filled(message, self._approved)
            if isinstance(ready, Refused):
                raise ready
        request = request_of(self._settings, self._filling(message, number))
        answer = await self._transport.ask(request)
        return judge(self._settings, answer, self._tools.clock())

    def load(self, message: Message) -> Load:
        """Answer in how many parts it is billed."""
        return Load(parts=self._shape.parts(message.text))

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read receipts and answers.

        Raises:
            Unheard: without the token, or unreadable.
        """
        return http_sms_receipts.hear(self._settings, inbound)

    @cached_property
    def _shape(self) -> SmsShape:
        return SmsShape(self._settings.signature or "", gsm7=self._settings.gsm7)

    @cached_property
    def _sends_templates(self) -> bool:
        return self._settings.sends_templates

    @cached_property
    def _approved(self) -> dict[str, Approved]:
        return approved_of(self._settings)

    def _filling(self, message: Message, number: str) -> Filling:
        settings = self._settings
        approved = self._approved.get(message.template)
        values = {
            "phone": settings.prefix + number,
            "text": message.text,
            "signed_text": self._shape.whole(message.text),
            "signature": settings.signature or "",
            "out_id": message.out_id,
            "template": approved.code if approved else "",
            "username": settings.username or "",
            "password": settings.password.get_secret_value() if settings.password else "",
            "receipt_url": receipt_url(settings, message.out_id),
        }
        return filling_of(settings, values, message.variables)
