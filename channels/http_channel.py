"""What all channels over HTTP have in common: settings, tools, and a transport of their own."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from channels.http import AiohttpTransport, Transport
from channels.protocol import Message, ReaderClass, Receipt, Tools
from config.channels.http import HttpModel

S = TypeVar("S", bound=HttpModel)


class HttpChannel(ABC, Generic[S]):
    """Asks one far side. One object serves many tasks."""

    kind: ClassVar[str]
    reader_class = ReaderClass.PERSON

    def __init__(self, settings: S, tools: Tools, *, transport: Transport | None = None) -> None:
        """Connect to nothing yet.

        Raises:
            OSError: `ca_file` cannot be read.
        """
        self._settings = settings
        self._tools = tools
        self._transport = transport or AiohttpTransport(
            settings.reach(),
            connections=settings.connections,
            within=settings.timeout,
            ca_file=settings.ca_file,
        )

    @abstractmethod
    async def send(self, message: Message) -> Receipt:
        """Hand over one message and read what the far side says of it.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows.
        """

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()
