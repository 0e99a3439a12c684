"""Which days are worked: the official Chinese calendar with its make-up days (调休), as a value."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from functools import cache

from chinese_calendar import constants

from config.lean import dataclass
from schedules.notices import notice_year, read_notice

_FIRST = date.min.toordinal()
_LAST = date.max.toordinal()
_SATURDAY = 5
# The State Council publishes next year's notice in late October to early December.
_ASK_FROM_MONTH = 11


def shifted_days(day: date, days: int) -> date:
    """Move by calendar days; what would leave the calendar stops at its first or last day."""
    return date.fromordinal(min(max(day.toordinal() + days, _FIRST), _LAST))


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The exceptions to Monday–Friday, and the years whose notice is known.

    `rest` are weekdays off, `work` are weekend days worked; nothing else is kept, so that equal
    calendars compare equal. Every answer is total: where the calendar of the world ends
    (`date.min`, `date.max`) the nearest day of it is answered.
    """

    years: frozenset[int]
    rest: frozenset[date]
    work: frozenset[date]
    _rest_days: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _work_days: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rest = frozenset(day for day in self.rest if not _is_weekend(day))
        work = frozenset(day for day in self.work if _is_weekend(day))
        object.__setattr__(self, "rest", rest)
        object.__setattr__(self, "work", work)
        object.__setattr__(self, "_rest_days", tuple(sorted(day.toordinal() for day in rest)))
        object.__setattr__(self, "_work_days", tuple(sorted(day.toordinal() for day in work)))

    @classmethod
    def official(cls) -> "WorkCalendar":
        """Answer what the installed `chinesecalendar` knows (2004 to its last notice)."""
        return _official()

    def extended(self, notice: Mapping[str, object]) -> "WorkCalendar":
        """Take over one year's notice (the JSON of a holiday-cn file).

        It replaces what was known of its year, from the December before. A file without papers or
        without days is no notice yet: the year stays as it was, so compare `years`.

        Raises:
            CalendarNoticeInvalid: the JSON is not such a file.
        """
        read = read_notice(notice)
        if not read.rest:
            return self
        named = read.rest | read.work

        def kept(days: Iterable[date]) -> frozenset[date]:
            return frozenset(
                day for day in days if notice_year(day) != read.year and day not in named
            )

        return WorkCalendar(
            self.years | {read.year}, kept(self.rest) | read.rest, kept(self.work) | read.work
        )

    def is_workday(self, day: date) -> bool:
        """Say whether offices work on `day`; in a year without data Monday to Friday are assumed."""
        return day in self.work if _is_weekend(day) else day not in self.rest

    def is_provisional(self, day: date) -> bool:
        """Say whether the notice of the day's year is unknown, so that answers may yet change."""
        return day.year not in self.years

    def missing_years(self, today: date) -> tuple[int, ...]:
        """Name the years to ask the operator for: this one, and the next from 1 November."""
        asked = (today.year, today.year + 1) if today.month >= _ASK_FROM_MONTH else (today.year,)
        return tuple(year for year in asked if year not in self.years)

    def last_workday_on_or_before(self, day: date) -> date:
        """Answer `day` itself or the workday before its rest days."""
        while not self.is_workday(day) and day > date.min:
            day = shifted_days(day, -1)
        return day

    def first_workday_on_or_after(self, day: date) -> date:
        """Answer `day` itself or the workday after its rest days (Civil Code art. 203)."""
        while not self.is_workday(day) and day < date.max:
            day = shifted_days(day, 1)
        return day

    def next_workday(self, day: date) -> date:
        """Answer the first workday after `day`."""
        return self.add_workdays(day, 1)

    def add_workdays(self, day: date, n: int) -> date:
        """Answer the n-th workday after `day` (not counted), before it if n is negative.

        Zero is the day itself, worked or not.
        """
        if n < 0:
            return self._workdays_before(day, -n)
        start, left, at = self._worked(day.toordinal()), n, day.toordinal()
        while left:
            # A day holds at most one workday: moving by what is left never goes too far.
            at += left
            if at > _LAST:
                return date.max
            left = n - (self._worked(at) - start)
        return self.last_workday_on_or_before(date.fromordinal(at)) if n else day

    def _workdays_before(self, day: date, n: int) -> date:
        end, left, at = self._worked(day.toordinal() - 1), n, day.toordinal()
        while left:
            at -= left
            if at < _FIRST:
                return date.min
            left = n - (end - self._worked(at - 1))
        return self.first_workday_on_or_after(date.fromordinal(at))

    def _worked(self, ordinal: int) -> int:
        """Count the workdays from the first day of the calendar, a Monday, to `ordinal`."""
        weeks, days = divmod(ordinal, 7)
        return (
            weeks * _SATURDAY
            + min(days, _SATURDAY)
            - bisect_right(self._rest_days, ordinal)
            + bisect_right(self._work_days, ordinal)
        )


@cache
def _official() -> WorkCalendar:
    rest = frozenset[date](constants.holidays)
    work = frozenset[date](constants.workdays)
    # A lone December day belongs to the notice of the year after and makes no year known.
    return WorkCalendar(frozenset(day.year for day in rest if day.month < 12), rest, work)
