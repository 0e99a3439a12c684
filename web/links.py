"""Links in messages over HTTP: what pages for links stand on.

`GET /l/TOKEN` says what is asked, shows nothing of anybody and changes nothing: mail scanners and
previews open every address. `POST /l/TOKEN/code` has a code sent, `POST /l/TOKEN` takes the second
factor, `POST /l/TOKEN/act` does the one thing the link is for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.lean import dataclass
from ledgers.access.errors import LinkRefused
from ledgers.access.links import Link
from ledgers.access.opening import CodeToSend, LinkDoor
from web.answers import answer, with_session
from web.bodies import Unread, read_texts
from web.limiting import Limiter, come_again, source_of

COOKIE = "__Host-shouwang-link"

LARGEST_BODY = 16 * 1024

Texts = Mapping[str, str]


class Serves(Protocol):
    """What links are for, and how codes are sent."""

    def show(self, connection: Connection, link: Link) -> Mapping[str, object]:
        """Answer what the link's person may see, after the second factor."""
        ...

    def act(self, connection: Connection, link: Link, texts: Texts) -> Mapping[str, object]:
        """Do what the link is for, in the unit that spends it.

        Raises:
            ValueError: the texts make no sense; nothing is spent.
        """
        ...

    def send(self, code: CodeToSend) -> Awaitable[None]:
        """Send a code by its way."""
        ...


@dataclass(frozen=True, slots=True)
class LinkCounter:
    """Serves links. For one event loop."""

    door: LinkDoor
    serves: Serves
    clock: Callable[[], datetime]
    limiter: Limiter = field(default_factory=Limiter)

    def routes(self) -> list[Route]:
        """Answer what is served."""
        return [
            Route("/l/{token}", self.look, methods=["GET"]),
            Route("/l/{token}", self.open, methods=["POST"]),
            Route("/l/{token}/code", self.send, methods=["POST"]),
            Route("/l/{token}/act", self.act, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """Say what a link is for and what it asks; the same for every link that is not good."""
        if wait := self._wait(request):
            return wait
        link = await asyncio.to_thread(self.door.look, _token(request), now=self.clock())
        if link is None:
            return self._nothing(request)
        return answer(200, {"purpose": link.purpose.value, "factor": link.factor.value})

    async def send(self, request: Request) -> Response:
        """Have a code sent, where the link asks for one."""
        if wait := self._wait(request):
            return wait
        try:
            code = await asyncio.to_thread(self.door.send, _token(request), now=self.clock())
        except LinkRefused:
            return answer(409, {"error": "no-more-codes"})
        if code is None:
            return self._nothing(request)
        await self.serves.send(code)
        return answer(204)

    async def open(self, request: Request) -> Response:
        """Take the second factor; what the person may see is answered with a session for it."""
        if wait := self._wait(request):
            return wait
        try:
            texts = await read_texts(request, LARGEST_BODY)
        except Unread as error:
            return answer(error.status)
        source, given = source_of(request), texts.get("given", "")
        opened = await asyncio.to_thread(self._open, _token(request), given, source)
        if opened is None:
            return self._nothing(request)
        self.limiter.succeeded(source)
        session, shown = opened
        return with_session(answer(200, shown), session, cookie=COOKIE)

    async def act(self, request: Request) -> Response:
        """Do what the link is for, once, for whoever gave the second factor."""
        if wait := self._wait(request):
            return wait
        try:
            texts = await read_texts(request, LARGEST_BODY)
            session = request.cookies.get(COOKIE, "")
            done = await asyncio.to_thread(self._act, _token(request), session, texts)
        except Unread as error:
            return answer(error.status)
        except ValueError:
            return answer(422)
        return self._nothing(request) if done is None else answer(200, done)

    def _open(self, token: str, given: str, source: str) -> tuple[str, Mapping[str, object]] | None:
        now = self.clock()
        session = self.door.open(token, given, source=source, now=now)
        if session is None:
            return None
        with self.door.database.reading() as connection:
            link = self.door.held(connection, token, session, now=now)
            return None if link is None else (session, self.serves.show(connection, link))

    def _act(self, token: str, session: str, texts: Texts) -> Mapping[str, object] | None:
        now = self.clock()
        with self.door.database.writing() as connection:
            link = self.door.held(connection, token, session, now=now)
            if link is None or not self.door.use(connection, link, now=now):
                return None
            return self.serves.act(connection, link, texts)

    def _wait(self, request: Request) -> Response | None:
        wait = self.limiter.wait(source_of(request), now=self.clock())
        return come_again(wait) if wait else None

    def _nothing(self, request: Request) -> Response:
        """Count a failure, and say as little to a wrong factor as to a link that never was."""
        self.limiter.failed(source_of(request), now=self.clock())
        return answer(404)


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token
