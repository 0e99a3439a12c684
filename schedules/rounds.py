"""Rounds of a calendar rule: each month, quarter, half-year, year or term is owed once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum

from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.deadlines import Roll, rolled
from schedules.periods import month_end, month_start
from schedules.spans import Span


class Length(StrEnum):
    """How long a round is. Terms are the windows of a calendar, with gaps between."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    TERM = "term"


_MONTHS = {Length.MONTH: 1, Length.QUARTER: 3, Length.HALF_YEAR: 6, Length.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Round:
    """One month, quarter … or term, both days included; its key is its opening day."""

    opening: date
    end: date

    @property
    def key(self) -> str:
        """Answer the name it has in an alert: `2027-04-01`."""
        return self.opening.isoformat()


@dataclass(frozen=True, slots=True)
class DueIn:
    """The day of a round it is due on: the `number`-th from 1, None the last; beyond the end is it.

    With `workday` only workdays count. A round's due date is never before its opening, and never
    before that of the round before.
    """

    number: int | None
    workday: bool
    roll: Roll
    calendar: WorkCalendar

    def due(self, round_: Round) -> date:
        """Answer the due date; what rolls back before the opening rolls on instead."""
        eve = shifted_days(round_.opening, -1)
        return rolled(self._plain(round_, eve), self.roll, after=eve, calendar=self.calendar)

    def is_provisional(self, round_: Round) -> bool:
        """Say whether the due date rests on a year whose holiday notice is not known yet."""
        if self.roll is Roll.NONE and not self.workday:
            return False
        plain = self._plain(round_, shifted_days(round_.opening, -1))
        return any(self.calendar.is_provisional(day) for day in (plain, self.due(round_)))

    def _plain(self, round_: Round, eve: date) -> date:
        if self.number is not None and self.workday:
            day = self.calendar.add_workdays(eve, self.number)
        elif self.number is not None:
            day = shifted_days(eve, self.number)
        else:
            day = round_.end
        if not self.workday:
            return min(day, round_.end)
        # A round without any workday, as during a long holiday, is due at its end.
        last = self.calendar.last_workday_on_or_before(min(day, round_.end))
        return last if last > eve else round_.end


@dataclass(frozen=True, slots=True)
class Rounds:
    """All rounds of one length. `terms` are the windows of the region's terms, for `TERM` alone."""

    length: Length
    terms: Sequence[Span] = ()
    _openings: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = tuple(sorted(self.terms))
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "_openings", tuple(term.start for term in terms))

    def round_of(self, day: date) -> Round | None:
        """Answer the round a day lies in; None between terms."""
        found = self._opened_by(day)
        return found if found and day <= found.end else None

    def covering(self, first: date, last: date) -> Iterator[Round]:
        """Yield the rounds that share a day with `first` to `last`, in order."""
        found = self.round_of(first) or self._after(first)
        while found and found.opening <= last:
            yield found
            found = self._after(found.opening)

    def _opened_by(self, day: date) -> Round | None:
        """Answer the newest round that has opened by a day."""
        if self.length is Length.TERM:
            index = bisect_right(self._openings, day)
            return _term(self.terms[index - 1]) if index else None
        return self._natural_of(day)

    def _after(self, day: date) -> Round | None:
        """Answer the first round that opens after a day."""
        if self.length is Length.TERM:
            index = bisect_right(self._openings, day)
            return _term(self.terms[index]) if index < len(self.terms) else None
        found = self._natural_of(shifted_days(self._natural_of(day).end, 1))
        return found if found.opening > day else None  # the calendar of the world has ended

    def _natural_of(self, day: date) -> Round:
        months = _MONTHS[self.length]
        first = (day.month - 1) // months * months + 1
        return Round(month_start(day.year, first), month_end(day.year, first + months - 1))


def _term(span: Span) -> Round:
    return Round(span.start, span.end)
