"""An interval that is shorter inside windows of dates: every month in the flood season, else every three."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import field
from datetime import date
from itertools import accumulate

from config.durations import Duration
from config.lean import dataclass
from schedules.periods import Period


@dataclass(frozen=True, slots=True)
class Shorter:
    """A window of dates, both included, in which `period` counts; longer than usual it does nothing.

    A window entered after it began starts on the day it became known: nobody is overdue overnight.
    """

    start: date
    end: date
    period: Period


@dataclass(frozen=True, slots=True)
class Interval:
    """A usual period, and windows in which a shorter one falls due.

    What falls due inside a window stays due after it closes; what would fall due after its end is
    due as usual. The order of `windows` says nothing.
    """

    period: Period
    windows: tuple[Shorter, ...] = ()
    _reach: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.windows, key=lambda window: (window.start, window.end))
        object.__setattr__(self, "windows", tuple(ordered))
        reach = tuple(accumulate((window.end for window in ordered), max))
        object.__setattr__(self, "_reach", reach)

    @property
    def duration(self) -> Duration:
        """Answer the usual interval."""
        return self.period.duration

    def after(self, day: date) -> date:
        """Answer the day the interval ends that starts on `day`, rest days aside."""
        return min(end for _, end in self.ends(day))

    def ends(self, day: date) -> Iterator[tuple[date, date]]:
        """Yield the days it may end on, each behind the day it counts from; the earliest holds.

        The usual one comes first. What cannot be the earliest, rolled or not, may be left out.
        """
        earliest = self.period.after(day)
        yield day, earliest
        for index in range(bisect_left(self._reach, day), len(self.windows)):
            window = self.windows[index]
            if window.start >= earliest:
                return
            start = max(day, window.start)
            end = window.period.after(start)
            if end <= window.end:
                yield start, end
                earliest = min(earliest, end)

    def __str__(self) -> str:
        return str(self.period)
