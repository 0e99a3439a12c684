"""Clocks for channels and their far sides."""

from datetime import UTC, datetime, timedelta

from channels.protocol import Tools
from channels.stores import MemoryStore

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)


class Ticking:
    """A clock that goes on by `step` whenever it is read, so that nobody comes too often."""

    def __init__(self, step: timedelta = timedelta(), *, start: datetime = NOW) -> None:
        self.now = start
        self._step = step

    def __call__(self) -> datetime:
        """Answer the instant."""
        self.now += self._step
        return self.now

    def tools(self) -> Tools:
        """Make what a channel is given."""
        return Tools(MemoryStore(lambda: self.now), self)
