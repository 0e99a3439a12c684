"""An HTTP server that says yes to everybody, keeps nothing and counts: fast enough to measure against.

`python -m tests.emulators.http_sink` listens and prints its port.
"""

import asyncio
import json
from typing import cast

import uvloop

YES = json.dumps(
    {
        "errcode": 0,
        "errmsg": "ok",
        "code": 0,
        "msg": "success",
        "msgid": "m-1",
        "access_token": "t-1",
        "expires_in": 7200,
        "Code": "OK",
        "BizId": "900619746936498440^0",
        "Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "5000:1"}]},
    }
).encode()
"""A yes in the words of every chat and vendor."""

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(YES),
    YES,
)
_LENGTH = b"content-length:"


class SinkProtocol(asyncio.Protocol):
    """One connection. Knows just enough HTTP to keep an honest client going."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._end()) is not None:
            del self._buffer[:end]
            self._transport.write(_ANSWER)

    def _end(self) -> int | None:
        """Answer where the first request ends; None: not all of it is here."""
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return None
        lines = bytes(self._buffer[:head]).lower().split(b"\r\n")
        sizes = [int(line[len(_LENGTH) :]) for line in lines if line.startswith(_LENGTH)]
        end = head + 4 + (sizes[0] if sizes else 0)
        return end if len(self._buffer) >= end else None


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(SinkProtocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # whoever started it waits
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
