"""Signing in and out over HTTP, and who it is that asks: what pages for users stand on.

`POST /sign-in` with name, password and code begins a session, `POST /sign-out` ends it, `GET
/session` says whose it is. What is wrong is answered alike, whatever it was.
"""

import asyncio
from collections.abc import Callable
from dataclasses import field
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.lean import dataclass
from ledgers.access.errors import PasswordOutdated, SignInRefused, TryLater
from ledgers.access.events import Act, user, write
from ledgers.access.sessions import Session, end_session, needs_note, note_use, session_of
from ledgers.access.signing_in import Credentials, Door, SignedIn
from ledgers.access.users import User, load_user
from web.answers import COOKIE, answer, with_session, without_session
from web.bodies import Unread, read_texts
from web.limiting import come_again, source_of

LARGEST_BODY = 4 * 1024

AT_ONCE = 2
"""Passwords that are tried at the same time: each takes 64 MiB."""

MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by the session they came with."""

    user: User
    session: Session


@dataclass(slots=True)
class Entrance:
    """Lets users in over HTTP. For one event loop."""

    door: Door
    clock: Callable[[], datetime]
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    def routes(self) -> list[Route]:
        """Answer what is served."""
        return [
            Route("/sign-in", self.sign_in, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/session", self.session, methods=["GET"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Begin a session."""
        try:
            texts = await read_texts(request, LARGEST_BODY)
        except Unread as error:
            return answer(error.status)
        given = Credentials(
            texts.get("name", ""),
            texts.get("password", ""),
            texts.get("code", ""),
            source_of(request),
        )
        if self._waiting >= MOST_WAITING:
            return answer(503)
        try:
            signed = await self._signed_in(given)
        except TryLater as error:
            return come_again(error.wait)
        except SignInRefused:
            return answer(401, {"error": "wrong"})
        except PasswordOutdated:
            return answer(403, {"error": "password-outdated"})
        return with_session(answer(204), signed.token)

    async def sign_out(self, request: Request) -> Response:
        """End the session somebody came with, if there is one."""
        found = await self.asking(request)
        if found is not None:
            await asyncio.to_thread(self._end, found)
        return without_session(answer(204))

    async def session(self, request: Request) -> Response:
        """Say whose session it is."""
        found = await self.asking(request)
        if found is None:
            return answer(401)
        one = found.user
        regions = sorted(one.scope.regions)
        return answer(200, {"handle": one.handle, "role": one.role.value, "regions": regions})

    async def asking(self, request: Request) -> Asking | None:
        """Answer who asks, and note that the session is in use; None: nobody is signed in."""
        token = request.cookies.get(COOKIE)
        return None if token is None else await asyncio.to_thread(self._asking, token)

    async def _signed_in(self, given: Credentials) -> SignedIn:
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(self.door.sign_in, given, now=self.clock())
        finally:
            self._waiting -= 1

    def _asking(self, token: str) -> Asking | None:
        now, vault = self.clock(), self.door.hasher.vault
        with self.door.database.reading() as connection:
            found = session_of(connection, vault, token, now=now)
            if found is None or found.user_id is None:
                return None
            one = load_user(connection, vault, found.user_id)
        if needs_note(found, now=now):
            with self.door.database.writing() as connection:
                note_use(connection, found, now=now)
        return Asking(one, found)

    def _end(self, found: Asking) -> None:
        now = self.clock()
        with self.door.database.writing() as connection:
            end_session(connection, found.session.id, now=now)
            about = {"subject": found.user.handle}
            actor = user(found.user.handle)
            write(connection, Act.SIGNED_OUT, actor=actor, now=now, about=about)
