"""Suggested dates (`spread: 30 days`): a director's load, spread evenly before the deadlines.

Why by the entry's own number: docs/decisions/0015-smoothing-by-village-number.md.
"""

import re
from datetime import date
from hashlib import blake2b

from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.deadlines import Roll
from schedules.periods import Period

_DIGITS = re.compile(r"[0-9]+")
# Multiples of the golden ratio leave no large gap and no clump, however many there are (Knuth, TAOCP 6.4).
_GOLDEN = 2_654_435_769
_WHOLE = 1 << 32


def seat_of(number: str) -> int:
    """Answer an entry's place among its neighbours: the last digits of 青山-03, else a fixed hash."""
    digits = _DIGITS.findall(number)
    if digits:
        return int(digits[-1])
    return int.from_bytes(blake2b(number.encode(), digest_size=4).digest())


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How long before a deadline its matter may be suggested; on workdays if the rule rolls."""

    span: Period
    roll: Roll
    calendar: WorkCalendar

    def suggested(self, anchor: date | None, due: date, *, seat: int) -> date:
        """Answer the day to suggest: after the anchor, never after `due`, the same every day.

        It depends on nothing but the entry's own dates and number. Without a day to choose from it
        is `due` itself.
        """
        first = self.span.before(due)
        if anchor is not None:
            first = max(first, shifted_days(anchor, 1))
        days = range(first.toordinal(), due.toordinal() + 1)
        if self.roll is not Roll.NONE:
            worked = [n for n in days if self.calendar.is_workday(date.fromordinal(n))]
            return _picked(worked, seat) or due
        return _picked(days, seat) or due


def _picked(days: range | list[int], seat: int) -> date | None:
    if not days:
        return None
    return date.fromordinal(days[seat * _GOLDEN % _WHOLE * len(days) // _WHOLE])
