"""The figures a county reports agree with the lists, and with themselves."""

from datetime import date, timedelta

import pytest

from alerts.open_items import Standing, Wanted, open_items, tallies
from alerts.statistics import DutyFigures, Statistics, TownFigures, read_statistics
from alerts.terms import Term
from ledgers.database import Database
from tests.alerts.county import LIUGOU, NAMES, TOWN, written
from tests.alerts.watched import CONTACT, Watched

DAY = timedelta(days=1)
SPRING = date(2027, 3, 1)
QUARTER = Term.parse("2027Q2")


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county with one duty of three months, on the first of March."""
    made = Watched(database, written(rules={"contacts": {**CONTACT, "roll": "none"}}))
    made.today = SPRING
    return made


def figures(site: Watched, term: Term = QUARTER) -> Statistics:
    """Count a term as known today."""
    with site.database.reading() as connection:
        return read_statistics(connection, site.in_force, term, today=site.today)


def contacts(site: Watched, term: Term = QUARTER) -> DutyFigures:
    """Answer the figures of contacts in all."""
    return figures(site, term).total.acts["contact"]


def test_each_child_is_counted_once_by_what_came_of_it(site: Watched) -> None:
    """On time, entered late, too late, still open, never recorded, left."""
    on_time, too_late, still_open, left = [site.entry(f"青山-{n:02}") for n in range(1, 5)]
    for entry in (on_time, too_late, still_open, left):
        site.record(entry, SPRING)
    site.entry("青山-05")
    site.pass_now()
    site.today = date(2027, 6, 20)
    site.record(on_time, date(2027, 6, 1))
    site.record(too_late, date(2027, 6, 2))
    site.leave(left, date(2027, 5, 1))
    site.today = date(2027, 7, 20)
    found = contacts(site)
    assert (found.due, found.on_time, found.late_entered) == (5, 1, 0)
    assert (found.overdue, found.never, found.left, found.not_yet) == (2, 1, 1, 0)
    assert found.rate == 1 / 4


def test_what_is_entered_late_is_counted_apart(site: Watched) -> None:
    """In time by its date, but told more than 30 days after: 补录."""
    entry = site.entry("青山-01")
    site.record(entry, SPRING)
    site.today = date(2027, 7, 20)
    site.record(entry, date(2027, 5, 20))
    found = contacts(site)
    assert (found.on_time, found.late_entered) == (0, 1)


def test_a_running_term_says_what_is_not_due_yet(site: Watched) -> None:
    """It counts as owed, but not against the rate."""
    early, later = site.entry("青山-01"), site.entry("青山-02")
    site.record(early, SPRING)
    site.record(later, SPRING)
    site.today = date(2027, 4, 20)
    site.record(early, date(2027, 4, 19))
    found = contacts(site)
    assert (found.due, found.on_time, found.not_yet, found.rate) == (2, 1, 1, 1.0)


def test_who_is_contacted_every_month_still_counts_once(site: Watched) -> None:
    """More than is asked for makes no more of it."""
    entry = site.entry("青山-01")
    site.record(entry, SPRING)
    for month in (3, 4, 5):
        site.today = date(2027, month, 28)
        site.record(entry, site.today)
    site.today = date(2027, 7, 1)
    assert contacts(site).due == 1


def test_the_overdue_of_a_term_are_those_of_the_list(site: Watched) -> None:
    """What the list shows of the term is what the table counts."""
    for number in range(1, 5):
        entry = site.entry(f"青山-{number:02}")
        site.record(entry, SPRING + number * DAY * 10 - 40 * DAY)
    site.entry("柳沟-01", LIUGOU)
    site.live(date(2027, 6, 25))
    with site.database.reading() as connection:
        listed = [i for i in open_items(connection, site.today) if i.due_on in QUARTER]
        counted = tallies(connection, site.today, Wanted(due_by=QUARTER.last))
    found = contacts(site)
    overdue = [item for item in listed if item.standing is Standing.OVERDUE]
    never = [item for item in listed if item.standing is Standing.NEVER]
    assert (found.overdue, found.never) == (len(overdue), len(never)) == (4, 1)
    assert sum(t.count for t in counted if t.standing is Standing.OVERDUE) == 4


def test_rows_are_townships_and_add_up(site: Watched) -> None:
    """With their names; the total has none."""
    other = "990101002001"
    for number, village in enumerate((LIUGOU, LIUGOU, other), start=1):
        site.record(site.entry(f"村-{number:02}", village), SPRING)
    site.today = date(2027, 7, 1)
    found = figures(site)
    assert [(row.region, row.name) for row in found.rows] == [
        (TOWN, NAMES[TOWN]),
        ("990101002", "990101002"),
    ]
    assert found.total.entries == sum(row.entries for row in found.rows) == 3
    assert found.total.acts["contact"].due == 3


def test_comings_and_goings_and_gaps_are_counted(site: Watched) -> None:
    """New, left, a village without a director, and who was not reached."""
    entry = site.entry("青山-01")
    site.entry("三道-01", "990101001003")
    site.record(entry, SPRING, result="not-reached")
    gone = site.entry("青山-02")
    site.leave(gone, SPRING)
    total: TownFigures = figures(site, Term.parse("2027-03")).total
    assert (total.entries, total.entered, total.left) == (2, 3, 1)
    assert (total.villages_without, total.not_reached, total.cared_for) == (1, 1, 2)


UPDATE = {
    **CONTACT,
    "kind": "calendar",
    "say": "信息更新",
    "period": "quarter",
    "due": "end",
    "done_by": "update",
    "roll": "none",
}


def calendar_site(database: Database) -> Watched:
    """Answer a county in which each quarter's update is owed."""
    rule = {key: value for key, value in UPDATE.items() if key != "every"}
    made = Watched(database, written(rules={"updates": rule}))
    made.today = SPRING
    return made


def test_what_is_owed_of_a_period_is_counted(database: Database) -> None:
    """In time within the quarter, late after it, not at all, and entered after it was due."""
    site = calendar_site(database)
    in_time, late, _missed = [site.entry(f"青山-{n:02}") for n in (1, 2, 3)]
    site.record(in_time, SPRING, kind="update")
    site.today = date(2027, 7, 20)
    site.record(in_time, date(2027, 6, 30), kind="update")
    site.record(late, date(2027, 7, 1), kind="update")
    site.entry("青山-04")
    found = figures(site).total.acts["update"]
    assert (found.due, found.on_time, found.overdue, found.never) == (3, 1, 2, 0)


def test_a_running_period_is_not_due_yet(database: Database) -> None:
    """Until its last day."""
    site = calendar_site(database)
    site.entry("青山-01")
    site.today = date(2027, 6, 29)
    found = figures(site).total.acts["update"]
    assert (found.due, found.not_yet, found.rate) == (1, 1, None)


def test_an_act_owed_after_a_record_is_counted(database: Database) -> None:
    """A visit within ten days of a contact: each contact is one clock, stopped by a visit since."""
    after = {**CONTACT, "kind": "date", "say": "走访", "done_by": "visit", "roll": "none"}
    del after["every"]
    rule = {**after, "on": {"record": "contact", "plus": "10 days"}}
    site = Watched(database, written(rules={"visits": rule}))
    site.today = date(2027, 4, 1)
    in_time, missed = site.entry("青山-01"), site.entry("青山-02")
    site.record(in_time, date(2027, 4, 1))
    site.record(missed, date(2027, 4, 1))
    site.today = date(2027, 7, 1)
    site.record(in_time, date(2027, 4, 10), kind="visit")
    found = figures(site).total.acts["visit"]
    assert (found.due, found.on_time + found.late_entered, found.overdue) == (2, 1, 1)


def test_only_children_are_in_the_ledger(database: Database) -> None:
    """Divisions and institutions are entries too, and never counted among children."""
    site = Watched(database, written(rules={"contacts": CONTACT}))
    site.entry("青山-01")
    site.entry("青山村", ledger="jurisdictions")
    site.entry("福利院", ledger="institutions")
    found = figures(site, Term.parse("2026")).total
    assert (found.entries, found.entered, found.reported, found.settled) == (1, 1, 0, 0)
