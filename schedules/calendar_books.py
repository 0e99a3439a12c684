"""What a county entered in `calendars:`: windows of dates by calendar, region and year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from functools import cache
from typing import TypeVar

from config.days import MonthDay
from config.lean import dataclass
from config.windows import CalendarWindow
from schedules.festivals import festivals
from schedules.spans import Span

_ASK_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Dated:
    """One window of one year. `key` is `2027` or `2027-spring`; `region` a prefix, "" everywhere.

    `known_on` is the day it was entered; None: it was always known.
    """

    calendar: str
    region: str
    key: str
    start: date
    end: date
    known_on: date | None = None

    @property
    def year(self) -> int:
        """Answer the year its key names."""
        return int(self.key[:4])


@dataclass(frozen=True, slots=True)
class Yearly:
    """A window of every year; one that ends before it starts crosses the new year."""

    calendar: str
    region: str
    start: MonthDay
    end: MonthDay
    known_on: date | None = None

    def in_year(self, year: int) -> Span:
        """Answer the window that starts in a year."""
        start, end = self.start.in_year(year), self.end.in_year(year)
        return Span(start, self.end.in_year(year + 1) if end < start else end)


_Row = TypeVar("_Row", Dated, Yearly)


@dataclass(frozen=True, slots=True)
class Missing:
    """A year of a calendar nobody has entered for a region: to be told from `tell_from` on."""

    calendar: str
    region: str
    key: str
    tell_from: date


@dataclass(frozen=True, slots=True)
class CalendarBook:
    """All windows of all calendars, later knowledge beside what it replaced.

    Key by key (`2027`, `2027-spring`, every year) the longest region prefix wins, and among equals
    what was entered last; a year's own keys beat the every-year window. Festivals are there unless
    the site names a calendar so.
    """

    dated: tuple[Dated, ...] = ()
    yearly: tuple[Yearly, ...] = ()
    _dated: dict[str, Sequence[Dated]] = field(init=False, repr=False, compare=False)
    _yearly: dict[str, Sequence[Yearly]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_dated", _by_calendar(self.dated))
        object.__setattr__(self, "_yearly", _by_calendar(self.yearly))
        for name, rows in _festivals().items():
            if name not in self._dated and name not in self._yearly:
                self._dated[name] = rows

    @property
    def names(self) -> frozenset[str]:
        """Answer the calendars a window may name."""
        return frozenset(self._dated.keys() | self._yearly.keys())

    def windows(self, name: str, region: str, years: range, *, as_of: date) -> list[Span]:
        """Answer a calendar's windows of these years as they were known on a day, in order."""
        held = self._held(name, region, as_of)
        always = _chosen(self._yearly.get(name, ()), region, as_of)
        spans: list[Span] = []
        for year in years:
            own = [Span(row.start, row.end) for row in held.values() if row.year == year]
            spans += own or ([always.in_year(year)] if always else [])
        return sorted(spans)

    def entered(self, name: str, region: str, *, as_of: date) -> tuple[Dated | Yearly, ...]:
        """Answer what a calendar says for a region, as known on a day: a row for each of its keys."""
        always = _chosen(self._yearly.get(name, ()), region, as_of)
        return (*self._held(name, region, as_of).values(), *([always] if always else []))

    def known_dates(self, names: Iterable[str], region: str) -> list[date]:
        """Answer the days on which something of these calendars was entered for a region, in order."""
        rows: list[Dated | Yearly] = []
        for name in set(names):
            rows += self._dated.get(name, ())
            rows += self._yearly.get(name, ())
        return sorted({row.known_on for row in rows if row.known_on and _holds(row, region)})

    def missing(self, name: str, region: str, today: date) -> tuple[Missing, ...]:
        """Answer what of a calendar is to be asked for: 90 days before last year's would recur.

        Where nothing was ever entered it is each year, 90 days before its 1 January. A window of
        every year lacks nothing, nor does a year whose window would be over.
        """
        if _chosen(self._yearly.get(name, ()), region, date.max):
            return ()
        held = self._held(name, region, date.max)
        if not held:
            years = (today.year, today.year + 1)
            asked = [Missing(name, region, str(y), date(y, 1, 1) - _ASK_AHEAD) for y in years]
            return tuple(one for one in asked if one.tell_from <= today)
        return tuple(
            found
            for year in (today.year - 1, today.year, today.year + 1)
            for suffix in sorted({row.key[4:] for row in held.values()})
            if (found := _missing_key(held, f"{year:04}{suffix}", region=region, today=today))
        )

    def _held(self, name: str, region: str, as_of: date) -> dict[str, Dated]:
        """Answer the row that holds for each key."""
        by_key: dict[str, list[Dated]] = {}
        for row in self._dated.get(name, ()):
            by_key.setdefault(row.key, []).append(row)
        chosen = {key: _chosen(rows, region, as_of) for key, rows in by_key.items()}
        return {key: row for key, row in sorted(chosen.items()) if row is not None}


def book_of(
    entered: Mapping[str, Iterable[CalendarWindow]], imported: Iterable[Dated] = ()
) -> CalendarBook:
    """Make a book of what the configuration says of each calendar, and of what was imported."""
    dated, yearly = list(imported), []
    for name, windows in entered.items():
        for window in windows:
            start, end = window.start, window.end
            if isinstance(start, date) and isinstance(end, date):
                key = window.year or str(start.year)
                dated.append(Dated(name, window.region, key, start, end))
            else:
                yearly.append(Yearly(name, window.region, _yearly(start), _yearly(end)))
    return CalendarBook(tuple(dated), tuple(yearly))


def _yearly(day: date | MonthDay) -> MonthDay:
    return MonthDay(day.month, day.day)


@cache
def _festivals() -> Mapping[str, tuple[Dated, ...]]:
    """Answer each festival's windows of one day."""
    return {
        name: tuple(Dated(name, "", str(day.year), day, day) for day in days)
        for name, days in festivals().items()
    }


def _by_calendar(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.calendar, []).append(row)
    return found


def _holds(row: Dated | Yearly, region: str) -> bool:
    return region.startswith(row.region)


def _chosen(rows: Iterable[_Row], region: str, as_of: date) -> _Row | None:
    known = [
        row
        for row in rows
        if _holds(row, region) and (row.known_on is None or row.known_on <= as_of)
    ]
    return max(known, key=lambda row: (len(row.region), row.known_on or date.min), default=None)


def _missing_key(held: dict[str, Dated], key: str, *, region: str, today: date) -> Missing | None:
    year, suffix = int(key[:4]), key[4:]
    if key in held:
        return None
    before = [row for row in held.values() if row.key[4:] == suffix and row.year < year]
    if not before:
        return None
    last = max(before, key=lambda row: row.year)
    # What was entered once, years ago, is not asked for in a year that has others.
    if last.year < year - 1 and any(row.year == year for row in held.values()):
        return None
    start = MonthDay(last.start.month, last.start.day).in_year(last.start.year + year - last.year)
    if not start - _ASK_AHEAD <= today <= start + (last.end - last.start):
        return None
    return Missing(last.calendar, region, key, start - _ASK_AHEAD)
