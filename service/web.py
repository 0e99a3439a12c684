"""The port on which gateways hand in receipts: uvicorn, in the daemon's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_CONNECTIONS = 100
"""At once; further ones are told to come again (503)."""

_IDLE = 5
_FAREWELL = 5
_LONGEST_HEAD = 16 * 1024
"""Bytes of a request's first line and headers."""

_HEAD_WITHIN = 10.0
"""Seconds in which these must be here; for the body `web.bodies` has a patience of its own."""


class _Impatient(H11Protocol):
    """Closes a connection on which no request came in time: uvicorn waits for ever.

    A hundred of those would be all the connections there are.
    """

    head_within = _HEAD_WITHIN

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's
        super().connection_made(transport)
        self._begin_waiting()

    def on_response_complete(self) -> None:
        self._waiting.cancel()
        self._begin_waiting()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.cancel()
        super().connection_lost(exc)

    def _begin_waiting(self) -> None:
        self._waiting = self.loop.call_later(self.head_within, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class _Server(uvicorn.Server):
    """Leaves signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp, host: str, port: int, *, proxies: str = "", head_within: float = _HEAD_WITHIN
) -> AsyncIterator[int]:
    """Serve an application; answer the port, which the system chooses when 0 is asked for.

    `proxies` are addresses or networks, parted by commas, that are believed when they say for whom
    they ask (X-Forwarded-For); everybody else could say anything. `head_within`: seconds a client has
    for its headers.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_CONNECTIONS) as listening:
        server = _Server(_configuration(app, proxies, head_within))
        work = asyncio.create_task(server.serve([listening]), name="web")
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await work


def _configuration(app: ASGIApp, proxies: str, head_within: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # uvicorn's own lines would hold addresses and queries
        access_log=False,
        lifespan="off",
        ws="none",
        http=type("Impatient", (_Impatient,), {"head_within": head_within}),
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_FAREWELL,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
