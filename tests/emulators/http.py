"""What all stand-ins for HTTP gateways share: listening on loopback, and failing as told.

A stand-in is an `HttpEmulator` with its own `answer`. It keeps what it took and, in `violations`,
every limit that was exceeded: a test asserts that there is none.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from threading import Thread
from typing import Self

from aiohttp import web


class Act(StrEnum):
    """What to do with a request instead of answering it as one should."""

    ANSWER = "answer"  # say `status` and `body` instead, without taking it
    DROP = "drop"  # reset the connection, without taking it
    LOSE = "lose"  # take it, then reset the connection
    HANG = "hang"  # take it, then say nothing
    GARBLE = "garble"  # take it, then say `body`


@dataclass(frozen=True)
class HttpFault:
    """One thing to do wrong. `share`: with this probability; `times`: so often (None: always)."""

    act: Act
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    times: int | None = 1
    share: float = 1.0
    path: str = ""


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """What a stand-in answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


HERE = ("127.0.0.1",)
"""Where stand-ins are, for a channel's `allow_private`."""

LOSSES = (
    HttpFault(Act.DROP),
    HttpFault(Act.LOSE),
    HttpFault(Act.GARBLE, 200, b"<html>"),
    HttpFault(Act.ANSWER, 503),
    HttpFault(Act.GARBLE, 502, b"bad gateway"),
)
"""What any far side over HTTP may do wrong, short of saying nothing."""


def spread(faults: Sequence[HttpFault], share: float) -> list[HttpFault]:
    """Let a share of all requests go wrong, each in one of these ways, for ever."""
    return [replace(fault, share=share / len(faults), times=None) for fault in faults]


class HttpEmulator(ABC):
    """`async with Emulator() as server:` listens at `server.url`; faults are added to `faults`."""

    def __init__(self, *, seed: int = 0) -> None:
        self.faults: list[HttpFault] = []
        self.committed: dict[HttpFault, int] = {}
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.port = 0
        self._random = Random(seed)  # noqa: S311  # which request fails is no secret
        self._runner: web.AppRunner | None = None
        self._open: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def answer(self, asked: Asked) -> Said:
        """Take one request as the real one does, or refuse it."""

    def fail(self, *faults: HttpFault) -> None:
        """Do this wrong from now on, one after the other."""
        self.faults.extend(faults)

    async def start(self) -> None:
        """Listen, at the same port as before."""
        if self._runner is not None:
            return
        self._open = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Refuse connections from now on."""
        runner, self._runner = self._runner, None
        if runner is not None:
            if self._open is not None:
                self._open.set()
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _handle(self, request: web.Request) -> web.Response:
        asked = Asked(
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        self.asked.append(asked)
        fault = self._strike(asked.path)
        if fault is None:
            return _response(self.answer(asked))
        if fault.act is Act.ANSWER:
            return _response(Said(fault.body, fault.status, fault.headers))
        if fault.act is not Act.DROP:
            self.answer(asked)
        if fault.act is Act.HANG and self._open is not None:
            await self._open.wait()
        if fault.act is not Act.GARBLE and request.transport is not None:
            request.transport.abort()
        return _response(Said(fault.body, fault.status))

    def _strike(self, path: str) -> HttpFault | None:
        for fault in self.faults:
            used = self.committed.get(fault, 0)
            if fault.path not in path or (fault.times is not None and used >= fault.times):
                continue
            if fault.share >= 1 or self._random.random() < fault.share:
                self.committed[fault] = used + 1
                return fault
        return None


@contextmanager
def beside(emulator: HttpEmulator) -> Iterator[None]:
    """Run an emulator in a thread of its own: for commands, which run event loops themselves."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(emulator.start(), loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(emulator.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _response(said: Said) -> web.Response:
    return web.Response(
        body=said.body, status=said.status, headers=said.headers, content_type=said.content_type
    )


class Recorder(HttpEmulator):
    """Answers what it was given, in order, the last for ever; every request is in `asked`."""

    def __init__(self, said: Sequence[Said] = (Said(),), *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self._said = list(said)

    def answer(self, asked: Asked) -> Said:
        """Say the next thing."""
        return self._said.pop(0) if len(self._said) > 1 else self._said[0]
