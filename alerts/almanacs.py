"""What rules count dates in and look up at one site: from the YAML and from what was imported."""

from datetime import date

from sqlalchemy import Connection, func, select

from alerts.building import Almanac
from alerts.specs import calendars_of
from config.model import Configuration
from ledgers.successions import successors
from ledgers.tables import calendar_windows
from schedules.calendar_books import Dated, book_of
from schedules.calendars import WorkCalendar


def almanac_of(
    connection: Connection, configuration: Configuration, calendar: WorkCalendar, *, today: date
) -> Almanac:
    """Answer working days and windows as they are known at the site."""
    imported = tuple(
        Dated(row.calendar, row.region, row.year_key, row.start_on, row.end_on, row.known_on)
        for row in connection.execute(select(calendar_windows))
    )
    book = book_of(configuration.window_calendars(), imported)
    return Almanac(calendar, book, configuration.site.region, today, imported)


def missing_windows(
    connection: Connection, configuration: Configuration, calendar: WorkCalendar, *, today: date
) -> list[str]:
    """Answer what years of calendars the site's rules go by are to be asked for: `flood 2028`.

    A calendar may be another in a division that a rule has its own words for.
    """
    site = configuration.site.region
    wanted = {
        (name, prefix if prefix.startswith(site) else site)
        for rule in configuration.rules.values()
        for name in calendars_of(rule)
        for prefix in ("", *rule.regions)
    }
    if not wanted:
        return []
    book = almanac_of(connection, configuration, calendar, today=today).book
    found = (one for name, place in sorted(wanted) for one in book.missing(name, place, today))
    return sorted({f"{one.calendar} {one.key}" for one in found})


Imported = tuple[object, ...]

_WINDOWS = select(func.count(), func.max(calendar_windows.c.imported_at))


def imported_stamp(connection: Connection) -> Imported:
    """Answer what changes when anything is imported that rules in force are made from."""
    return (*connection.execute(_WINDOWS).one(), *sorted(successors(connection).items()))
