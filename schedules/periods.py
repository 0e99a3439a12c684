"""Lengths of time of deadlines, counted as Civil Code art. 200–203 says.

The first day is not counted (art. 201); a period in months ends on the corresponding day, else on the
month's last day (art. 202). Rest days at its end (art. 203) are the roll of `schedules.deadlines`.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from config.durations import Duration, Unit
from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.errors import PeriodNegative, PeriodTooFine

_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7}
_MONTHS = {Unit.MONTHS: 1, Unit.YEARS: 12}
_ORDINALS = range(date.min.toordinal(), date.max.toordinal() + 1)


def month_start(year: int, month: int) -> date:
    """Answer what a month-only date counts from as an anchor: its first day."""
    return date(year, month, 1)


def month_end(year: int, month: int) -> date:
    """Answer what a month-only date counts to as a target: its last day."""
    return date(year, month, monthrange(year, month)[1])


def shifted(day: date, offset: Duration, calendar: WorkCalendar) -> date:
    """Move `day` by a signed offset; never falls as `day` rises.

    What would leave the calendar of the world stops at its first or last day.

    Raises:
        PeriodTooFine: the offset counts hours or minutes.
    """
    if offset.unit in _DAYS:
        return shifted_days(day, offset.amount * _DAYS[offset.unit])
    if offset.unit in _MONTHS:
        return _shifted_months(day, offset.amount * _MONTHS[offset.unit])
    if offset.unit is Unit.WORKDAYS:
        return calendar.add_workdays(day, offset.amount)
    raise PeriodTooFine(offset)


def _shifted_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_anchor(due: Callable[[date], date], by: date) -> date | None:
    """Answer the last day whose `due` falls on or before `by`; None if no day's does.

    A search over any function that never falls as its day rises:
    `due(day) <= by` exactly when `day <= latest_anchor(due, by)`.
    """

    def is_in(index: int) -> bool:
        return due(date.fromordinal(_ORDINALS[index])) <= by

    # Lengths of time hardly vary: as far before `by` as the one that starts there ends after it.
    guess = 2 * by.toordinal() - due(by).toordinal()
    low = high = min(max(guess, 0), len(_ORDINALS))
    reach = 1
    while low > 0 and not is_in(low - 1):
        low, reach = max(low - reach, 0), 2 * reach
    reach = 1
    while high < len(_ORDINALS) and is_in(high):
        high, reach = min(high + reach, len(_ORDINALS)), 2 * reach
    count = low + bisect_left(range(low, high), True, key=lambda index: not is_in(index))
    return date.fromordinal(_ORDINALS[count - 1]) if count else None


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time that runs forward, with the calendar its workdays are counted in."""

    duration: Duration
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        if self.duration.unit in (Unit.MINUTES, Unit.HOURS):
            raise PeriodTooFine(self.duration)
        if self.duration.amount < 0:
            raise PeriodNegative(self.duration)

    @classmethod
    def parse(cls, text: str, calendar: WorkCalendar | None = None) -> "Period":
        """Read `3 months`, `14天`, `10个工作日`; without a calendar the official one is used.

        Raises:
            DurationError: the text is no duration.
            PeriodTooFine: it counts hours or minutes.
            PeriodNegative: it runs backwards.
        """
        return cls.of(Duration.parse(text), calendar or WorkCalendar.official())

    @classmethod
    def of(cls, duration: Duration, calendar: WorkCalendar) -> "Period":
        """Make a period of a duration.

        Raises:
            PeriodTooFine: it counts hours or minutes.
            PeriodNegative: it runs backwards.
        """
        return cls(duration, calendar)

    def after(self, day: date) -> date:
        """Answer the period's last day when it starts on `day`, which is not counted."""
        return shifted(day, self.duration, self.calendar)

    def before(self, day: date) -> date:
        """Answer the corresponding day as long before `day`.

        Not the inverse of `after`: 30 November and three months is 28 February, but three months
        before that is 28 November. `latest_start` is the inverse.
        """
        back = Duration(-self.duration.amount, self.duration.unit)
        return shifted(day, back, self.calendar)

    def latest_start(self, by: date) -> date:
        """Answer the last day from which the period ends on or before `by`.

        `date.min` if even that starts too late, which no date of a ledger meets.
        """
        return latest_anchor(self.after, by) or date.min

    def __str__(self) -> str:
        return str(self.duration)
