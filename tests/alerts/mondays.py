"""The usual county on its Mondays: staffed, and with the slot of a role opened at its time."""

from datetime import timedelta

from alerts import digest
from ledgers.database import Database
from tests.alerts.county import MONDAY, TOWN, County

DAY = timedelta(days=1)


def staffed(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def open_monday(county: County, role: str = "director", weeks: int = 0) -> digest.Opened:
    """Open the Monday slot of a role at its time."""
    day = MONDAY + timedelta(weeks=weeks)
    now = county.timetable.plans[role].instant(day)
    return digest.open_slot(county.database, county.timetable, role, day, now=now)


def long_due(county: County, count: int, rule: str = "visits") -> None:
    """Let children of villages of their own be due for a fortnight."""
    for number in range(count):
        region = f"{TOWN}{100 + number}"
        mail = f"m{number}@example.invalid"
        county.post("director", region, county.person(f"L-{number}", email=mail))
        county.due(f"远-{number}", rule, MONDAY - 15 * DAY, region)
