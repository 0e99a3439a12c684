"""Where channels over HTTP are tried out: one ground for all, with an emulator and faults per kind."""

import dataclasses
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping

from channels.protocol import Channel, Message, ReaderClass, Receipt
from tests.channels.grounds import Ground, Situation
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


class Marked:
    """A channel whose texts begin with the out-id: a robot is told no other way which message it is.

    `address` takes the place of the message's own, where a mail address would not do.
    """

    def __init__(self, channel: Channel, *, address: str | None = None) -> None:
        self._channel = channel
        self._address = address

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
        """Send it with its out-id in the first line."""
        text = f"{message.out_id}\n{message.text}"
        address = self._address or message.address
        return await self._channel.send(dataclasses.replace(message, text=text, address=address))

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


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


def situations(faults: Mapping[Situation, HttpFault] = FAULTS) -> frozenset[Situation]:
    """Answer the situations that faults stage, and that nobody listens."""
    return frozenset(faults) | {Situation.DOWN}
