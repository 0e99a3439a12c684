"""When a duty falls due: interval, changes of interval, rest days and offset as one pure function.

Everything here depends on the anchor alone and never falls as the anchor rises; therefore "due by t" is
"anchored on or before `latest_anchor(t)`", a plain date that a database looks up in an index.
"""

from bisect import bisect_right
from datetime import date
from enum import StrEnum

from config.durations import Duration, Unit
from config.lean import dataclass
from schedules.calendars import WorkCalendar
from schedules.errors import HistoryEmpty, RepeatTooShort
from schedules.intervals import Interval
from schedules.periods import Period, latest_anchor, shifted

_AT_ONCE = Duration(0, Unit.DAYS)


class Roll(StrEnum):
    """Where a due date goes that falls on a rest day."""

    BEFORE = "before"
    AFTER = "after"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The due date of one rule as a function of its anchor.

    `history` holds the rule's intervals, oldest first, each with the day it took effect; None means
    it always held, and so forgets what stood before it. A shorter interval is counted from the day
    of the change at the earliest, so that nobody becomes overdue overnight; a longer one simply
    moves the date. Windows of an `Interval` count from the day of the change in the same way.
    """

    history: tuple[tuple[Period | Interval, date | None], ...]
    roll: Roll
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        if not self.history:
            raise HistoryEmpty

    def due(self, anchor: date) -> date:
        """Answer the due date of what was last done on `anchor`.

        A month-only anchor counts from its first day. A roll back that would reach the day counted
        from, the anchor or the change, or pass it rolls forward instead.
        """
        return self._due(anchor, self.roll)

    def shifted_due(self, anchor: date, offset: Duration) -> date:
        """Answer the day of a step, also where it lies on or before the anchor; for `latest_anchor`."""
        return shifted(self.due(anchor), offset, self.calendar)

    def step_date(self, anchor: date, offset: Duration) -> date | None:
        """Answer the day of a step; None if on or before the anchor: such a step does not exist.

        Raises:
            PeriodTooFine: the offset counts hours or minutes.
        """
        day = self.shifted_due(anchor, offset)
        return day if day > anchor else None

    def latest_anchor(self, by: date, offset: Duration = _AT_ONCE) -> date | None:
        """Answer the last anchor whose step lies on or before `by`; None if there is none.

        `shifted_due(anchor, offset) <= by` exactly when `anchor <= latest_anchor(by, offset)`. Steps
        that `step_date` refuses are still to be left out, entry by entry.
        """
        return latest_anchor(lambda anchor: self.shifted_due(anchor, offset), by)

    def is_provisional(self, anchor: date) -> bool:
        """Say whether the due date rests on a year whose holiday notice is not known yet."""
        units = {unit for interval, _ in self.history for unit in _units(interval)}
        if self.roll is Roll.NONE and Unit.WORKDAYS not in units:
            return False
        ends = (self._due(anchor, Roll.NONE), self.due(anchor))
        return any(self.calendar.is_provisional(day) for day in ends)

    def _due(self, anchor: date, roll: Roll) -> date:
        (first, _), *changes = self.history
        due = self._end(first, anchor, roll)
        for interval, since in changes:
            new = self._end(interval, anchor, roll)
            restarted = new if since is None else self._end(interval, max(anchor, since), roll)
            due = max(new, min(due, restarted))
        return due

    def _end(self, interval: Period | Interval, start: date, roll: Roll) -> date:
        # Rolled here and not at the very end: what restarts on a change made on a rest day would
        # else roll back to before the change, and be overdue overnight.
        if isinstance(interval, Period):
            return rolled(interval.after(start), roll, after=start, calendar=self.calendar)
        ends = interval.ends(start)
        return min(rolled(end, roll, after=since, calendar=self.calendar) for since, end in ends)


def rolled(day: date, roll: Roll, *, after: date, calendar: WorkCalendar) -> date:
    """Answer where `day` goes that counts from `after`; never falls as `day` rises.

    A roll back that would reach `after` or pass it rolls forward instead.
    """
    if roll is Roll.NONE:
        return day
    if roll is Roll.BEFORE:
        before = calendar.last_workday_on_or_before(day)
        if before > after:
            return before
    return calendar.first_workday_on_or_after(day)


def _units(interval: Period | Interval) -> set[Unit]:
    windows = interval.windows if isinstance(interval, Interval) else ()
    return {interval.duration.unit, *(window.period.duration.unit for window in windows)}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a repeated step; `number` 0 is the step itself."""

    number: int
    on: date


def occurrence_date(first: date, repeat: Period, n: int) -> date:
    """Answer the day of the n-th repeat, counted from `first`, so that repeats never drift.

    Raises:
        RepeatTooShort: the repeat is nothing long.
    """
    far = Duration(n * _amount(repeat), repeat.duration.unit)
    return shifted(first, far, repeat.calendar)


def newest_occurrence(first: date, repeat: Period, today: date) -> Occurrence | None:
    """Answer the latest repeat on or before `today`, `first` included; None before `first`.

    Raises:
        RepeatTooShort: the repeat is nothing long.
    """
    # No unit is shorter than a day, which bounds how often it can have come round.
    most = (today - first).days // _amount(repeat) + 1
    passed = bisect_right(
        range(max(most, 0)), today, key=lambda n: occurrence_date(first, repeat, n)
    )
    if passed == 0:
        return None
    return Occurrence(passed - 1, occurrence_date(first, repeat, passed - 1))


def _amount(repeat: Period) -> int:
    if repeat.duration.amount == 0:
        raise RepeatTooShort(repeat.duration)
    return repeat.duration.amount
