"""Spans of time as an admin writes them: `3 months`, `3个月`, `14天`, `10个工作日`, `+3 days`."""

import re
from enum import StrEnum

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")


class Unit(StrEnum):
    """What an amount counts. Hours and minutes are for waiting and sending, never for deadlines."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_WORDS = {
    Unit.MINUTES: ("minutes", "minute", "min", "分钟"),
    Unit.HOURS: ("hours", "hour", "h", "小时", "个小时"),
    Unit.DAYS: ("days", "day", "天", "日"),
    Unit.WORKDAYS: ("workdays", "workday", "working days", "working day", "工作日", "个工作日"),
    Unit.WEEKS: ("weeks", "week", "周", "个星期", "星期"),
    Unit.MONTHS: ("months", "month", "个月", "月"),
    Unit.YEARS: ("years", "year", "周岁", "岁", "年"),
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words}
_FORM = re.compile(r"(?P<sign>[+-]?)\s*(?P<amount>\d{1,5})\s*(?P<word>[^\d\s].*)")


class DurationError(ValueError):
    """A text that is no duration; the sentence says what would be one."""

    def __init__(self, text: str) -> None:
        super().__init__(
            _(
                "“%(text)s” is not a duration; write for example 3 months, 14 days, 3个月 or 10个工作日"
            )
            % {"text": text}
        )


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of one unit. `amount` may be negative only where an offset is meant."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read a duration or a signed offset.

        Raises:
            DurationError: the text has no such form or an unknown unit.
        """
        match = _FORM.fullmatch(text.strip())
        unit = _UNIT_OF.get(match["word"].strip().lower()) if match else None
        if match is None or unit is None:
            raise DurationError(text)
        amount = int(match["amount"])
        return cls(-amount if match["sign"] == "-" else amount, unit)

    def __str__(self) -> str:
        """Canonical text, the same for every spelling: `3 months`, `-15 days`."""
        return f"{self.amount} {self.unit.value}"

    def as_offset(self) -> str:
        """Canonical text of a step's `at`, always signed but for zero: `+3 days`, `0 days`."""
        return f"{'+' if self.amount > 0 else ''}{self}"
