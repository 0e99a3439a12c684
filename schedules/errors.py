"""What can be wrong with a schedule as somebody wrote it.

ScheduleError
├── PeriodTooFine         hours or minutes where a deadline counts days
├── PeriodNegative        a period that runs backwards
├── RepeatTooShort        a repeat that never moves on
├── HistoryEmpty          a deadline without any interval
├── WindowInvalid         a window that names no calendars
├── CalendarNoticeInvalid a holiday notice that cannot be read
├── WallTimeInvalid       a time of day that is none
├── WeekdayInvalid        a day of the week that is none
├── QuietHoursEmpty       quiet hours that start when they end
├── InstantNaive          a moment without a time zone
└── JobRepeated           two jobs of one name
"""

from collections.abc import Iterable

from config.durations import Duration
from config.language import catalogue

_ = catalogue("schedules")


class ScheduleError(ValueError):
    """Anything wrong in a schedule; the sentence says what, which one and what to do."""


class PeriodTooFine(ScheduleError):
    """Hours and minutes belong to waiting and sending, never to deadlines."""

    def __init__(self, duration: Duration) -> None:
        super().__init__(
            _(
                "“%(duration)s”: a deadline is a date and cannot count hours or minutes; write days, workdays, weeks, months or years"
            )
            % {"duration": duration}
        )


class PeriodNegative(ScheduleError):
    """A period runs forward; only an offset may be negative."""

    def __init__(self, duration: Duration) -> None:
        super().__init__(
            _("“%(duration)s”: a period cannot be negative; leave out the minus sign")
            % {"duration": duration}
        )


class RepeatTooShort(ScheduleError):
    """A repeat of nothing would repeat for ever on one day."""

    def __init__(self, duration: Duration) -> None:
        super().__init__(
            _("“%(duration)s”: a repeat must be at least one day, for example 30 days")
            % {"duration": duration}
        )


class HistoryEmpty(ScheduleError):
    """A deadline was asked for without any interval."""

    def __init__(self) -> None:
        super().__init__(_("A deadline needs at least one interval; none was given"))


class WindowInvalid(ScheduleError):
    """A window expression that is neither a name nor `all` or `any` of some."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "A window names a calendar, or all or any of several, for example {all: [flood, summer-holiday]}"
            )
        )


class CalendarNoticeInvalid(ScheduleError):
    """A holiday notice (holiday-cn JSON) that does not say what such a file says."""

    def __init__(self, place: str) -> None:
        super().__init__(
            _(
                "The holiday notice cannot be read at “%(place)s”; import an unchanged file of the holiday-cn project, for example 2027.json"
            )
            % {"place": place}
        )


class WallTimeInvalid(ScheduleError):
    """A text that is no time of day."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _("“%(text)s” is not a time of day; write for example 09:10") % {"text": text}
        )


class WeekdayInvalid(ScheduleError):
    """A text that is no day of the week. Numbers are refused: systems disagree what 1 means."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        super().__init__(
            _("“%(text)s” is not a day of the week; write one of %(allowed)s")
            % {"text": text, "allowed": ", ".join(allowed)}
        )


class QuietHoursEmpty(ScheduleError):
    """Quiet hours that start when they end could mean always or never."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _(
                "Quiet hours start and end at %(text)s; write two different times, or leave quiet_hours out to have none"
            )
            % {"text": text}
        )


class InstantNaive(ScheduleError):
    """A moment without a time zone means nothing; this is a mistake in the program."""

    def __init__(self) -> None:
        super().__init__(_("A moment was given without its time zone; this is a program error"))


class JobRepeated(ScheduleError):
    """Two jobs of one schedule carry the same id; this is a mistake in the program."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            _("Two scheduled jobs are named “%(job)s”; each needs its own name") % {"job": job_id}
        )
