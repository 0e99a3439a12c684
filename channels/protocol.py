"""What every channel is: one method that sends, and answers accepted, refused because, or unknown."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class ReaderClass(StrEnum):
    """Who may be reading at the other end (DESIGN.md 6)."""

    GROUP = "group"
    PERSON = "person"


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
    What is said and to whom stays out of `repr`, and so out of logs and tracebacks.
    """

    out_id: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    dated: datetime
    html: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()


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
    sent through this channel would be taken now (a wrong password), so delivery holds the channel.
    """

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
