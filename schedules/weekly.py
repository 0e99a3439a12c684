"""Steps of every week (`every: monday`): their days between two dates, and the newest of them."""

from collections.abc import Iterator
from datetime import date

from schedules.calendars import shifted_days
from schedules.deadlines import Occurrence

_WEEK = 7


def weekly(first: date, last: date, weekday: int) -> Iterator[date]:
    """Yield the days from `first` to `last`, both included, that fall on `weekday` (0: Monday)."""
    day = first.toordinal() + (weekday - first.weekday()) % _WEEK
    for ordinal in range(day, last.toordinal() + 1, _WEEK):
        yield date.fromordinal(ordinal)


def newest_weekly(first: date, last: date, weekday: int, *, today: date) -> Occurrence | None:
    """Answer the latest such day on or before `today`; None before the first of them.

    Its number says how many came before it, as with repeats: what was missed is not made up for.
    """
    until = min(last, today)
    newest = shifted_days(until, -((until.weekday() - weekday) % _WEEK))
    # Where the calendar of the world begins there may be no such day before `until`.
    if newest < first or newest.weekday() != weekday:
        return None
    return Occurrence((newest - first).days // _WEEK, newest)
