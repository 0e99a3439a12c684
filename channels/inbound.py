"""What a far side sends of its own accord, or when asked: receipts, and what people answer.

`web/` receives requests and hands them to the channel they are for; delivery polls those that
cannot push. A channel only reads: what follows from a report is decided in `alerts.receipts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol, runtime_checkable

from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Inbound:
    """One request. Header names are in lower case; the body is limited before it gets here."""

    method: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one message: found by our `out_id`, else by the far side's `reference`.

    `arrived` None: still under way. `reason` is the vendor's code, never a sentence or a number.
    `part` tells reports on parts of one message apart; `parts` is how many there are, 0 if unsaid.
    """

    arrived: bool | None
    reference: str = ""
    out_id: str = ""
    reason: str = ""
    at: datetime | None = None
    part: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Uplink:
    """What somebody answered. `id` is the far side's own, so that a repeat is known; "": none."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the far side wants to hear, so that it does not send the same again."""

    body: bytes = b""
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one request, or one poll, said."""

    reports: tuple[Report, ...] = ()
    uplinks: tuple[Uplink, ...] = ()
    reply: Reply = Reply()


class Unheard(Exception):
    """A request that counts for nothing. `reply` is what its sender is told: never why in detail."""

    def __init__(self, why: str, reply: Reply) -> None:
        super().__init__(why)
        self.why = why
        self.reply = reply


@runtime_checkable
class Hears(Protocol):
    """A channel whose far side pushes receipts."""

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read one request.

        Raises:
            Unheard: not proven to come from the far side, or unreadable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that was taken, and whose receipt is still out."""

    out_id: str
    reference: str
    address: str = field(repr=False)
    sent_at: datetime


@runtime_checkable
class Polls(Protocol):
    """A channel whose far side must be asked for receipts."""

    async def poll(self, asked: Sequence[Asked], *, now: datetime) -> Heard:
        """Ask for receipts; those of `asked` first, whatever else the far side has beside them.

        Raises:
            ChannelError: nothing was learnt.
        """
        ...
