"""Imported windows are kept beside what they replaced, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

from ledgers.calendar_windows import KnownWindow, keep_windows, load_windows
from ledgers.database import Database
from ledgers.reading.windows import WindowRow
from tests.ledgers.samples import NOW

TODAY = date(2027, 5, 1)
FLOOD = WindowRow("flood", "2027", "13", date(2027, 6, 1), date(2027, 9, 30), "通知")
GAOKAO = WindowRow("gaokao", "2027", "", date(2027, 6, 7), date(2027, 6, 9), None)


def test_the_same_again_changes_nothing(database: Database) -> None:
    """Imported twice, known once, from the first day on."""
    with database.writing() as connection:
        first = keep_windows(connection, [FLOOD, GAOKAO], today=TODAY, now=NOW)
        later = TODAY + timedelta(days=9)
        again = keep_windows(connection, [FLOOD, GAOKAO], today=later, now=NOW)
        known = load_windows(connection)
    assert (first.added, first.changed, first.unchanged) == ((FLOOD, GAOKAO), (), 0)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert known == (KnownWindow(FLOOD, TODAY), KnownWindow(GAOKAO, TODAY))


def test_an_extension_stands_beside_what_it_extends(database: Database) -> None:
    """What was known before counts until the day it was changed."""
    extended, entered = replace(FLOOD, end_on=date(2027, 10, 31)), date(2027, 9, 25)
    with database.writing() as connection:
        keep_windows(connection, [FLOOD], today=TODAY, now=NOW)
        kept = keep_windows(connection, [extended], today=entered, now=NOW)
        known = load_windows(connection)
    assert kept.changed == ((FLOOD, extended),)
    assert known == (KnownWindow(FLOOD, TODAY), KnownWindow(extended, entered))


def test_a_slip_mended_the_same_day_leaves_no_trace(database: Database) -> None:
    """One row, the right one."""
    slip = replace(FLOOD, start_on=date(2027, 1, 6))
    with database.writing() as connection:
        keep_windows(connection, [slip, GAOKAO], today=TODAY, now=NOW)
        keep_windows(connection, [FLOOD], today=TODAY, now=NOW)
        known = load_windows(connection)
    assert known == (KnownWindow(FLOOD, TODAY), KnownWindow(GAOKAO, TODAY))
