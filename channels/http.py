"""One request to a far side over HTTP, and its answer: exact about whether anything went out.

Channels over HTTP ask through a `Transport`, so that tests can answer in its place. Nothing of a
request shows in `repr` or in an error: a URL may hold a key, a body holds what is said to whom.
Only this module knows aiohttp, and only a site with such a channel imports it.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from channels.json_text import parsed
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from channels.reaching import ForbiddenAddress, socket_within
from config.lean import dataclass
from config.reach import Reach

LONGEST_ANSWER = 64 * 1024
_WITHIN = timedelta(seconds=30)
_CONNECT_WITHIN = 10.0
_KEPT_FOR = 10.0  # less than far sides keep an idle connection, so that they rarely close it first
_SECONDS = re.compile(r"\d{1,9}")
_NO_REQUEST = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError)
_has_connection: ContextVar[bool] = ContextVar("has_connection", default=False)
_TROUBLE = (aiohttp.ClientError, OSError, ValueError)


class Unreadable(ValueError):
    """An answer that is not what was agreed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `url` goes out exactly as it is: encode it yourself."""

    url: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. Headers are found by their names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> object:
        """Read the body as JSON, whatever type it says it has.

        Raises:
            Unreadable: it is none.
        """
        try:
            return parsed(self.body)
        except ValueError:
            pass
        raise Unreadable("no JSON")  # outside: the decoder's error holds the body


class Transport(Protocol):
    """What carries requests."""

    async def ask(self, request: Request) -> Answer:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            Refused: certainly nothing was sent.
            Unknown: something was sent, and no answer came that can be read.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; it may be used again afterwards."""
        ...


class AiohttpTransport:
    """Carries requests with aiohttp: connections are kept, redirects and proxies are not followed.

    One object serves many tasks; each event loop has a session of its own. `within` is for
    everything from waiting for a connection to the last byte of the answer. It asks the one host of
    `reach`, and connects to no address that this does not permit: looked at is the address of each
    socket, after names were resolved.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        connections: int = 8,
        within: timedelta | None = None,
        ca_file: str | Path | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Connect to nothing yet. `ca_file` is trusted beside the public authorities.

        `resolver` is asked for addresses instead of the system.

        Raises:
            OSError: `ca_file` cannot be read, or holds no certificate.
        """
        self._reach = reach
        self._resolver = resolver
        self._connections = connections
        seconds = (within or _WITHIN).total_seconds()
        self._timeout = aiohttp.ClientTimeout(
            total=seconds, sock_connect=min(seconds, _CONNECT_WITHIN)
        )
        self._trusted: ssl.SSLContext | bool = True
        if ca_file is not None:
            self._trusted = ssl.create_default_context()
            self._trusted.load_verify_locations(ca_file)
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession]
        self._sessions = WeakKeyDictionary()

    async def ask(self, request: Request) -> Answer:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            Refused: certainly nothing was sent.
            Unknown: something was sent, and no answer came that can be read.
        """
        outcome = await self._exchange(request)
        if isinstance(outcome, Answer):
            return outcome
        # Raised here, not where it was understood: aiohttp's error, which holds the URL, would
        # stay attached as its context.
        raise outcome

    async def close(self) -> None:
        """Let go of this event loop's connections; they are opened again when asked."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    async def _exchange(self, request: Request) -> Answer | ChannelError:
        _has_connection.set(False)
        try:
            url = _url(request.url)
            if not self._reach.is_for(url.host or ""):
                return Refused(FailureReason.MISCONFIGURED, "http: another host", account_wide=True)
            async with self._session().request(
                request.method,
                url,
                data=request.body or None,
                headers=request.headers,
                allow_redirects=False,
            ) as response:
                body = await _whole(response)
                if body is None:
                    return Unknown(FailureReason.UNREADABLE_ANSWER, f"http {response.status}: long")
                return Answer(response.status, response.headers, body)
        except _TROUBLE as error:
            return _understand(error, has_written=_has_connection.get())

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            session = aiohttp.ClientSession(
                connector=_Connector(
                    limit=self._connections,
                    keepalive_timeout=_KEPT_FOR,
                    ssl=self._trusted,
                    resolver=self._resolver,
                    socket_factory=partial(socket_within, self._reach),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "shouwang"},
                timeout=self._timeout,
                trust_env=False,
            )
            self._sessions[loop] = session
        return session


class _Connector(aiohttp.TCPConnector):
    """Notes when a request is given its connection: from then on something may have been written.

    aiohttp asks for another one to send a GET again by itself after a lost answer; it gets none.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's own name
    ) -> Connection:
        if _has_connection.get():
            raise aiohttp.ServerDisconnectedError
        connection = await super().connect(req, traces, timeout)
        _has_connection.set(True)
        return connection


def _url(url: str) -> URL:
    """Answer what aiohttp wants, exactly as written. Only the query changes from message to message."""
    base, mark, query = url.partition("?")
    if not mark or "#" in url:
        return URL(url, encoded=True)
    known = _split(base)
    return URL(SplitResult(known.scheme, known.netloc, known.path, query, ""), encoded=True)


@lru_cache(maxsize=64)
def _split(base: str) -> SplitResult:
    return urlsplit(base)


async def _whole(response: aiohttp.ClientResponse) -> bytes | None:
    """Read all of a body; None: it is longer than any honest answer."""
    is_plain = "content-encoding" not in response.headers
    if is_plain and (response.content_length or LONGEST_ANSWER) < LONGEST_ANSWER:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            return None
    return bytes(body)


def _understand(error: Exception, *, has_written: bool) -> ChannelError:
    """Judge what went wrong; the result holds nothing of `error`."""
    if has_written:
        if isinstance(error, TimeoutError):
            return Unknown(FailureReason.NO_ANSWER, "http: timed out")
        if isinstance(error, aiohttp.ClientResponseError):
            return Unknown(FailureReason.UNREADABLE_ANSWER, "http: no http")
        return Unknown(FailureReason.NO_ANSWER, "http: connection lost")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, ForbiddenAddress
    ):
        return Refused(FailureReason.FORBIDDEN_ADDRESS, "http", account_wide=True)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Refused(FailureReason.TLS, "http: handshake failed")
    if isinstance(error, _NO_REQUEST):
        return Refused(FailureReason.MISCONFIGURED, "http: no such request", account_wide=True)
    if isinstance(error, TimeoutError):
        return Refused(FailureReason.UNREACHABLE, "http: timed out")
    return Refused(FailureReason.UNREACHABLE, "http: no connection")


def retry_after_of(answer: Answer, now: datetime) -> timedelta | None:
    """Read how long the far side asks to wait (RFC 9110, 10.2.3); None: it did not say."""
    said = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        return timedelta(seconds=int(said))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000": UTC, of which nothing else is known
        until = until.replace(tzinfo=UTC)
    return max(until - now, timedelta())
