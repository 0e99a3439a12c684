"""A strict SMTP server on loopback that does wrong exactly what it is told to (`faults.py`).

In the test's own loop: `async with SmtpEmulator() as server:`, then `server.port` and
`server.received`. For another process: `python -m tests.emulators.smtp --port 0 --store DIR`
prints its port and keeps each mail as DIR/000001.eml, or `smtp_process()` does that for a test.
"""

import argparse
import asyncio
import signal
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.emulators.faults import Fault, Phase, Script
from tests.emulators.sink import Sink
from tests.emulators.smtp_session import Received, Session

_LIMIT = 64 * 1024 * 1024
_ROOT = Path(__file__).resolve().parent.parent.parent


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
            await Session(self, reader, writer, secure=self._tls_from_start).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away
        except asyncio.CancelledError:
            pass  # the server hangs up
        finally:
            self.open -= 1
            self._change.set()
            self._tasks.discard(task)
            writer.close()


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
