"""The port on which gateways hand in receipts: uvicorn, in the daemon's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

_CONNECTIONS = 100
"""At once; further ones are told to come again (503)."""

_IDLE = 5
_FAREWELL = 5


class _Server(uvicorn.Server):
    """Leaves signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int, *, proxies: str = "") -> AsyncIterator[int]:
    """Serve an application; answer the port, which the system chooses when 0 is asked for.

    `proxies` are addresses or networks, parted by commas, that are believed when they say for whom
    they ask (X-Forwarded-For); everybody else could say anything.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_CONNECTIONS) as listening:
        server = _Server(_configuration(app, proxies))
        work = asyncio.create_task(server.serve([listening]), name="web")
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await work


def _configuration(app: ASGIApp, proxies: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # uvicorn's own lines would hold addresses and queries
        access_log=False,
        lifespan="off",
        ws="none",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_FAREWELL,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
