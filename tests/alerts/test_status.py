"""How the site stands, in figures that agree with the lists."""

from datetime import timedelta

import pytest

from alerts.breaker import Breaker, save
from alerts.holding import HeldFor, hold_delivery
from alerts.in_force import InForce
from alerts.last_pass import note_pass
from alerts.open_items import Standing, Wanted, open_items, tallies
from alerts.rules import prepare
from alerts.status import Status, read_status
from ledgers.database import Database
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, County, at

DAY = timedelta(days=1)
NOON = at(MONDAY, 12)


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def in_force(county: County) -> InForce:
    """Answer the county's rules as they are today."""
    timetable = county.timetable
    with county.database.writing() as connection:
        plan = prepare(connection, county.configuration, timetable.calendar, today=MONDAY)
    return InForce(plan, timetable)


def status(county: County) -> Status:
    """Answer how the county stands on Monday."""
    rules = in_force(county)
    with county.database.reading() as connection:
        return read_status(connection, rules, today=MONDAY)


def test_open_items_are_told_apart_by_their_day(county: County) -> None:
    """Late, never recorded, today, to come: four things, and only one is overdue."""
    county.due("青山-01", "visits", MONDAY - DAY)
    county.alert(county.entry("青山-02"), "visits", MONDAY - DAY, anchor="never")
    county.due("青山-03", "visits", MONDAY)
    county.due("青山-04", "visits", MONDAY + DAY)
    county.due("青山-05", "visits", MONDAY + 8 * DAY)
    found = status(county)
    assert found.open == {
        Standing.OVERDUE: 1,
        Standing.NEVER: 1,
        Standing.TODAY: 1,
        Standing.AHEAD: 2,
        Standing.INFORMS: 0,
    }
    assert (found.this_week, found.entries, found.waiting_steps) == (2, 5, 4)


def test_counts_are_counts_of_the_list(county: County) -> None:
    """One condition feeds both, whatever is asked for."""
    for number, days in enumerate((-40, -1, 0, 3), start=1):
        county.due(f"青山-{number:02}", "visits", MONDAY + days * DAY)
        county.due(f"柳沟-{number:02}", "contacts", MONDAY + days * DAY, LIUGOU)
    for wanted in (Wanted(), Wanted(region=QINGSHAN), Wanted(due_by=MONDAY)):
        with county.database.reading() as connection:
            listed = list(open_items(connection, MONDAY, wanted))
            counted = tallies(connection, MONDAY, wanted, digits=12)
        assert sum(tally.count for tally in counted) == len(listed) > 0
        for tally in counted:
            same = [(i.lives_in, i.rule, i.standing) for i in listed]
            assert same.count((tally.region, tally.rule, tally.standing)) == tally.count


def test_the_list_is_in_the_order_people_read(county: County) -> None:
    """By village, then number, 2 before 10."""
    for number in ("青山-10", "青山-2", "青山-03"):
        county.due(number, "visits", MONDAY)
    with county.database.reading() as connection:
        numbers = [item.number for item in open_items(connection, MONDAY)]
    assert numbers == ["青山-2", "青山-03", "青山-10"]


def test_each_rule_says_how_many_were_never_recorded(county: County) -> None:
    """Whether their first day has come or not."""
    county.entry("青山-01")
    assert {rule.rule: rule.unrecorded for rule in status(county).rules} == {
        "contacts": 1,
        "visits": 1,
        "updates": 1,
    }


def test_what_an_operator_must_look_at_is_there(county: County) -> None:
    """Held delivery, a channel that takes nothing, and when the last pass was."""
    with county.database.writing() as connection:
        hold_delivery(connection, HeldFor.RESTORED, now=NOON)
        save(connection, "mail", Breaker(4, NOON, 1, "connection"), now=NOON)
        note_pass(connection, now=NOON)
    found = status(county)
    assert found.held_for is HeldFor.RESTORED
    assert [(c.name, c.open_until, c.reason) for c in found.channels] == [
        ("mail", NOON, "connection")
    ]
    assert found.last_pass_at == NOON
    assert found.provisional_years == (2027,)
