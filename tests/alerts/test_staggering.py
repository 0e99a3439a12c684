"""Routine messages of a full or half hour are spread by person; all others go when they are due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from alerts import digest
from alerts.staggering import wait_of
from alerts.tables import notices
from config.channels.wecom import WecomAppSettings
from config.rates import Rate
from ledgers.database import Database
from ledgers.tables import persons
from tests.alerts.county import MONDAY, County, written

NINE = datetime(2027, 7, 5, 1, tzinfo=UTC)
TWO_MINUTES = timedelta(minutes=2)
APP = {"type": "wecom-app", "corpid": "c", "secret": "s", "agentid": 1}
EVERYBODY = ("director", "supervisor", "county")


def app(**more: Any) -> WecomAppSettings:
    """Answer an application of WeCom."""
    return WecomAppSettings.model_validate({**APP, **more})


@given(person=st.uuids().map(str), half_hours=st.integers(0, 47))
@settings(deadline=None, max_examples=60)
def test_a_wait_is_short_and_always_the_same(person: str, half_hours: int) -> None:
    """At every full and half hour."""
    due = NINE + timedelta(minutes=30 * half_hours)
    wait = wait_of(person, due, TWO_MINUTES)
    assert timedelta() <= wait <= TWO_MINUTES
    assert wait == wait_of(person, due + timedelta(days=7), TWO_MINUTES)


def test_waits_spread_people() -> None:
    """Not all at the same second."""
    waits = {wait_of(f"p-{number}", NINE, TWO_MINUTES) for number in range(200)}
    assert len(waits) > 60


@pytest.mark.parametrize("minute", [1, 10, 29, 31, 59])
def test_nobody_waits_at_other_times(minute: int) -> None:
    """The usual slots begin at ten past."""
    assert not wait_of("p-1", NINE + timedelta(minutes=minute), TWO_MINUTES)


def waited(
    database: Database, at: str, *, quiet: tuple[str, str] = ("21:00", "08:00"), **more: Any
) -> tuple[str, timedelta]:
    """Open Monday's slot at a time of day; answer whose message it made, and how long it waits."""
    delivery = {
        "quiet_hours": quiet,
        "digest": {role: {"days": ["monday"], "at": at} for role in EVERYBODY},
        "routes": {role: ["app"] for role in EVERYBODY},
    }
    county = County(database, written(channels={"app": {**APP, **more}}, delivery=delivery))
    county.staff()
    county.due("青山-03", "visits", MONDAY)
    instant = county.timetable.plans["director"].instant(MONDAY)
    with database.writing() as connection:
        connection.execute(update(persons).values(sealed_wecom=b"x"))
    digest.open_slot(database, county.timetable, "director", MONDAY, now=instant)
    with database.reading() as connection:
        row = connection.execute(select(notices)).one()
    assert row.due_at == instant
    return row.person_id, row.next_attempt_at - instant


def test_a_message_of_nine_waits_for_its_reader(database: Database) -> None:
    """By as much as is theirs; it is due at nine all the same."""
    person, wait = waited(database, "09:00", stagger="30 minutes")
    assert timedelta() < wait <= timedelta(minutes=30)
    assert wait == wait_of(person, NINE, timedelta(minutes=30))


@pytest.mark.parametrize(
    ("at", "more"), [("09:10", {}), ("09:00", {"stagger": "off"})], ids=["ten past", "off"]
)
def test_other_messages_go_when_they_are_due(
    database: Database, at: str, more: dict[str, Any]
) -> None:
    """At another time, or where it is switched off."""
    assert not waited(database, at, **more)[1]


def test_a_wait_does_not_lead_into_quiet_hours(database: Database) -> None:
    """What would go out in them goes out after them."""
    person, wait = waited(database, "09:00", quiet=("09:01", "08:00"), stagger="30 minutes")
    own = wait_of(person, NINE, timedelta(minutes=30))
    assert wait == (own if own < timedelta(minutes=1) else timedelta(hours=23))


def test_the_applications_total_of_a_day_is_a_rate() -> None:
    """Beside those that are written, and only where the accounts are known."""
    assert app().limits() == ()
    assert app(accounts=50).limits() == (Rate(10_000, "day"),)
    assert app(accounts=50, rates=["10 per second"]).limits() == (
        Rate(10, "second"),
        Rate(10_000, "day"),
    )
