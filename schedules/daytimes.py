"""Times of day and days of the week as an admin writes them: `09:10`, `monday`."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from schedules.errors import InstantNaive, WallTimeInvalid, WeekdayInvalid

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FORM = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])")


def parse_wall_time(text: str) -> time:
    """Read a time of day between 00:00 and 23:59.

    Raises:
        WallTimeInvalid: the text is none.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise WallTimeInvalid(text)
    return time(int(match["hour"]), int(match["minute"]))


def weekday_numbers(names: Iterable[str]) -> frozenset[int]:
    """Answer the days as `date.weekday()` counts them.

    Raises:
        WeekdayInvalid: a name is none (a number never is), or there is no name at all.
    """
    named = tuple(names) or ("",)
    for name in named:
        if name not in WEEKDAYS:
            raise WeekdayInvalid(name, WEEKDAYS)
    return frozenset(WEEKDAYS.index(name) for name in named)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Answer the UTC moment of a wall time; one that the clock skips is as much later."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def check_aware(instant: datetime) -> datetime:
    """Answer `instant`, which must carry its zone: a bare one would be read in the machine's."""
    if instant.tzinfo is None:
        raise InstantNaive
    return instant
