"""Checks on calendars and on the windows that rules name."""

from datetime import date

from config.codes import check_code, check_region_key
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.suggest import hint
from config.windows import (
    FESTIVALS,
    AllOf,
    Calendar,
    CalendarDates,
    Window,
)

_ = catalogue("config")

_LONGEST = 366


def check_calendars(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with the dates of calendars."""
    for name, calendar in configuration.calendars.items():
        loc: Loc = ("calendars", name)
        if calendar.region is not None:
            yield from check_code(calendar.region, (*loc, "region"))
        yield from _dates(calendar, loc)
        for region, dates in calendar.regions.items():
            place = (*loc, "regions", region)
            yield from check_region_key(region, place, configuration.site.region)
            yield from _dates(dates, place)
        yield from _entered(calendar, loc, configuration.launch.on)


def check_window(window: Window, loc: Loc, configuration: Configuration) -> Findings:
    """Answer the calendars that a window names and that are not there."""
    if isinstance(window, str):
        if window not in configuration.calendars and window not in FESTIVALS:
            sentence = _("there is no calendar “%(name)s”.") % {"name": window}
            yield Finding(loc, sentence + hint(window, [*configuration.calendars, *FESTIVALS]))
        return
    key, parts = ("all", window.all) if isinstance(window, AllOf) else ("any", window.any)
    for number, part in enumerate(parts):
        yield from check_window(part, (*loc, key, number), configuration)


def _dates(dates: CalendarDates, loc: Loc) -> Findings:
    for key, (start, end) in dates.years.items():
        place = (*loc, key)
        if end < start:
            yield Finding(place, _("the last day is before the first"))
        elif (end - start).days > _LONGEST:
            yield Finding(place, _("a window is no longer than a year"))
        elif abs(start.year - int(key[:4])) > 1:
            sentence = _("this begins in %(year)s; write it under that year")
            yield Finding(place, sentence % {"year": start.year}, at_key=True)
    yield from _overlaps(dates, loc)


def _overlaps(dates: CalendarDates, loc: Loc) -> Findings:
    before: tuple[str, date] | None = None
    for key, (start, end) in sorted(dates.years.items(), key=lambda one: one[1]):
        if before is not None and start <= before[1]:
            sentence = _("these dates overlap those of %(other)s")
            yield Finding((*loc, key), sentence % {"other": before[0]}, at_key=True)
        before = (key, end)


def _entered(calendar: Calendar, loc: Loc, launch: date) -> Findings:
    places = [calendar, *calendar.regions.values()]
    if any(one.every_year is not None for one in places):
        return
    ends = [end for one in places for _start, end in one.years.values()]
    if not ends:
        sentence = _("no dates yet; write them here, or import them: shouwang calendar import FILE")
        yield Finding(loc, sentence, at_key=True, warning=True)
    elif max(ends) < launch:
        sentence = _("the last dates end on %(day)s, before the site starts; enter newer ones")
        yield Finding(loc, sentence % {"day": max(ends)}, at_key=True, warning=True)
