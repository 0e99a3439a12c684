"""Suggested days (`spread`): told in good time, never after the deadline, the same every day."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alerts.items import Open, item_of, ruled_by, suggesting
from alerts.states import Closed
from ledgers.database import Database
from tests.alerts.lives import (
    RECORDS,
    assert_nothing_left,
    live,
    live_at_random,
    of_every_kind,
    record,
)
from tests.alerts.test_kinds import EIGHTEEN, LEVELS, MONTHLY, REQUEST, SUMMER
from tests.alerts.world import CONTACT, VILLAGE, World, configured, day, entry
from tests.databases import copy_of

SPREAD = {**CONTACT, "spread": "30 days", "roll": "before"}


def world(database: Database, rule: dict[str, Any], **more: Any) -> World:
    """Answer a site with one rule that suggests days."""
    return World(database, configured({"rule": rule}, records=RECORDS, **more))


def suggested(site: World, step: str = "0 days") -> list[date]:
    """Answer the days of the steps of one kind, in order."""
    return [row.on_date for row in site.steps(step=step)]


def contacted(database: Database, rule: dict[str, Any], count: int) -> World:
    """Answer a site that called all its children on one day."""
    site = world(database, rule)
    site.enter(*(entry(number) for number in range(1, count + 1)))
    for number in range(1, count + 1):
        record(site, "contact", "2026-12-01", number)
    return site


def test_twelve_due_on_one_day_are_told_over_a_month(database: Database) -> None:
    """Nobody after the deadline, on workdays only, hardly two on one day; all are due as before."""
    site = contacted(database, SPREAD, 12)
    live(site, "2027-01-29", every=20)
    assert site.alerts() == []
    live(site, "2027-01-30")
    days = suggested(site)
    assert len(days) == 12
    assert len(set(days)) >= 10
    assert all(day("2027-01-30") <= one <= day("2027-03-01") for one in days)
    assert all(site.plan.calendar.is_workday(one) for one in days)
    assert {row.due_on for row in site.alerts()} == {day("2027-03-01")}
    assert_nothing_left(site)


def test_days_stay_as_passes_go_by_and_others_are_done(database: Database) -> None:
    """Neither a visit elsewhere nor a newcomer moves anybody's day; late steps lie where they lay."""
    site = contacted(database, SPREAD, 5)
    live(site, "2027-02-01", every=31)
    before = {row.id: row.on_date for row in site.steps()}
    record(site, "contact", "2027-02-01", 2)
    site.enter(entry(6))
    live(site, "2027-03-04", every=3)
    after = {row.id: row.on_date for row in site.steps()}
    assert {id_: after[id_] for id_ in before} == before
    assert set(suggested(site, "+3 days")) == {day("2027-03-04")}
    assert_nothing_left(site)


def test_a_spread_that_comes_later_begins_with_its_day(database: Database) -> None:
    """Those due soon are told between the day it was written and their deadline."""
    site = contacted(database, {**CONTACT, "roll": "before"}, 8)
    live(site, "2027-02-20", every=27)
    assert site.alerts() == []
    site.configure(configured({"rule": SPREAD}, records=RECORDS))
    live(site, "2027-02-21")
    days = suggested(site)
    assert len(days) == 8
    assert all(day("2027-02-20") <= one <= day("2027-03-01") for one in days)
    assert_nothing_left(site)


def test_what_was_never_recorded_keeps_its_first_day(database: Database) -> None:
    """First days are spread already: another spreading would bring them all forward."""
    site = world(database, SPREAD)
    site.enter(*(entry(number) for number in range(1, 7)))
    live(site, "2027-02-28", every=5)
    due = {row.id: row.due_on for row in site.alerts()}
    assert {row.alert_id: row.on_date for row in site.steps(step="0 days")} == due
    assert_nothing_left(site)


def test_a_step_of_its_own_earlier_day_stays(database: Database) -> None:
    """A reminder three weeks before is moved by no suggestion to a later day."""
    steps = [{"at": "-21 days", "tell": "director"}, {"at": "0 days", "tell": "director"}]
    site = contacted(database, {**SPREAD, "steps": steps}, 10)
    live(site, "2027-03-01", every=5)
    on_due = {row.alert_id: row.on_date for row in site.steps(step="0 days")}
    ahead = {row.alert_id: row.on_date for row in site.steps(step="-21 days")}
    assert len(ahead) == 10
    assert ahead == {id_: min(on, day("2027-02-08")) for id_, on in on_due.items()}
    assert_nothing_left(site)


def test_nothing_is_escalated_sooner(database: Database) -> None:
    """A suggestion is for who is to act."""
    steps = [
        {"at": "0 days", "tell": "director"},
        {"at": "0 days", "tell": "supervisor", "escalation": True, "id": "above"},
    ]
    site = contacted(database, {**SPREAD, "steps": steps}, 3)
    live(site, "2027-03-01", every=10)
    assert set(suggested(site, "above")) == {day("2027-03-01")}
    assert_nothing_left(site)


def test_a_contact_closes_what_was_only_suggested(database: Database) -> None:
    """Done before its suggested day, nothing of it is told."""
    site = contacted(database, SPREAD, 1)
    live(site, "2027-01-30", every=30)
    record(site, "contact", "2027-01-30")
    live(site, "2027-03-05", every=10)
    [alert] = site.alerts()
    assert alert.closed_how == Closed.DONE.value
    assert [row.waiting for row in site.steps()] == [""]
    assert_nothing_left(site)


def test_the_suggested_day_stands_in_the_message() -> None:
    """With the deadline; of a rule without `spread`, and of an escalation, no day is suggested."""
    spread, plain = configured({"rule": SPREAD}), configured({"rule": CONTACT})
    found = Open("a", "e", "青山-01", VILLAGE, "rule", day("2027-03-01"), day("2026-12-01"), False)
    item = item_of(ruled_by(spread, "rule"), found)
    on = day("2027-02-10")
    assert suggesting(spread, item, "rule", on).suggested_on == on
    assert suggesting(plain, item, "rule", on).suggested_on is None
    assert suggesting(spread, item, "rule", None).suggested_on is None
    assert suggesting(spread, item, "rule", day("2027-03-04")).suggested_on is None


_RULES = [
    {**SPREAD, "every": "2 months"},
    {**EIGHTEEN, "spread": "45 days"},
    {**REQUEST, "spread": "2 days"},
    {**MONTHLY, "spread": "10 days"},
    {**LEVELS, "spread": "5 days"},
    {**SUMMER, "done_by": "visit", "spread": "3 weeks"},
]


@pytest.mark.parametrize("look_ahead", [0, 7])
@given(data=st.data())
@settings(max_examples=8, deadline=None, phases=[Phase.generate])
def test_whatever_happens_passes_and_audit_suggest_the_same(
    sqlite_template: Path, look_ahead: int, data: st.DataObject
) -> None:
    """Of every kind: the audit agrees, and no step up to its due date lies after it."""
    with copy_of(sqlite_template) as database:
        site = of_every_kind(database, _RULES, look_ahead)
        assert live_at_random(site, data) == []
        due = {row.id: row.due_on for row in site.alerts()}
        assert all(row.after_due or row.on_date <= due[row.alert_id] for row in site.steps())
