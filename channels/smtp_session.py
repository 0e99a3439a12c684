"""One SMTP session: opened, used for one mail after another, closed."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPStatus,
)
from pydantic import Field, SecretStr

from channels.reaching import connected
from channels.smtp_answers import TROUBLE, Phase
from config.lean import dataclass
from config.reach import Reach

if TYPE_CHECKING:
    from aiosmtplib.protocol import SMTPProtocol

_Wait = Annotated[timedelta, Field(gt=timedelta(0))]
_END = b".\r\n"
_FAREWELL = 2.0


class Security(StrEnum):
    """When TLS begins: after a plain greeting, from the first byte, or never."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach one submission server, and as whom.

    `from_` is an address, or `name <address>`; bounces come back to it. `timeout` limits each
    step up to the server's go-ahead, `answer_timeout` the transfer of the text, and again the answer
    to it, which servers may take long to give.
    `idle` is how long an unused connection is kept; shorter than the server's own limit.
    """

    host: str
    from_: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Security = Security.STARTTLS
    ca_file: Path | None = None
    username: str | None = field(default=None, repr=False)
    password: SecretStr | None = field(default=None, repr=False)
    timeout: _Wait = timedelta(seconds=30)
    answer_timeout: _Wait = timedelta(minutes=2)
    connections: Annotated[int, Field(ge=1, le=64)] = 8
    idle: _Wait = timedelta(seconds=20)
    allow_private: tuple[str, ...] = ()
    mails_per_connection: Annotated[int, Field(ge=1)] = 100
    language: str = "zh-CN"
    # An address literal is valid for a client without a name of its own (RFC 5321 4.1.4), and tells nothing.
    client_name: str = "[127.0.0.1]"


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Make what verifies the server; None without TLS. Reads `ca_file`.

    Raises:
        OSError: `ca_file` cannot be read or holds no certificates.
    """
    if settings.security is Security.NONE:
        return None
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(settings.ca_file)
    return context


class SmtpSession:
    """One connection. `phase` says how far it came, also after a method raised.

    Methods raise what aiosmtplib raises (`smtp_answers.TROUBLE`); after that, or when cancelled,
    the session must be aborted unless the error leaves it usable.
    """

    def __init__(self, settings: SmtpSettings, context: ssl.SSLContext | None) -> None:
        self.phase = Phase.CONNECT
        self.mails = 0
        self.was_kept = False
        self._settings = settings
        self._needs_reset = False
        self._client = SMTP(
            hostname=settings.host,
            local_hostname=settings.client_name,
            # Waiting is limited here: aiosmtplib's `wait_for` can swallow a cancellation (Python 3.11).
            timeout=None,
            use_tls=settings.security is Security.TLS,
            start_tls=False,  # not "never": it is a step of its own below
            tls_context=context,
        )

    @property
    def is_open(self) -> bool:
        """Tell whether the server has not hung up, as far as is known here."""
        return self._client.is_connected

    async def open(self) -> None:
        """Connect, secure the line, log in."""
        client, settings = self._client, self._settings
        async with self._patience():
            reach = Reach.of(settings.host, settings.allow_private)
            sock = await connected(reach, settings.port)
            await client.connect(sock=sock)
        async with self._patience():
            self.phase = Phase.EHLO
            await client.ehlo()
            if settings.security is Security.STARTTLS:
                self.phase = Phase.STARTTLS
                await client.starttls()
                self.phase = Phase.EHLO
                await client.ehlo()
        if settings.username is not None:
            self.phase = Phase.AUTH
            secret = settings.password or SecretStr("")
            async with self._patience():
                await client.login(settings.username, secret.get_secret_value())
        protocol, transport = client.protocol, self._transport()
        if protocol is None or transport is None:
            raise SMTPServerDisconnected("Connection lost")
        # No room for bytes that wait: a drained line then means that the system has taken them all.
        transport.set_write_buffer_limits(high=0)
        self._line = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
        self._protocol: SMTPProtocol = protocol

    async def deliver(self, sender: str, recipient: str, content: bytes) -> SMTPResponse:
        """Hand over one mail; answer the server's 250 after the dot, raise on anything else."""
        async with self._patience():
            await self._announce(sender, recipient)
        answer = await self._transfer(content)
        if answer.code != SMTPStatus.completed:
            raise SMTPDataError(answer.code, answer.message)
        self._needs_reset = False
        self.mails += 1
        return answer

    def _transport(self) -> asyncio.WriteTransport | None:
        # uvloop's transports are no subclass of asyncio's, they only behave so.
        return cast("asyncio.WriteTransport | None", self._client.transport)

    def _patience(self, *, longer: bool = False) -> asyncio.Timeout:
        wait = self._settings.answer_timeout if longer else self._settings.timeout
        return asyncio.timeout(wait.total_seconds())

    async def _announce(self, sender: str, recipient: str) -> None:
        client = self._client
        if self._needs_reset:
            self.phase = Phase.RSET
            await client.rset()
        self._needs_reset = True
        # Both are bare addresses already (`mime.mail_address`): aiosmtplib would take them apart again.
        self.phase = Phase.MAIL
        answer = await client.execute_command(b"MAIL", b"FROM:<%b>" % sender.encode())
        if answer.code != SMTPStatus.completed:
            raise SMTPSenderRefused(answer.code, answer.message, sender)
        self.phase = Phase.RCPT
        answer = await client.execute_command(b"RCPT", b"TO:<%b>" % recipient.encode())
        if answer.code not in (SMTPStatus.completed, SMTPStatus.will_forward):
            raise SMTPRecipientRefused(answer.code, answer.message, recipient)
        self.phase = Phase.DATA
        go_ahead = await client.execute_command(b"DATA")
        if go_ahead.code != SMTPStatus.start_input:
            raise SMTPDataError(go_ahead.code, go_ahead.message)

    async def _transfer(self, content: bytes) -> SMTPResponse:
        # aiosmtplib writes text and dot in one go, and then nobody can tell a mail that was cut off
        # from one that was taken. Here the dot goes out only after everything before it.
        self.phase = Phase.CONTENT
        self._protocol.write(content)
        if self._line.transport.get_write_buffer_size():
            async with self._patience(longer=True):
                await self._line.drain()
        self._protocol.write(_END)
        self.phase = Phase.DOT
        async with self._patience(longer=True):
            return await self._protocol.read_response()

    def leave(self) -> None:
        """Take leave without waiting for the answer."""
        if self.is_open:
            self._protocol.write(b"QUIT\r\n")
        self._client.close()

    async def quit(self) -> None:
        """Take leave and wait a moment for the answer, so that nothing is left open afterwards."""
        with suppress(*TROUBLE):
            async with asyncio.timeout(_FAREWELL):
                await self._client.execute_command(b"QUIT")
        self.abort()
        await asyncio.sleep(0)  # the transport closes in the loop's next round

    def abort(self) -> None:
        """Drop the connection now; what is still on its way out is not sent."""
        transport = self._transport()
        if transport is not None:
            transport.abort()
        self._client.close()


def transparent(content: bytes) -> bytes:
    """Double the dots at line starts (RFC 5321 4.5.2); `content` has CRLF line ends, also the last."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
