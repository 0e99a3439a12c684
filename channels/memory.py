"""A channel that only remembers: for dry runs, and for tests that script its answers."""

from collections import deque
from collections.abc import Iterable

from channels.protocol import ChannelError, Message, ReaderClass, Receipt
from config.lean import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySettings:
    """Who is thought to read what is remembered."""

    reader_class: ReaderClass = ReaderClass.PERSON


class MemoryChannel:
    """Takes every message but those it was told to fail.

    `taken` holds the accepted messages, `tried` all that were handed over, both in order.
    """

    kind = "memory"

    def __init__(self, settings: MemorySettings | None = None) -> None:
        self.reader_class = (settings or MemorySettings()).reader_class
        self.taken: list[Message] = []
        self.tried: list[Message] = []
        self._script: deque[ChannelError | None] = deque()
        self._always: dict[str, ChannelError] = {}

    def script(self, outcomes: Iterable[ChannelError | None]) -> None:
        """Let the next sends end like this, one each; None takes the message."""
        self._script.extend(outcomes)

    def fail_address(self, address: str, failure: ChannelError) -> None:
        """Let every send to `address` end with `failure`, before the script is looked at."""
        self._always[address] = failure

    async def send(self, message: Message) -> Receipt:
        """Remember the message, or fail as told."""
        self.tried.append(message)
        failure = self._always.get(message.address)
        if failure is None and self._script:
            failure = self._script.popleft()
        if failure is not None:
            raise failure
        self.taken.append(message)
        return Receipt(f"memory-{len(self.taken)}")

    async def close(self) -> None:
        """Keep what is remembered: there is nothing to let go of."""
