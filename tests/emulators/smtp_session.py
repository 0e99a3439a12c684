"""One connection to the SMTP emulator: strict about order and form, wrong where the script says so."""

import asyncio
import base64
import binascii
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, cast

from tests.emulators.faults import Act, Fault, Phase

if TYPE_CHECKING:
    from tests.emulators.smtp import SmtpEmulator

_LONGEST_LINE = 998
_ENVELOPE = re.compile(r"(?:FROM|TO):<([^<>\s]*)>", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """One mail as it was taken, dots unstuffed."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    secure: bool


class Session:
    """Reads commands, answers by state, commits the faults of the script."""

    def __init__(
        self,
        server: "SmtpEmulator",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        secure: bool,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._secure = secure
        self._known = server.account is None
        self._greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def run(self) -> None:
        if not await self._goes_wrong(Phase.CONNECT):
            await self._say("220 emulator.invalid ESMTP")
        while not self._writer.is_closing():
            line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("ascii", "replace")
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self._server.heard(verb)
            await self._obey(verb, rest)

    async def _obey(self, verb: str, rest: str) -> None:
        handlers = {
            "EHLO": (Phase.EHLO, self._ehlo),
            "STARTTLS": (Phase.STARTTLS, self._starttls),
            "AUTH": (Phase.AUTH, self._auth),
            "MAIL": (Phase.MAIL, self._mail),
            "RCPT": (Phase.RCPT, self._rcpt),
            "DATA": (Phase.DATA, self._data),
            "RSET": (Phase.RSET, self._rset),
            "QUIT": (Phase.QUIT, self._quit),
        }
        if verb not in handlers:
            return await self._say("502 5.5.1 command not known")
        phase, handler = handlers[verb]
        if not await self._goes_wrong(phase, rest):
            await handler(rest)
        return None

    async def _goes_wrong(self, phase: Phase, rest: str = "") -> bool:
        recipient = rest if phase is Phase.RCPT else ",".join(self._recipients)
        fault = self._server.fault(phase, recipient)
        if fault is None:
            return False
        await self._commit(fault)
        return True

    async def _commit(self, fault: Fault) -> None:
        if fault.act is Act.HANG:
            await asyncio.Event().wait()  # until the server hangs up
        elif fault.act is Act.DROP:
            self._writer.transport.abort()
        elif fault.act is Act.LOSE:
            self._writer.close()
        else:
            await self._say(fault.answer)
            if fault.answer.startswith("421"):
                self._writer.close()

    async def _say(self, answer: str) -> None:
        self._writer.write(answer.encode() + b"\r\n")
        await self._writer.drain()

    async def _ehlo(self, rest: str) -> None:
        self._greeted = True
        offers = ["emulator.invalid", "8BITMIME"]
        if self._server.tls is not None and not self._secure:
            offers.append("STARTTLS")
        if self._server.account is not None:
            offers.append("AUTH PLAIN LOGIN")
        for offer in offers:
            self._writer.write(f"250-{offer}\r\n".encode())
        await self._say("250 ENHANCEDSTATUSCODES")

    async def _starttls(self, rest: str) -> None:
        if self._server.tls is None or self._secure:
            return await self._say("503 5.5.1 no TLS now")
        await self._say("220 2.0.0 go ahead")
        await self._writer.start_tls(self._server.tls)
        self._secure = True
        self._greeted = False
        return None

    async def _auth(self, rest: str) -> None:
        method, _, first = rest.partition(" ")
        if self._server.account is None:
            return await self._say("503 5.5.1 no accounts here")
        try:
            if method.upper() == "PLAIN":
                given = tuple(base64.b64decode(first).decode().split("\0")[1:])
            else:
                user = first or await self._ask("VXNlcm5hbWU6")
                password = await self._ask("UGFzc3dvcmQ6")
                given = (base64.b64decode(user).decode(), base64.b64decode(password).decode())
        except (binascii.Error, UnicodeDecodeError):
            return await self._say("501 5.5.2 not base64")
        self._known = given == self._server.account
        good = self._known
        return await self._say("235 2.7.0 welcome" if good else "535 5.7.8 wrong password")

    async def _ask(self, challenge: str) -> str:
        await self._say(f"334 {challenge}")
        return (await self._reader.readuntil(b"\r\n")).decode("ascii").strip()

    async def _mail(self, rest: str) -> None:
        envelope = _ENVELOPE.match(rest)
        if not self._known:
            await self._say("530 5.7.0 authentication required")
        elif not self._greeted or self._sender is not None:
            await self._say("503 5.5.1 not now")
        elif envelope is None:
            await self._say("501 5.5.4 MAIL FROM:<address> please")
        else:
            self._sender = envelope[1]
            await self._say("250 2.1.0 sender ok")

    async def _rcpt(self, rest: str) -> None:
        envelope = _ENVELOPE.match(rest)
        if self._sender is None:
            await self._say("503 5.5.1 not now")
        elif envelope is None or "@" not in envelope[1]:
            await self._say("501 5.1.3 RCPT TO:<address> please")
        else:
            self._recipients.append(envelope[1])
            await self._say("250 2.1.5 recipient ok")

    async def _data(self, rest: str) -> None:
        if not self._recipients:
            return await self._say("503 5.5.1 no recipients")
        await self._say("354 end with a dot")
        fault = self._server.fault(Phase.CONTENT, ",".join(self._recipients))
        if fault is not None:
            await self._reader.read(1)
            if fault.act is Act.HANG:  # as one that takes nothing more
                # uvloop's transports are no subclass of asyncio's, they only behave so.
                cast("asyncio.Transport", self._writer.transport).pause_reading()
            return await self._commit(fault)
        content = (await self._reader.readuntil(b"\r\n.\r\n"))[:-3]
        await self._end(content.replace(b"\r\n.", b"\r\n"), self._complaint(content))
        return None

    async def _end(self, content: bytes, complaint: str) -> None:
        fault = self._server.fault(Phase.DOT, ",".join(self._recipients))
        if not complaint and (fault is None or fault.keeps or fault.act is Act.LOSE):
            header = BytesHeaderParser().parsebytes(content)
            mail = Received(
                message_id=header.get("Message-ID", ""),
                sender=self._sender or "",
                recipients=tuple(self._recipients),
                content=content,
                secure=self._secure,
            )
            self._server.keep(mail)
        self._forget()
        if fault is not None:
            await self._commit(fault)
        else:
            await self._say(complaint or f"250 2.0.0 queued as E{len(self._server.received):06}")

    def _complaint(self, content: bytes) -> str:
        if not content.isascii():
            return "554 5.6.1 only ASCII was announced"
        if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
            return "554 5.6.0 bare line break"
        if max(map(len, content.split(b"\r\n"))) > _LONGEST_LINE:
            return "554 5.6.0 line too long"
        return ""

    async def _rset(self, rest: str) -> None:
        self._forget()
        await self._say("250 2.0.0 forgotten")

    async def _quit(self, rest: str) -> None:
        await self._say("221 2.0.0 bye")
        self._writer.close()

    def _forget(self) -> None:
        self._sender = None
        self._recipients = []
