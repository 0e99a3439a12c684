"""What is told between slots."""

import pytest
from sqlalchemy import select, update

from alerts import digest
from alerts.matters import Matter, MatterKind, open_matters
from alerts.tables import notices, steps
from ledgers.database import Database
from ledgers.tables import persons
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, County, at
from tests.alerts.mondays import DAY, open_monday, staffed


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    return staffed(database)


def _matter(county: County, kind: MatterKind, subject: str, **detail: str) -> None:
    with county.database.writing() as connection:
        matter = Matter(kind, subject, "supervisor", QINGSHAN, detail)
        open_matters(connection, [matter], now=county.now)


def test_a_child_who_is_not_well_is_told_the_same_day(county: County) -> None:
    """Not at the next slot: at the next look, once, outside quiet hours."""
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 12))
    _matter(county, MatterKind.NOT_WELL, county.entry("青山-03"))
    for hour in (14, 15):
        digest.open_due(county.database, county.timetable, now=at(MONDAY + DAY, hour))
    assert county.notices() == [("P-03", "matter", "pending", True)]


def test_whoever_recorded_a_matter_is_not_told_of_it(county: County) -> None:
    """The supervisor who wrote "not well" herself gets no message about it."""
    with county.database.reading() as connection:
        herself = connection.execute(
            select(persons.c.id).where(persons.c.handle == "P-03")
        ).scalar_one()
    _matter(county, MatterKind.NOT_WELL, county.entry("青山-03"), recorded_by=herself)
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 14))
    assert county.notices() == []


def test_an_empty_post_is_told_each_workday_once(county: County) -> None:
    """At the role's hour, and not on the Saturday."""
    _matter(county, MatterKind.NO_RECIPIENT, f"director:{TOWN}009")
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 7))
    days = [(day, hour) for day in range(-3, 0) for hour in (7, 9, 12)]
    for day, hour in days:
        digest.open_due(county.database, county.timetable, now=at(MONDAY + day * DAY, hour))
        with county.database.writing() as connection:
            connection.execute(update(notices).values(state="sent", ended_at=county.now))
    assert [kind for _, kind, _, _ in county.notices()] == ["matter"]


def test_urgent_steps_are_told_at_once_in_the_night(county: County) -> None:
    """Whoever is reached, also through somebody else; quiet hours do not hold them."""
    for number, region in (("青山-03", QINGSHAN), ("柳沟-01", LIUGOU)):
        alert = county.alert(county.entry(number, region), "visits", MONDAY)
        step = county.step(alert, MONDAY)
        with county.database.writing() as connection:
            connection.execute(update(steps).where(steps.c.id == step).values(urgent=True))
    open_monday(county)
    assert county.tellings() == []
    night = at(MONDAY, 23, 30)
    assert digest.open_urgent(county.database, county.timetable, now=night).tellings == 2
    assert digest.open_urgent(county.database, county.timetable, now=night + DAY).tellings == 0
    assert county.notices() == [
        ("P-01", "urgent", "pending", True),
        ("P-03", "urgent", "pending", True),
    ]
    with county.database.reading() as connection:
        assert set(connection.execute(select(notices.c.next_attempt_at)).scalars()) == {night}
