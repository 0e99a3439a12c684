"""An SMTP server that takes everything, keeps nothing and counts: fast enough to measure against."""

import asyncio
from typing import cast


class SinkProtocol(asyncio.Protocol):
    """One session. Knows just enough SMTP to keep an honest client going."""

    def __init__(self, sink: "Sink") -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._sink.sessions.add(self._transport)
        self._transport.write(b"220 sink\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._sink.sessions.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        end = self._buffer.find(b"\r\n.\r\n" if self._in_content else b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:4]).upper()
        del self._buffer[: end + (5 if self._in_content else 2)]
        if self._in_content:
            self._in_content = False
            self._sink.count += 1
            self._transport.write(b"250 2.0.0 taken\r\n")
        elif line == b"DATA":
            self._in_content = True
            self._transport.write(b"354 go\r\n")
        elif line == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 ok\r\n")
        return True


class Sink:
    """`async with Sink() as sink:` listens on `sink.port`; `sink.count` mails were taken."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.count = 0
        self.sessions: set[asyncio.Transport] = set()

    async def __aenter__(self) -> "Sink":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SinkProtocol(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for session in list(self.sessions):
            session.abort()
