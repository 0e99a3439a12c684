"""A strict SMTP server on loopback that does wrong exactly what it is told to (`faults.py`).

In the test's own loop: `async with SmtpEmulator() as server:`, then `server.port` and
`server.received`. For another process: `python -m tests.emulators.smtp --port 0 --store DIR`
prints its port and keeps each mail as DIR/000001.eml, or `smtp_process()` does that for a test.
"""

import argparse
import asyncio
import base64
import binascii
import re
import signal
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import cast

from tests.emulators.faults import Act, Fault, Phase, Script
from tests.emulators.sink import Sink

_LIMIT = 64 * 1024 * 1024
_LONGEST_LINE = 998
_ENVELOPE = re.compile(r"(?:FROM|TO):<([^<>\s]*)>", re.IGNORECASE)
_ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Received:
    """One mail as it was taken, dots unstuffed."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    secure: bool


class SmtpEmulator:
    """The server. `stop()` and `start()` take it down and up again on the same port."""

    def __init__(
        self,
        *faults: Fault,
        port: int = 0,
        store: Path | None = None,
        tls: ssl.SSLContext | None = None,
        tls_from_start: bool = False,
        account: tuple[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.script = Script(list(faults), seed)
        self.tls = tls
        self.account = account
        self.received: list[Received] = []
        self.verbs: list[str] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._tls_from_start = tls_from_start
        self._store = store
        self._stored = len(list(store.glob("*.eml"))) if store else 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "SmtpEmulator":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; the first time on any free port, later on the same one."""
        context = self.tls if self._tls_from_start else None
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, limit=_LIMIT, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and reset every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close every open connection and go on listening, as a server does with idle clients."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fail(self, phase: Phase, answer: str = "", **details: object) -> None:
        """Do wrong from now on: `fail(Phase.RCPT, "550 5.1.1 unknown", times=1)`, `fail(Phase.DOT, act=Act.LOSE)`."""
        self.script.add(Fault(phase, answer=answer, **details))  # type: ignore[arg-type]  # Fault's own fields

    def copies(self) -> Counter[str]:
        """Count what was taken by Message-ID."""
        return Counter(mail.message_id for mail in self.received)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something about this server is so: `await server.until(lambda: server.open == 0)`."""
        while not is_so():
            self._change.clear()
            await self._change.wait()

    def heard(self, verb: str) -> None:
        """Note a command."""
        self.verbs.append(verb)
        self._change.set()

    def fault(self, phase: Phase, recipient: str) -> Fault | None:
        """Answer what to do wrong here, and note that it is done."""
        self._change.set()
        return self.script.take(phase, recipient)

    def keep(self, mail: Received) -> None:
        """Store one taken mail, in memory and as a file."""
        self.received.append(mail)
        self._change.set()
        if self._store is not None:
            self._stored += 1
            unfinished = self._store / f"{self._stored:06}.part"
            unfinished.write_bytes(mail.content)
            unfinished.rename(unfinished.with_suffix(".eml"))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await _Session(self, reader, writer, secure=self._tls_from_start).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away
        except asyncio.CancelledError:
            pass  # the server hangs up
        finally:
            self.open -= 1
            self._change.set()
            self._tasks.discard(task)
            writer.close()


class _Session:
    """One connection: reads commands, answers by state, commits the faults of the script."""

    def __init__(
        self,
        server: SmtpEmulator,
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


@contextmanager
def smtp_process(
    store: Path, *arguments: str, port: int = 0
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run the emulator in a process of its own; answer its port and the process, end it afterwards.

    Started again on the same port and store, it goes on numbering where it stopped.
    """
    command = [sys.executable, "-m", "tests.emulators.smtp", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--store", str(store), *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


async def _run(options: argparse.Namespace) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    server = (
        Sink(options.port)
        if options.sink
        else SmtpEmulator(*options.fault, port=options.port, store=options.store, seed=options.seed)
    )
    async with server:
        print(server.port, flush=True)  # noqa: T201  # the caller reads the port
        await ending.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--sink", action="store_true", help="take all, keep nothing, be fast")
    parser.add_argument("--fault", type=Fault.parse, action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
