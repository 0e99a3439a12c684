"""Where gateways hand in receipts and what people answered: `POST` or `GET /receipts/CHANNEL`.

Each channel proves for itself that a request comes from its far side (`channels.inbound.Hears`).
Nothing is answered as taken before it is written down, so that a far side sends again what was
lost. Requests are limited in size, time and number, and whoever fails too often waits; what was
wrong with one is said to nobody outside, and logged without a word of its content.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.inbound import Heard, Hears, Inbound, Reply, Unheard
from config.lean import dataclass
from web.bodies import Unread, read_body
from web.limiting import Limiter, come_again, source_of
from web.taking import Busy, Take

LARGEST_BODY = 256 * 1024
"""Bytes: Aliyun and Tencent send some dozens of receipts at once, of half a kilobyte each."""

_log = structlog.get_logger(__name__)

NOT_FOUND = Reply(b"", "text/plain", 404)
TRY_LATER = Reply(b"", "text/plain", 503)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where receipts are handed in.

    `hearing` answers the channels of the configuration in force, `clock` aware UTC instants.
    """

    hearing: Callable[[], Mapping[str, Hears]]
    take: Take
    clock: Callable[[], datetime]
    limiter: Limiter = field(default_factory=Limiter)

    async def hand_in(self, request: Request) -> Response:
        """Take one request in, and answer it as its sender wants to be answered."""
        source = source_of(request)
        if wait := self.limiter.wait(source, now=self.clock()):
            return come_again(wait)
        name: str = request.path_params["channel"]
        channel = self.hearing().get(name)
        if channel is None:
            self.limiter.failed(source, now=self.clock())
            return _response(NOT_FOUND)
        try:
            body = await read_body(request, LARGEST_BODY)
        except Unread as error:
            self.limiter.failed(source, now=self.clock())
            _log.warning("receipts.refused", channel=name, status=error.status)
            return _response(Reply(b"", "text/plain", error.status))
        inbound = Inbound(
            request.method,
            {key.lower(): value for key, value in request.headers.items()},
            dict(request.query_params),
            body,
        )
        try:
            heard = channel.hear(inbound, now=self.clock())
        except Unheard as error:
            self.limiter.failed(source, now=self.clock())
            _log.warning("receipts.unheard", channel=name, why=error.why)
            return _response(error.reply)
        self.limiter.succeeded(source)
        return _response(await self._taken(name, heard))

    async def _taken(self, name: str, heard: Heard) -> Reply:
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


def _response(reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(reply.body, reply.status, headers, reply.content_type)
