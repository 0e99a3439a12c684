"""What is to happen in a trial, in order of true time; of one instant, in the order it was noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

Happening = Callable[[], None]


@dataclass(slots=True)
class Agenda:
    """Things to come. What is noted for the past happens next."""

    _noted: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _count: int = 0

    def note(self, at: datetime, happening: Happening) -> None:
        """Let something happen at an instant of true time."""
        self._count += 1
        heappush(self._noted, (at, self._count, happening))

    def next_at(self) -> datetime | None:
        """Answer when the next thing happens."""
        return self._noted[0][0] if self._noted else None

    def take(self) -> Happening:
        """Take the next thing off."""
        return heappop(self._noted)[2]
