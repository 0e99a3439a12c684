"""What every channel is: one method that sends, and answers accepted, refused because, or unknown."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from config.lean import dataclass


class ReaderClass(StrEnum):
    """Who may be reading at the other end (DESIGN.md 6)."""

    GROUP = "group"
    PERSON = "person"


class Form(StrEnum):
    """In which form a channel wants what is said."""

    MAIL = "mail"  # subject, text and HTML, files
    SMS = "sms"  # one short text, cut to fit; parts are counted with the signature
    CHAT = "chat"  # a text in blocks, which the channel cuts at empty lines


class Repeats(StrEnum):
    """What comes of handing over a message again whose answer was lost (docs/channels.md)."""

    SAME_ID = "same-id"  # receivers can tell it by its id
    DEDUPLICATED = "deduplicated"  # the far side drops it
    ASKED = "asked"  # the far side is asked first (`Asks`)
    MAY_DOUBLE = "may-double"  # nobody can tell: it may be read twice


class AddressKind(StrEnum):
    """What kind of address of a person a channel needs."""

    EMAIL = "email"
    PHONE = "phone"
    WECOM = "wecom"


@dataclass(frozen=True, slots=True)
class Traits:
    """What delivery must know of a kind of channel before it makes a message.

    `address` None: it reaches a group of its own (a robot), whoever is in it.
    """

    form: Form
    address: AddressKind | None
    reader_class: ReaderClass
    repeats: Repeats


@dataclass(frozen=True, slots=True)
class Load:
    """What a message costs: `messages` count against rates, `parts` (of SMS) against a budget."""

    messages: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a message."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notice, ready for one channel; the same message always makes the same bytes.

    `out_id` is stable for a notice and revision: it becomes Message-ID, out-id or idempotency key.
    `dated` is aware and fixed when the message is rendered, so that a repeat is equal to the byte.
    `html` and `subject` are empty where a channel has no use for them.
    `template` names one of the channel's approved texts, `variables` what it is filled with, in its
    order; `text` is then the same in words. `mentions` are addresses of group members to be called.
    What is said and to whom stays out of `repr`, and so out of logs and tracebacks.
    """

    out_id: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    dated: datetime
    html: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    template: str = ""
    variables: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    mentions: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The far side's final positive answer. `reference` is its own id for the message, if it gave one."""

    reference: str = ""


class FailureReason(StrEnum):
    """Why a channel did not accept: a closed list, counted in metrics and shown to the operator."""

    ADDRESS_REFUSED = "address-refused"
    CONTENT_REFUSED = "content-refused"
    SENDER_REFUSED = "sender-refused"
    AUTHENTICATION = "authentication"
    RATE_LIMITED = "rate-limited"
    TEMPORARY = "temporary"
    UNREACHABLE = "unreachable"
    FORBIDDEN_ADDRESS = "forbidden-address"
    TLS = "tls"
    NO_ANSWER = "no-answer"
    UNREADABLE_ANSWER = "unreadable-answer"
    MISCONFIGURED = "misconfigured"


class ChannelError(Exception):
    """A channel did not accept a message. `detail` holds codes and phases, never addresses or text."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class Refused(ChannelError):
    """The far side certainly did not take it.

    `permanent`: the same message to the same address will never be taken. `account_wide`: nothing
    sent through this channel would be taken now (a wrong password, the account's rate), so delivery
    holds the channel: until `retry_after`, else until a probe is taken.
    """

    at_most: ClassVar[int | None] = None
    """Tries of one notice after which its next route is taken; None: until its time is over."""

    def __init__(
        self,
        reason: FailureReason,
        detail: str = "",
        *,
        permanent: bool = False,
        account_wide: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason, detail)
        self.permanent = permanent
        self.account_wide = account_wide
        self.retry_after = retry_after


class Faltered(Refused):
    """The far side says no more than that something went wrong with it: a few tries are enough."""

    at_most = 3


class Unknown(ChannelError):
    """The far side may or may not have taken it: the answer was lost, late or unreadable."""


class Channel(Protocol):
    """One provider's protocol. Sends, never renders, never retries, keeps no queue."""

    @property
    def kind(self) -> str: ...

    @property
    def reader_class(self) -> ReaderClass: ...

    async def send(self, message: Message) -> Receipt:
        """Hand over one message and wait for the final answer.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; the channel may be used again afterwards."""
        ...


@runtime_checkable
class Weighs(Protocol):
    """A channel with messages of more than one part; without this each is one message, one part."""

    def load(self, message: Message) -> Load:
        """Answer what handing over this message costs, without sending anything."""
        ...


@runtime_checkable
class Asks(Protocol):
    """A channel whose far side can be asked whether it has a message (`Repeats.ASKED`)."""

    async def find(self, message: Message, *, since: datetime) -> Receipt | None:
        """Answer the receipt of a message handed over at or after `since`; None: it never came.

        Raises:
            Refused: the question was not answered for now.
            Unknown: the answer settles nothing yet.
        """
        ...


@runtime_checkable
class Checks(Protocol):
    """A channel that can be tried without sending anything (`doctor`)."""

    async def check(self) -> None:
        """Ask the far side whether it knows us.

        Raises:
            ChannelError: it does not, or nobody can tell.
        """
        ...


class Store(Protocol):
    """What workers of one channel share: short secrets with an end, such as an access token."""

    async def get(self, name: str) -> str | None:
        """Answer a value that has not ended; None: there is none."""
        ...

    async def put(self, name: str, value: str, *, until: datetime) -> None:
        """Keep a value for all workers until an instant."""
        ...

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Let one worker at a time, of all processes, do what is in the `async with`."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a channel may be given beside its settings. `clock` answers aware UTC instants."""

    store: Store
    clock: Callable[[], datetime]
