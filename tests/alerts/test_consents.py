"""Missing consent is told per township to the role that the site names, and stops nothing."""

from datetime import date

import pytest
from sqlalchemy import select, update

from alerts.consents import look_at_consents
from alerts.matters import Matter, MatterKind, still_open
from alerts.tables import alerts
from ledgers.database import Database
from ledgers.tables import entries
from tests.alerts.county import LIUGOU, TOWN, at
from tests.alerts.watched import Watched

OTHER_TOWN = "990101002"


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county with three children, of whose consent nothing is known."""
    site = Watched(database)
    for number, village in enumerate((LIUGOU, LIUGOU, OTHER_TOWN + "001"), start=1):
        site.entry(f"村-{number:02}", village, born_on=date(2018, 1, number))
    return site


def matters(site: Watched, tell: str | None = "supervisor") -> list[Matter]:
    """Look at consents, and answer what is the matter by now."""
    look_at_consents(site.database, tell, today=site.today, now=at(site.today, 0, 5))
    with site.database.reading() as connection:
        found = still_open(connection, kind=MatterKind.CONSENT_MISSING)
    return sorted((one.matter for one in found), key=lambda one: one.subject)


def agree(site: Watched, number: str) -> None:
    """Have a guardian agree."""
    with site.database.writing() as connection:
        changed = update(entries).where(entries.c.number == number)
        connection.execute(changed.values(consent="guardian"))


def test_each_township_is_one_matter_with_a_count(site: Watched) -> None:
    """For the role in `consent.tell`; counts only, no child."""
    assert matters(site) == [
        Matter("consent-missing", TOWN, "supervisor", TOWN, {"count": 2}),
        Matter("consent-missing", OTHER_TOWN, "supervisor", OTHER_TOWN, {"count": 1}),
    ]


def test_what_is_mended_is_counted_again_and_then_closed(site: Watched) -> None:
    """One more consent, one fewer; the last closes the matter."""
    assert [one.detail["count"] for one in matters(site)] == [2, 1]
    agree(site, "村-01")
    agree(site, "村-03")
    assert [(one.subject, one.detail) for one in matters(site)] == [(TOWN, {"count": 1})]
    agree(site, "村-02")
    assert matters(site) == []


def test_nobody_is_told_unless_the_site_says_so(site: Watched) -> None:
    """And what was open is closed when it says so no more."""
    assert matters(site, None) == []
    assert matters(site)
    assert matters(site, None) == []


def test_a_visit_is_due_with_or_without_consent(site: Watched) -> None:
    """The office keeps the ledger by statutory duty."""
    agree(site, "村-01")
    site.live(date(2027, 4, 1))
    with site.database.reading() as connection:
        numbers = select(entries.c.number).join(alerts).where(alerts.c.closed_at.is_(None))
        assert len(set(connection.scalars(numbers))) == 3
