"""The access token of a WeCom application: one for all workers, fetched by one at a time.

WeCom limits how often it may be asked for, and a new one may end the old one; so it is kept where
all workers find it, and replaced before it ends.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from channels.http import Request, Transport
from channels.protocol import ChannelError, FailureReason, Refused, Tools, Unknown
from channels.wecom_answers import failure_said, read
from config.channels.wecom import WecomAppSettings

_EARLY = timedelta(minutes=5)
_SHORTEST = timedelta(minutes=1)


class AccessToken:
    """Answers the token in force."""

    def __init__(self, settings: WecomAppSettings, tools: Tools, transport: Transport) -> None:
        """Fetch nothing yet."""
        self._settings = settings
        self._tools = tools
        self._transport = transport
        whose = f"{settings.corpid}:{settings.agentid}".encode()
        self._name = f"token:{sha256(whose).hexdigest()[:16]}"
        self._here: tuple[str, datetime] | None = None  # spares asking the store each time

    async def get(self, *, instead_of: str | None = None) -> str:
        """Answer a token; `instead_of` is one that WeCom no longer takes.

        Raises:
            Refused: there is none now, and nothing was sent to anybody.
        """
        token = self._remembered() or await self._shared()
        if token is not None and token != instead_of:
            return token
        async with self._tools.store.alone(self._name):
            token = await self._shared()  # another worker may have been faster
            if token is not None and token != instead_of:
                return token
            return await self._renew()

    async def check(self) -> None:
        """Ask for a token, and keep none: within its time WeCom answers the same one.

        Raises:
            Refused: there is none now.
        """
        outcome = await self._fetched()
        if isinstance(outcome, ChannelError):
            raise outcome

    async def _renew(self) -> str:
        outcome = await self._fetched()
        if isinstance(outcome, ChannelError):
            raise outcome
        token, lives_for = outcome
        until = self._tools.clock() + max(lives_for - _EARLY, _SHORTEST)
        await self._tools.store.put(self._name, f"{until.isoformat()} {token}", until=until)
        self._here = (token, until)
        return token

    def _remembered(self) -> str | None:
        if self._here is None or self._here[1] <= self._tools.clock():
            return None
        return self._here[0]

    async def _shared(self) -> str | None:
        kept = await self._tools.store.get(self._name)
        if kept is None:
            return None
        until, _, token = kept.partition(" ")
        self._here = (token, datetime.fromisoformat(until))
        return token

    async def _fetched(self) -> tuple[str, timedelta] | Refused:
        """Ask for a token. Not knowing what became of that does no harm to any message."""
        try:
            answer = await self._transport.ask(Request(self._url(), method="GET"))
        except Unknown as error:
            return Refused(FailureReason.UNREACHABLE, f"token: {error.detail}")
        now = self._tools.clock()
        said = read(answer, now)
        if isinstance(said, Refused):
            return said
        if isinstance(said, ChannelError):
            return Refused(said.reason, f"token: {said.detail}")
        failure = failure_said(said, now)
        if failure is not None:
            return failure
        if not said.access_token:
            return Refused(FailureReason.UNREADABLE_ANSWER, "token: none")
        return said.access_token, timedelta(seconds=said.expires_in)

    def _url(self) -> str:
        settings = self._settings
        asked = {"corpid": settings.corpid, "corpsecret": settings.secret.get_secret_value()}
        return f"{settings.api.rstrip('/')}/cgi-bin/gettoken?{urlencode(asked)}"
