"""Divisions are entries of a ledger of their own, in step with the list of divisions."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from ledgers.database import Database
from ledgers.jurisdictions import JURISDICTIONS, keep_jurisdictions
from ledgers.regions import Region, add_regions, rename_regions
from ledgers.tables import entries, regions, touched
from tests.ledgers.samples import NOW, SITE, TODAY

LIST = [
    Region("990101", "演示县"),
    Region("990101001", "柳河镇"),
    Region("990101001001", "青山村"),
    Region("990101002", "清河乡"),
    Region("990101002001", "青山村"),
    Region("990102001001", "外县村"),
]


def keep(database: Database, today: date = TODAY) -> int:
    """Bring the ledger in step."""
    with database.writing() as connection:
        return keep_jurisdictions(connection, SITE, import_id=None, now=NOW, today=today)


def kept(database: Database) -> list[tuple[str, str, str, str]]:
    """Answer code, tier, name and status of each entry."""
    e = entries.c
    query = select(e.lives_in, e.tier, e.number, e.status).where(e.ledger == JURISDICTIONS)
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(e.lives_in, e.id))]


@pytest.fixture
def county(database: Database) -> Database:
    """Answer a county of two townships, with its entries made."""
    with database.writing() as connection:
        add_regions(connection, LIST)
    assert keep(database) == 5
    return database


def test_every_division_of_the_site_is_an_entry(county: Database) -> None:
    """Two villages of one name are told apart by their townships; other counties are not ours."""
    assert kept(county) == [
        ("990101", "county", "演示县", "active"),
        ("990101001", "township", "柳河镇", "active"),
        ("990101001001", "village", "青山村", "active"),
        ("990101002", "township", "清河乡", "active"),
        ("990101002001", "village", "清河乡青山村", "active"),
    ]


def test_keeping_twice_changes_nothing(county: Database) -> None:
    """Nothing new, nothing to look at again."""
    assert keep(county) == 0
    with county.reading() as connection:
        assert len(connection.execute(select(touched.c.entry_id)).all()) == 5


def test_a_site_without_its_own_line_is_an_entry_too(database: Database) -> None:
    """It is called by its code until the list names it."""
    keep(database)
    assert kept(database) == [("990101", "county", "990101", "active")]
    with database.writing() as connection:
        add_regions(connection, LIST[:1])
    assert keep(database) == 1
    assert kept(database) == [("990101", "county", "演示县", "active")]


def test_a_new_name_is_taken_over(county: Database) -> None:
    """The entry stays the same one."""
    with county.writing() as connection:
        rename_regions(connection, [Region("990101001", "柳林镇")])
    assert keep(county) == 1
    assert kept(county)[1][2] == "柳林镇"


def test_a_division_that_is_gone_closes_and_opens_again(county: Database) -> None:
    """Its entry keeps its name and its history."""
    for ended, status in ((TODAY, "closed"), (None, "active")):
        with county.writing() as connection:
            gone = update(regions).where(regions.c.code == "990101001001")
            connection.execute(gone.values(valid_to=ended))
        assert keep(county, TODAY + timedelta(days=1)) == 1
        assert kept(county)[2] == ("990101001001", "village", "青山村", status)


def test_two_divisions_that_became_one_leave_one_entry(county: Database) -> None:
    """The older entry goes on."""
    with county.writing() as connection:
        joined = update(entries).where(entries.c.lives_in == "990101002001")
        connection.execute(joined.values(lives_in="990101001001"))
        gone = update(regions).where(regions.c.code == "990101002001")
        connection.execute(gone.values(valid_to=TODAY))
    assert keep(county) == 1
    assert [row[3] for row in kept(county) if row[0] == "990101001001"] == ["active", "closed"]
