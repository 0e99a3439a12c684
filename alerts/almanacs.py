"""What rules count dates in and look up at one site: from the YAML and from what was imported."""

from datetime import date

from sqlalchemy import Connection, select

from alerts.building import Almanac
from config.model import Configuration
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
