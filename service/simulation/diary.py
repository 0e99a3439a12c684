"""What a machine did that no table tells."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from alerts.audit import Finding


@dataclass(slots=True)
class Diary:
    """What a machine did that no table tells: by the wall clock."""

    crashes: int = 0
    audits: list[datetime] = field(default_factory=list)
    findings: list[tuple[datetime, Finding]] = field(default_factory=list)
    lives: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def begin(self, at: datetime) -> None:
        """Note that a process has started."""
        self.lives.append((at, None))

    def end(self, at: datetime) -> None:
        """Note that it has ended."""
        if self.lives and self.lives[-1][1] is None:
            self.lives[-1] = (self.lives[-1][0], at)

    def finished(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the lives so far, as if the present one ended now."""
        yield from ((begun, ended or at) for begun, ended in self.lives)
