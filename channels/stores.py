"""A store for one process: dry runs, and tests of channels that share a token."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime


class MemoryStore:
    """Keeps values until they end or the program does (`channels.protocol.Store`)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, datetime]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, name: str) -> str | None:
        """Answer a value that has not ended; None: there is none."""
        value, until = self._kept.get(name, (None, self._clock()))
        return value if until > self._clock() else None

    async def put(self, name: str, value: str, *, until: datetime) -> None:
        """Keep a value until an instant."""
        self._kept[name] = (value, until)

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Let one task at a time do what is in the `async with`."""
        return self._locks.setdefault(name, asyncio.Lock())
