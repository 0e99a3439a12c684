"""A post that nobody holds any more is told of each workday, whether or not anything is due."""

from datetime import date, timedelta

import pytest

from alerts import digest
from alerts.matters import MatterKind, still_open
from ledgers.database import Database
from ledgers.handover import leave_person
from tests.alerts.changing_hands import holder_of
from tests.alerts.county import MONDAY, QINGSHAN, TOWN, County, at

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def county(database: Database) -> County:
    """Answer a county that has been running, with one child for whom nothing is due."""
    made = County(database)
    made.staff()
    made.entry("青山-01")
    digest.open_due(database, made.timetable, now=at(MONDAY, 10))
    return made


def gaps(county: County) -> list[str]:
    """Answer the posts that are said to be empty."""
    with county.database.reading() as connection:
        found = still_open(connection, kind=MatterKind.NO_RECIPIENT)
    return [one.matter.subject for one in found]


def goes(county: County, role: str, region: str, on: date) -> None:
    """Let the holder of a post leave."""
    with county.database.writing() as connection:
        person = holder_of(connection, role, region)
        assert person is not None
        leave_person(connection, person, on=on)


def test_a_director_who_leaves_is_told_of_the_next_morning(county: County) -> None:
    """To the township, and again on the day after."""
    goes(county, "director", QINGSHAN, TUESDAY)
    for days in (0, 1):
        digest.open_due(
            county.database, county.timetable, now=at(TUESDAY + timedelta(days=days), 10)
        )
        assert gaps(county) == [f"director:{QINGSHAN}"]
    told = [handle for handle, kind, _, _ in county.notices() if kind == "matter"]
    assert told == ["P-03"] * len(told)
    assert len(told) >= 1


def test_a_filled_post_is_no_matter(county: County) -> None:
    """Nobody has left."""
    digest.open_due(county.database, county.timetable, now=at(TUESDAY, 10))
    assert gaps(county) == []


def test_a_village_without_children_misses_nobody(county: County) -> None:
    """Its post may stay empty."""
    empty = TOWN + "007"
    county.post("director", empty, county.person("P-09"))
    goes(county, "director", empty, TUESDAY)
    digest.open_due(county.database, county.timetable, now=at(TUESDAY, 10))
    assert gaps(county) == []
