"""What is told at once, and what is not although it waits."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from alerts import digest
from alerts.tables import steps, tellings
from ledgers.database import Database
from tests.alerts.county import MONDAY, County, at


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


@pytest.mark.parametrize(("urgent", "told"), [(False, []), (True, [("P-01", "urgent")])])
def test_what_was_put_off_is_told_at_once_only_if_urgent(
    county: County, urgent: bool, told: list[tuple[str, str]]
) -> None:
    """A routine telling that was taken out of its notice waits for a slot, not for the night."""
    county.due("青山-03", "visits", MONDAY)
    digest.open_slot(county.database, county.timetable, "director", MONDAY, now=at(MONDAY, 9, 10))
    with county.database.writing() as connection:
        connection.execute(update(tellings).values(notice_id=None))
        connection.execute(update(steps).values(urgent=urgent))
    night = at(MONDAY + timedelta(days=1), 0, 5)
    digest.open_urgent(county.database, county.timetable, now=night)
    assert [row[:2] for row in county.notices() if row[1] == "urgent"] == told
