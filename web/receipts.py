"""Where gateways hand in receipts and what people answered: `POST` or `GET /receipts/CHANNEL`.

Each channel proves for itself that a request comes from its far side (`channels.inbound.Hears`).
Nothing is answered as taken before it is written down, so that a far side sends again what was
lost. Requests are limited in size, time and number; what was wrong with one is said to nobody
outside, and logged without a word of its content.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from channels.inbound import Hears, Inbound, Reply, Unheard
from web.taking import Busy, Take

LARGEST_BODY = 256 * 1024
"""Bytes: Aliyun and Tencent send some dozens of receipts at once, of half a kilobyte each."""

_PATIENCE = 10.0
"""Seconds in which a request must be here as a whole."""

_log = structlog.get_logger(__name__)

NOT_FOUND = Reply(b"", "text/plain", 404)
TOO_LARGE = Reply(b"", "text/plain", 413)
TOO_SLOW = Reply(b"", "text/plain", 408)
TRY_LATER = Reply(b"", "text/plain", 503)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where receipts are handed in.

    `hearing` answers the channels of the configuration in force, `clock` aware UTC instants.
    """

    hearing: Callable[[], Mapping[str, Hears]]
    take: Take
    clock: Callable[[], datetime]

    async def hand_in(self, request: Request) -> Response:
        """Take one request in, and answer it as its sender wants to be answered."""
        name: str = request.path_params["channel"]
        channel = self.hearing().get(name)
        if channel is None:
            return _response(NOT_FOUND)
        body = await _body(request)
        if isinstance(body, Reply):
            _log.warning("receipts.refused", channel=name, status=body.status)
            return _response(body)
        inbound = Inbound(
            request.method,
            {key.lower(): value for key, value in request.headers.items()},
            dict(request.query_params),
            body,
        )
        return _response(await self._heard(name, channel, inbound))

    async def _heard(self, name: str, channel: Hears, inbound: Inbound) -> Reply:
        try:
            heard = channel.hear(inbound, now=self.clock())
        except Unheard as error:
            _log.warning("receipts.unheard", channel=name, why=error.why)
            return error.reply
        try:
            await self.take(name, heard)
        except Busy:
            return TRY_LATER
        _log.info(
            "receipts.heard",
            channel=name,
            reports=len(heard.reports),
            answers=len(heard.uplinks),
        )
        return heard.reply


def receipts_app(counter: Counter) -> Starlette:
    """Make the application; whoever serves it limits connections."""
    at = "/receipts/{channel}"
    return Starlette(routes=[Route(at, counter.hand_in, methods=["GET", "POST"])])


async def _body(request: Request) -> bytes | Reply:
    """Read what was sent, or answer why it was not read to its end."""
    pieces, size = [], 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                size += len(piece)
                if size > LARGEST_BODY:
                    return TOO_LARGE
                pieces.append(piece)
    except TimeoutError:
        return TOO_SLOW
    except ClientDisconnect:
        return TOO_SLOW
    return b"".join(pieces)


def _response(reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(reply.body, reply.status, headers, reply.content_type)
