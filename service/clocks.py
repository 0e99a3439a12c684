"""The heartbeat: whether the wall clock goes at the pace of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.runner import Clock

HOLD_OVER = timedelta(hours=24)
"""A jump beyond this holds delivery: whoever set the clock must say what is right."""

NOTICED_OVER = timedelta(seconds=60)

Stopwatch = Callable[[], float]
"""Seconds that never run backwards (`time.monotonic`)."""


@dataclass(slots=True)
class Heartbeat:
    """Compares two clocks from one beat to the next."""

    clock: Clock
    stopwatch: Stopwatch
    _wall: datetime = field(init=False)
    _elapsed: float = field(init=False)

    def __post_init__(self) -> None:
        self._wall, self._elapsed = self.clock(), self.stopwatch()

    def beat(self) -> timedelta:
        """Answer how far the wall clock has jumped since the last beat; negative is backwards."""
        wall, elapsed = self.clock(), self.stopwatch()
        jump = (wall - self._wall) - timedelta(seconds=elapsed - self._elapsed)
        self._wall, self._elapsed = wall, elapsed
        return jump
