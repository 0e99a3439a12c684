"""How many SMTP sessions there may be at once, and those kept for the next mail."""

import asyncio
from collections import deque

from channels.protocol import ChannelError, Refused
from channels.smtp_session import SmtpSession, SmtpSettings

_FIRST = 2
_MAILS_BEFORE_ANOTHER_TRY = 100


class Gate:
    """Lets at most so many sends through at once: `async with gate:`.

    Starts with few and lets one more through after each mail taken. A server that cannot be used
    makes it start again with one, one that refuses a further session makes it remember how many
    went well.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._ceiling = most
        self._allowed = min(_FIRST, most)
        self._busy = 0
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        """Wait for a turn.

        Raises:
            Refused: the server turned out unusable while waiting.
        """
        if self._busy < self._allowed:
            self._busy += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                self._leave()  # the turn came just before the cancellation: pass it on
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def widen(self) -> None:
        """A mail was taken: let one more through from now on, up to what is known to go well."""
        self._taken += 1
        if self._ceiling < self._most and self._taken >= _MAILS_BEFORE_ANOTHER_TRY:
            self._taken = 0
            self._ceiling += 1
        if self._allowed < self._ceiling:
            self._allowed += 1
            self._admit()

    def narrow(self) -> None:
        """The server does not want this many sessions."""
        self._taken = 0
        self._ceiling = self._allowed = max(1, min(self._busy, self._allowed) - 1)

    def restart(self, failure: ChannelError) -> None:
        """The server cannot be used: whoever waits is refused for the same reason, not made to try."""
        self._allowed = 1
        wide = isinstance(failure, Refused) and failure.account_wide
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(Refused(failure.reason, failure.detail, account_wide=wide))

    def _leave(self) -> None:
        self._busy -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._busy < self._allowed:
            turn = self._waiting.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)


class Kept:
    """Open sessions that wait for the next mail, for a limited time; the last used goes first."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._idle = settings.idle.total_seconds()
        self._mails = settings.mails_per_connection
        self._retired = False
        self._sessions: dict[SmtpSession, asyncio.TimerHandle] = {}

    def take(self) -> SmtpSession | None:
        """Answer a session that seems open, if there is one; it is the caller's from now on."""
        while self._sessions:
            session, timer = self._sessions.popitem()
            timer.cancel()
            if session.is_open:
                return session
        return None

    def put(self, session: SmtpSession) -> None:
        """Keep a session between mails, unless it has served long enough."""
        if self._retired or session.mails >= self._mails:
            session.leave()
            return
        session.was_kept = True
        timer = asyncio.get_running_loop().call_later(self._idle, self._expire, session)
        self._sessions[session] = timer

    def retire(self) -> list[SmtpSession]:
        """Answer all kept sessions and keep none any more."""
        self._retired = True
        for timer in self._sessions.values():
            timer.cancel()
        sessions = list(self._sessions)
        self._sessions.clear()
        return sessions

    def _expire(self, session: SmtpSession) -> None:
        del self._sessions[session]
        session.leave()
