"""E-mail through a submission server: kept connections, every answer understood.

Taken means: 250 after the dot. How each other answer counts is in `smtp_answers.py`. A cancelled
send drops its connection; whether the server took that mail, nobody knows.
"""

import asyncio

from channels.errors import UnsafeHeader
from channels.mime import Sender, build, mail_address
from channels.protocol import (
    ChannelError,
    FailureReason,
    Message,
    ReaderClass,
    Receipt,
    Refused,
)
from channels.smtp_answers import TROUBLE, is_stale, leaves_session_usable, reference, understand
from channels.smtp_pool import Gate, Kept
from channels.smtp_session import SmtpSession, SmtpSettings, tls_context, transparent

# Reasons that lie with the server or the way to it, whatever the mail.
_UNUSABLE = frozenset(
    {
        FailureReason.UNREACHABLE,
        FailureReason.FORBIDDEN_ADDRESS,
        FailureReason.TLS,
        FailureReason.AUTHENTICATION,
    }
)


class SmtpChannel:
    """Sends mail. One object serves many tasks of one event loop."""

    kind = "smtp"
    reader_class = ReaderClass.PERSON

    def __init__(self, settings: SmtpSettings) -> None:
        """Connect to nothing yet.

        Raises:
            UnsafeHeader: `from_` is no address.
            OSError: `ca_file` cannot be read.
        """
        self._settings = settings
        self._sender = Sender.parse(settings.from_)
        self._context = tls_context(settings)
        self._gate = Gate(settings.connections)
        self._kept = Kept(settings)

    async def send(self, message: Message) -> Receipt:
        """Hand over one mail and wait for the answer after the dot.

        Raises:
            Refused: it was certainly not taken.
            Unknown: the dot went out, and no answer that can be read came back.
        """
        async with self._gate:
            outcome = await self._hand_over(message)
        if isinstance(outcome, Receipt):
            return outcome
        # Raised here, not where it was understood: there aiosmtplib's error, which holds the
        # address, would stay attached as its context.
        raise outcome

    async def close(self) -> None:
        """Take leave on every kept connection; those in use close when their mail is through."""
        kept, self._kept = self._kept, Kept(self._settings)
        await asyncio.gather(*(session.quit() for session in kept.retire()))

    async def _hand_over(self, message: Message) -> Receipt | ChannelError:
        try:
            recipient = mail_address("To", message.address)
            mail = build(message, self._sender, language=self._settings.language)
        except UnsafeHeader as error:
            return _unsafe(error.header)
        content, kept = transparent(mail), self._kept
        session = kept.take()
        if session is not None:
            outcome, stale = await self._deliver(session, kept, recipient, content)
            if not stale:
                return outcome
        fresh = await self._open()
        if isinstance(fresh, ChannelError):
            return fresh
        outcome, _ = await self._deliver(fresh, kept, recipient, content)
        return outcome

    async def _open(self) -> SmtpSession | ChannelError:
        session = SmtpSession(self._settings, self._context)
        ready = False
        try:
            await session.open()
            ready = True
        except TROUBLE as error:
            failure = understand(session.phase, error)
        finally:
            if not ready:
                session.abort()
        if ready:
            return session
        if failure.reason in _UNUSABLE:
            self._gate.restart(failure)
        else:
            self._gate.narrow()
        return failure

    async def _deliver(
        self, session: SmtpSession, kept: Kept, recipient: str, content: bytes
    ) -> tuple[Receipt | ChannelError, bool]:
        """Answer the outcome, and whether it is only that the server had left a kept session."""
        usable = False
        try:
            answer = await session.deliver(self._sender.address, recipient, content)
            usable = True
            self._gate.widen()
            return Receipt(reference(answer.message)), False
        except TROUBLE as error:
            usable = leaves_session_usable(error)
            stale = session.was_kept and is_stale(session.phase, error)
            return understand(session.phase, error), stale
        finally:
            if usable:
                kept.put(session)
            else:
                session.abort()


def _unsafe(header: str) -> Refused:
    detail = f"header {header}"
    if header == "Content-Language":
        return Refused(FailureReason.MISCONFIGURED, detail, account_wide=True)
    if header == "To":
        return Refused(FailureReason.ADDRESS_REFUSED, detail, permanent=True)
    return Refused(FailureReason.CONTENT_REFUSED, detail, permanent=True)
