"""Levels without an interval, and calendars without a year: told, never guessed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from alerts.almanacs import missing_windows
from alerts.concerns import concerns_for
from alerts.matters import MatterKind, OpenMatter, still_open
from alerts.unconfigured import look_at_levels
from ledgers.database import Database
from ledgers.tables import regions
from tests.alerts.world import CALENDAR, ELSEWHERE, VILLAGE, World, configured, day, entry, rule

GREEN_AND_RED = {"red": "7 days", "green": "6 months"}


def by_level(**levels: str) -> dict[str, Any]:
    """Answer a site's rules: one, with these intervals by level."""
    return {"contact": rule(every={"by": "level", "levels": levels})}


def looked(site: World) -> list[OpenMatter]:
    """Look at all levels, and answer what is open."""
    look_at_levels(site.database, site.plan, today=site.today, now=site.now)
    with site.database.reading() as connection:
        return still_open(connection, kind=MatterKind.NOT_CONFIGURED)


def test_each_village_and_level_without_an_interval_is_one_matter(database: Database) -> None:
    """Of those without a level too; it is the supervisor's, and counts entries."""
    site = World(database, configured(by_level(red="7 days")))
    site.enter(
        entry(1, level="green"),
        entry(2, level="green"),
        entry(3, level=None),
        entry(4, level="red"),
        entry(5, level="green", lives_in=ELSEWHERE),
    )
    found = {one.matter.subject: one.matter for one in looked(site)}
    assert {subject: one.detail["count"] for subject, one in found.items()} == {
        f"contact|{VILLAGE}|": 1,
        f"contact|{VILLAGE}|green": 2,
        f"contact|{ELSEWHERE}|green": 1,
    }
    assert {one.role for one in found.values()} == {"supervisor"}


def test_looking_again_counts_again_and_opens_nothing(database: Database) -> None:
    """What stands stays the same matter, with the figure of the day."""
    site = World(database, configured(by_level(red="7 days")))
    site.enter(entry(1, level="green"))
    [before] = looked(site)
    assert looked(site) == [before]
    site.enter(entry(2, level="green"))
    [after] = looked(site)
    assert (after.id, after.matter.detail) == (before.id, {"count": 2})


def test_a_configured_level_closes_its_matter(database: Database) -> None:
    """So does a level that was entered, and a rule that is gone."""
    site = World(database, configured(by_level(red="7 days")))
    site.enter(entry(1, level="green"), entry(2, level=None))
    assert len(looked(site)) == 2
    site.configure(configured(by_level(**GREEN_AND_RED)))
    [left] = looked(site)
    site.change(2, level="red")
    assert left.matter.subject.endswith("|")
    assert looked(site) == []


def test_a_message_names_the_act_and_no_level(database: Database) -> None:
    """The supervisor reads which village, how many and what is not reminded of."""
    site = World(database, configured(by_level(red="7 days")))
    site.enter(entry(1, level="green"))
    found = looked(site)
    with database.writing() as connection:
        row = {"code": VILLAGE, "name": "青山村", "local": False}
        connection.execute(insert(regions).values(row))
        [concern] = concerns_for(connection, site.configuration, found, [VILLAGE[:9]])
    assert (concern.place, concern.title, concern.number, concern.count) == (
        "青山村",
        "联系",
        "",
        1,
    )


SUMMER = {
    "kind": "season",
    "say": "安全提醒",
    "for": {"ledger": "children"},
    "window": "summer",
    "steps": [{"at": "start", "tell": "director"}],
}


def test_a_calendar_without_the_coming_year_is_asked_for(database: Database) -> None:
    """Ninety days before last year's would come round; not of calendars no rule goes by."""
    windows = {
        "summer": {"2027": [day("2027-07-05"), day("2027-08-31")]},
        "flood": {"2026": [day("2026-06-01"), day("2026-09-30")]},
    }
    configuration = configured({"summer": SUMMER}, calendars=windows)
    asked_on = day("2028-07-05") - timedelta(days=90)
    with database.reading() as connection:
        found = [
            missing_windows(connection, configuration, CALENDAR, today=today)
            for today in (asked_on - timedelta(days=1), asked_on)
        ]
    assert found == [[], ["summer 2028"]]
