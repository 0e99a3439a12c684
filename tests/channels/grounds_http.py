"""Where channels over HTTP are tried out: one ground for all, with an emulator and faults per kind."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from channels.protocol import Channel, Message, ReaderClass, Receipt
from tests.channels.grounds import Ground, Situation, closing
from tests.emulators.http import Act, HttpEmulator, HttpFault

MARKER = "markerzebra"
FAULTS = {
    Situation.BUSY: HttpFault(Act.ANSWER, 503, MARKER.encode()),
    Situation.ACCOUNT: HttpFault(Act.ANSWER, 401, MARKER.encode()),
    Situation.LOST_ANSWER: HttpFault(Act.LOSE),
    Situation.LATE_ANSWER: HttpFault(Act.HANG),
    Situation.UNREADABLE: HttpFault(Act.GARBLE, 200, f"?? {MARKER}".encode()),
}
"""What every HTTP channel meets; a kind adds what its far side says in words of its own."""


class Altered(ABC):
    """A channel whose messages become what its far side can take."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def __repr__(self) -> str:
        return repr(self._channel)

    @property
    def kind(self) -> str:
        """Answer the channel's own."""
        return self._channel.kind

    @property
    def reader_class(self) -> ReaderClass:
        """Answer the channel's own."""
        return self._channel.reader_class

    async def send(self, message: Message) -> Receipt:
        """Send what it becomes."""
        return await self._channel.send(self.altered(message))

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()

    @abstractmethod
    def altered(self, message: Message) -> Message:
        """Answer what a message becomes."""


class Marked(Altered):
    """Lets texts begin with the out-id: a robot is told no other way which message it is.

    `address` takes the place of the message's own, where a mail address would not do.
    """

    def __init__(self, channel: Channel, *, address: str | None = None) -> None:
        super().__init__(channel)
        self._address = address

    def altered(self, message: Message) -> Message:
        text = f"{message.out_id}\n{message.text}"
        return replace(message, text=text, address=self._address or message.address)


class HttpGround(Ground):
    """A channel and its emulator; `faults` are the situations that it can meet."""

    def __init__(
        self,
        server: HttpEmulator,
        channel: Channel,
        faults: Mapping[Situation, HttpFault] = FAULTS,
    ) -> None:
        self.server = server
        self.channel = channel
        self._faults = faults

    async def stage(self, situation: Situation) -> None:
        if situation is Situation.DOWN:
            await self.channel.close()  # what is written on a kept connection may have arrived
            await self.server.stop()
        else:
            self.server.fail(self._faults[situation])

    async def calm(self) -> None:
        self.server.faults.clear()
        self.server.committed.clear()
        await self.server.stop()
        await self.server.start()

    @abstractmethod
    def texts(self) -> list[str]:
        """Answer the texts that the far side took, each with the out-id in its first line."""

    def taken(self) -> list[bytes]:
        return [text.encode() for text in self.texts()]

    def copies(self) -> Counter[str]:
        return Counter(text.split("\n", 1)[0] for text in self.texts())


@asynccontextmanager
async def trial_ground(ground: HttpGround) -> AsyncIterator[HttpGround]:
    """Close the channel whatever becomes of a trial; a good one has exceeded no limit."""
    async with closing(ground):
        yield ground
    assert ground.server.violations == []


def situations(faults: Mapping[Situation, HttpFault] = FAULTS) -> frozenset[Situation]:
    """Answer the situations that faults stage, and that nobody listens."""
    return frozenset(faults) | {Situation.DOWN}
