"""The days on which a role gets its digest; one on a rest day moves to the last workday before."""

from collections.abc import Iterator
from dataclasses import field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.daytimes import instant_of, parse_wall_time, weekday_numbers

_WEEK = range(7)


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """One role's slots: days of the week and a time of day in the site's zone.

    Several days may move to one workday and are one slot then. All answers in days rise with the
    day asked about.

    Raises:
        WeekdayInvalid: a day is no day of the week, or there is none.
        WallTimeInvalid: `at` is no time of day.
    """

    days: tuple[str, ...]
    at: str
    zone: ZoneInfo
    calendar: WorkCalendar
    _weekdays: frozenset[int] = field(init=False, repr=False, compare=False)
    _time: time = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_weekdays", weekday_numbers(self.days))
        object.__setattr__(self, "_time", parse_wall_time(self.at))

    def next_after(self, day: date) -> date:
        """Answer the first slot after `day`."""
        # Whatever falls before the next workday has moved back to `day` or earlier.
        workday = self.calendar.next_workday(day)
        ahead = (shifted_days(workday, days) for days in _WEEK)
        return self._moved(next(filter(self._is_named, ahead), date.max))

    def on_or_after(self, day: date) -> date:
        """Answer the first slot not before `day`: where a step after its due date goes."""
        return self.next_after(shifted_days(day, -1))

    def on_or_before(self, day: date) -> date:
        """Answer the last slot not after `day`, be it moved there from a rest day after `day`."""
        eve = shifted_days(self.calendar.next_workday(day), -1)
        back = (shifted_days(eve, -days) for days in _WEEK)
        return self._moved(next(filter(self._is_named, back), date.min))

    def last_slot_for(self, step_date: date) -> date:
        """Answer the slot in which a step on or before its due date goes out."""
        return self.on_or_before(step_date)

    def horizon(self, slot_day: date) -> date:
        """Answer how far a slot looks ahead: to the day before the next one."""
        return shifted_days(self.next_after(slot_day), -1)

    def slots_between(self, first: date, last: date) -> Iterator[date]:
        """Yield the slots from `first` to `last`, both included, in order."""
        slot = self.on_or_after(first)
        while slot <= last:
            yield slot
            slot = self.next_after(slot)

    def instant(self, day: date) -> datetime:
        """Answer when the slot of `day` opens, in UTC."""
        return instant_of(day, self._time, self.zone)

    def _is_named(self, day: date) -> bool:
        return day.weekday() in self._weekdays

    def _moved(self, day: date) -> date:
        return self.calendar.last_workday_on_or_before(day)
