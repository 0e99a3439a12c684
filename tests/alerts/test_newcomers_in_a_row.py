"""A post that changes hands again and again: those above hear of its matters all the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.explain import explain
from alerts.explained import sentences
from alerts.newcomers import free_on
from alerts.plan import plan_messages
from config.language import speaking
from ledgers.database import Database
from tests.alerts.changing_hands import replaced, told
from tests.alerts.county import QINGSHAN, TOWN, written
from tests.alerts.test_newcomers import DAY, DUE, RULE, SPRING
from tests.alerts.test_plan import by_plan, live_every_day, really_sent
from tests.alerts.watched import Watched

SEVENTH = date(2027, 6, 7)
FORTNIGHT, MONTH = timedelta(days=14), timedelta(days=28)
_DAYS = st.sets(st.integers(0, 300).map(lambda days: SEVENTH + days * DAY), min_size=1)


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county where one child is due on 1 June, and its supervisor's turn is on the 8th."""
    one = Watched(database, written(rules={"contacts": RULE}))
    one.today = DUE - 4 * DAY
    one.live_today()
    one.record(one.entry("青山-01"), SPRING)
    live_every_day(one, SEVENTH - DAY)
    return one


def test_a_post_that_changes_hands_every_ten_days_is_spoken_of_after_four_weeks(
    site: Watched,
) -> None:
    """New directors since 7, 17 and 27 June and 7 July: on 5 July, as the plan foresaw."""
    for number in range(4):
        live_every_day(site, max(site.today, SEVENTH + (10 * number - 1) * DAY))
        replaced(site, "director", QINGSHAN, f"P-1{number}", on=SEVENTH + 10 * number * DAY)
        if number == 2:
            with site.database.reading() as connection:
                plan = plan_messages(
                    connection, site.in_force, first=site.today + DAY, last=date(2027, 7, 6)
                )
            first = site.today + DAY
    assert by_plan(plan) == really_sent(site, first)
    live_every_day(site, date(2027, 7, 20))
    up = [(one.role, one.on) for one in told(site) if one.escalation]
    assert up == [("supervisor", date(2027, 7, 5)), ("county", date(2027, 7, 5))]


def test_explain_says_until_when_a_row_of_newcomers_puts_it_off(site: Watched) -> None:
    """Not until a fortnight after the last of them."""
    for number in range(3):
        replaced(site, "director", QINGSHAN, f"P-1{number}", on=SEVENTH + 10 * number * DAY)
    live_every_day(site, SEVENTH + 21 * DAY)
    with site.database.reading() as connection, speaking("en"):
        found = explain(connection, site.in_force, "青山-01", on=site.today)
        text = " ".join(sentences(found, site.timetable.zone))
    assert "It waits until 2027-07-05: 儿童主任 is new since 2027-06-27." in text


def test_posts_that_take_turns_put_nothing_off_for_longer(site: Watched) -> None:
    """The county hears four weeks after the first hand-over, whoever of those below is new."""
    live_every_day(site, SEVENTH + 20 * DAY)
    replaced(site, "supervisor", TOWN, "P-21", on=date(2027, 6, 28))
    replaced(site, "director", QINGSHAN, "P-22", on=date(2027, 7, 9))
    replaced(site, "supervisor", TOWN, "P-23", on=date(2027, 7, 20))
    live_every_day(site, date(2027, 8, 10))
    assert [one.on for one in told(site) if one.role == "county"] == [date(2027, 7, 26)]


@settings(deadline=None)
@given(_DAYS)
def test_no_row_of_hand_overs_puts_anything_off_for_longer_than_four_weeks(days: set[date]) -> None:
    """By then a fortnight has begun in which those above may be told: time enough for a slot."""
    kept = {day for day in _span(days) if day < free_on(known for known in days if known <= day)}
    for day in kept:
        begins = (day + n * DAY for n in range(1, MONTH.days + 1))
        assert any(kept.isdisjoint(one + n * DAY for n in range(14)) for one in begins)


@settings(deadline=None)
@given(_DAYS)
def test_what_was_forgotten_of_a_row_changes_nothing(days: set[date]) -> None:
    """Hand-overs are looked up for 90 days back: enough to say whether today is free."""
    for day in _span(days):
        known = [one for one in days if one <= day]
        lately = [one for one in known if one > day - 90 * DAY]
        assert (day >= free_on(known)) == (not lately or day >= free_on(lately))


def test_one_hand_over_has_its_fortnight() -> None:
    """Also when the last was four weeks before."""
    assert free_on([SEVENTH]) == SEVENTH + FORTNIGHT
    assert free_on([SEVENTH - MONTH, SEVENTH]) == SEVENTH + FORTNIGHT


def _span(days: set[date]) -> list[date]:
    """Answer every day from the first hand-over until long after the last."""
    return [min(days) + n * DAY for n in range((max(days) - min(days)).days + 40)]
