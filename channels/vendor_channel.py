"""A channel of SMS through a vendor of approved texts: what is the same whoever the vendor is."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar
from urllib.parse import urlsplit

from channels.http import Transport
from channels.http_channel import HttpChannel
from channels.inbound import Asked, Heard, Inbound, Reply, Report, Unheard, Uplink
from channels.protocol import Load, Message, Receipt, Refused, Tools
from channels.vendor_sms import (
    Filled,
    approved_of,
    filled,
    is_token,
    load_of,
    number_of,
    poll_each,
)
from config.channels.vendor_sms import VendorSmsModel

V = TypeVar("V", bound=VendorSmsModel)

_NOT_PROVEN = Reply(b"", status=403)
_UNREADABLE = Reply(b"", status=400)


class VendorSmsChannel(HttpChannel[V]):
    """Sends approved texts, is pushed receipts and answers, and asks for receipts.

    A vendor adds its calls; `TAKEN` is what it wants to hear when it has pushed something.
    """

    TAKEN: ClassVar[Reply]

    def __init__(self, settings: V, tools: Tools, *, transport: Transport | None = None) -> None:
        """Connect to nothing yet.

        Raises:
            OSError: `ca_file` cannot be read.
        """
        super().__init__(settings, tools, transport=transport)
        self._approved = approved_of(settings)
        self._url = f"{settings.endpoint.rstrip('/')}/"
        self._host = urlsplit(settings.endpoint).netloc

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
        return await self._hand_over(ready, message.out_id)

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read pushed receipts and answers of people.

        Raises:
            Unheard: without our token, or unreadable.
        """
        if not is_token(inbound, self._settings.receipt_token):
            raise Unheard("not proven", _NOT_PROVEN)
        said = self._pushed(inbound.body)
        if said is None:
            raise Unheard("unreadable", _UNREADABLE)
        reports, uplinks = said
        return Heard(tuple(reports), tuple(uplinks), self.TAKEN)

    async def poll(self, asked: Sequence[Asked], *, now: datetime) -> Heard:
        """Ask what became of messages, one after the other; what was asked may be asked again.

        Raises:
            ChannelError: nothing was learnt.
        """
        return await poll_each(asked, self._report)

    async def _report(self, asked: Asked) -> Report | None:
        number = number_of(asked.address)
        return None if number is None else await self._became(number, asked)

    @abstractmethod
    async def _hand_over(self, ready: Filled, out_id: str) -> Receipt: ...

    @abstractmethod
    async def _became(self, number: str, asked: Asked) -> Report | None:
        """Ask the vendor what became of one message; None: it does not say yet."""

    @abstractmethod
    def _pushed(self, body: bytes) -> tuple[Iterable[Report], Iterable[Uplink]] | None:
        """Read what a vendor pushes; None: it is none of it."""
