"""Quiet hours: when nothing is delivered, and when delivery may go on."""

from dataclasses import field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.lean import dataclass
from schedules.daytimes import check_aware, parse_wall_time
from schedules.errors import QuietHoursEmpty

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of the wall clock in a zone, start included, end not; it may cross midnight.

    Raises:
        WallTimeInvalid: one of the hours is no time of day.
        QuietHoursEmpty: both are the same.
    """

    hours: tuple[str, str]
    zone: ZoneInfo
    _start: time = field(init=False, repr=False, compare=False)
    _end: time = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        start, end = (parse_wall_time(text) for text in self.hours)
        if start == end:
            raise QuietHoursEmpty(self.hours[0])
        object.__setattr__(self, "_start", start)
        object.__setattr__(self, "_end", end)

    def is_quiet(self, instant: datetime) -> bool:
        """Say whether the wall clock at `instant` stands within the quiet hours."""
        wall = check_aware(instant).astimezone(self.zone).time()
        if self._start < self._end:
            return self._start <= wall < self._end
        return wall >= self._start or wall < self._end

    def next_allowed(self, instant: datetime) -> datetime:
        """Answer the first moment from `instant` on that is not quiet, in UTC."""
        moment = check_aware(instant).astimezone(UTC)
        while self.is_quiet(moment):
            end = moment + self._until_end(moment)
            if self._offset(end) == self._offset(moment):
                return end
            # The clock is changed before the end: the end may be skipped or come twice.
            moment = moment.replace(second=0, microsecond=0) + _MINUTE
        return moment

    def _until_end(self, moment: datetime) -> timedelta:
        """Measure from the wall time of `moment` to the end, as the hands of a clock would go."""
        wall = moment.astimezone(self.zone)
        end = wall.replace(hour=self._end.hour, minute=self._end.minute, second=0, microsecond=0)
        # Both carry one zone: Python subtracts their wall times.
        return (end - wall) % timedelta(days=1)

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()
