"""What stands in an unsent message when work changes hands: it goes to whoever it concerns now."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from alerts import digest
from alerts.contents import read_true
from alerts.tables import notices, tellings
from ledgers.database import Database
from ledgers.posts import Holding, Post, add_holdings
from ledgers.tables import persons, post_holdings
from tests.alerts.changing_hands import holder_of
from tests.alerts.county import MONDAY, QINGSHAN, County, at

DAY = timedelta(days=1)


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def slot(county: County, role: str, day: date) -> None:
    """Open a role's slot at its time."""
    now = county.timetable.plans[role].instant(day)
    digest.open_slot(county.database, county.timetable, role, day, now=now)


def handed_over(county: County, *, on: date) -> None:
    """Give 青山's post to somebody new; the one before keeps other work and does not leave."""
    new = county.person("P-11", email="d11@example.invalid")
    with county.database.writing() as connection:
        old = holder_of(connection, "director", QINGSHAN)
        mine = update(post_holdings).where(post_holdings.c.person_id == old)
        connection.execute(mine.values(held_to=on - DAY))
        add_holdings(connection, [Holding(Post("director", QINGSHAN), new, on)], now=at(on, 8))


def still_said(county: County, day: date) -> int:
    """Answer how much stands in all notices that are to be sent on a day."""
    with county.database.writing() as connection:
        ids = list(connection.scalars(select(notices.c.id)))
        kept = read_true(connection, ids, county.configuration, today=day, now=at(day, 11))
    return sum(len(said) for said in kept.values())


def states(county: County) -> list[tuple[str, str, str | None]]:
    """Answer (handle, state, reason) of every telling, in the order they were made."""
    query = (
        select(persons.c.handle, tellings.c.state, tellings.c.reason)
        .join(persons, persons.c.id == tellings.c.person_id)
        .order_by(tellings.c.made_at, tellings.c.id)
    )
    with county.database.reading() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def test_an_unsent_message_is_not_sent_to_the_one_before(county: County) -> None:
    """It is withdrawn, and the next slot tells the new one instead; only then the old telling ends."""
    county.due("青山-03", "visits", MONDAY)
    slot(county, "director", MONDAY)
    assert still_said(county, MONDAY) == 1
    handed_over(county, on=MONDAY + DAY)
    assert still_said(county, MONDAY + DAY) == 0
    assert states(county) == [("P-01", "pending", None)]
    slot(county, "director", MONDAY + 7 * DAY)
    assert states(county) == [
        ("P-01", "suppressed", "passed-on"),
        ("P-11", "pending", None),
    ]
    assert still_said(county, MONDAY + 7 * DAY) == 1


def test_an_unsent_escalation_waits_for_the_grace(county: County) -> None:
    """The supervisor's message is made, then the director changes: it stands in a later one."""
    alert = county.alert(county.entry("青山-03"), "visits", MONDAY - 8 * DAY)
    county.step(alert, MONDAY - DAY, "supervisor", key="+7 days", after_due=True)
    slot(county, "supervisor", MONDAY)
    assert still_said(county, MONDAY) == 1
    handed_over(county, on=MONDAY + DAY)
    assert still_said(county, MONDAY + DAY) == 0
    for days in (7, 14):
        slot(county, "supervisor", MONDAY + days * DAY)
        assert still_said(county, MONDAY + days * DAY) == 0
    slot(county, "supervisor", MONDAY + 17 * DAY)
    assert still_said(county, MONDAY + 17 * DAY) == 1
    assert states(county) == [("P-03", "pending", None)]
