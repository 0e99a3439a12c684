"""Two clocks of a trial: true time, which only the trial moves, and the wall clock, which may jump."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class TrialClock:
    """What the engine reads as its clock: true time and by how much the wall clock is wrong."""

    true: datetime
    wrong_by: timedelta = field(default=timedelta(0))

    def __call__(self) -> datetime:
        """Answer the wall clock."""
        return self.true + self.wrong_by

    def true_at(self, wall: datetime) -> datetime:
        """Answer when the wall clock will show an instant."""
        return wall - self.wrong_by
