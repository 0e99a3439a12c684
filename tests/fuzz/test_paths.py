"""Nothing is written half-way: whatever comes in, the database is as before or as it should be.

A share in every run; `make fuzz` goes on for as long as one likes. It costs seconds because each
try is a whole way, with a database of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from sqlalchemy import insert

from ledgers.database import Database
from ledgers.tables import site_state
from service.wiring import Site
from tests.fuzz.county import County, county_of, settle
from tests.fuzz.cutting import Cut, PowerCut
from tests.fuzz.imports import taken_or_untouched
from tests.fuzz.paths import PATHS
from tests.fuzz.sheets import Sheet, sheets
from tests.fuzz.standing import changed, faults_of, picture_of
from tests.service.commands.desk import MONDAY
from tests.service.sites import a_site

_PHASES = (Phase.explicit, Phase.generate)
"""Shrinking whole ways takes minutes, and a sheet of six lines is read as it is."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Answer a county that every try finds as it was."""
    prepared = settle(tmp_path_factory.mktemp("prepared"))
    with county_of(prepared, tmp_path_factory.mktemp("county")) as county:
        yield county


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_left_half_way(county: County, name: str) -> None:
    """Refused, it is as before; taken, it is whole, and the same again changes nothing."""
    path = PATHS[name]

    @settings(max_examples=path.examples, phases=_PHASES)
    @given(path.given)
    def holds(handed_in: object) -> None:
        path.holds(county, handed_in)

    assert holds() is None


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site that nobody has imported anything into."""
    with a_site(tmp_path, bare_database_url, clock=lambda: MONDAY) as site:
        yield site


@pytest.mark.postgres
@pytest.mark.parametrize("bare_database_url", ["postgres"], indirect=True)
def test_postgresql_takes_what_sqlite_takes(site: Site) -> None:
    """One sheet after the other into one ledger: it is stricter about what a text is."""

    @settings(max_examples=8, phases=_PHASES)
    @given(sheets())
    def holds(sheet: Sheet) -> None:
        taken_or_untouched(site, sheet)

    assert holds() is None


def test_a_picture_shows_the_smallest_change(county: County) -> None:
    """And a broken-off unit of work leaves none; else the tests above would see nothing."""
    county.put_back()
    with county.open() as site:
        before = picture_of(site.database)
        with pytest.raises(PowerCut):
            _note(Cut(site.database.engine, after=0))
        assert changed(before, picture_of(site.database)) == []
        _note(site.database)
        assert changed(before, picture_of(site.database)) == ["site_state"]


def test_what_a_database_must_not_hold_is_found(county: County) -> None:
    """A text that PostgreSQL would refuse, and a chain of events with one gone."""
    county.put_back()
    with county.open() as site:
        _note(site.database, "a\0b")
        assert faults_of(site.database) == ["value: site_state.value"]


def _note(database: Database, value: str = "x") -> None:
    with database.writing() as connection:
        row = {"name": "fuzz", "value": value, "at": MONDAY}
        connection.execute(insert(site_state).values(row))
