"""What another configuration would change is what it then changes."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.plan import Plan, plan_messages
from alerts.plan_against import Differences, differences, supposed
from ledgers.database import Database
from tests.alerts.county import LIUGOU, QINGSHAN, written
from tests.alerts.test_plan import VISIT, by_plan, dump, live_every_day, planned, really_sent
from tests.alerts.watched import CONTACT, Watched

DAY = timedelta(days=1)
PLAIN = {**CONTACT, "roll": "none"}


def county(database: Database) -> Watched:
    """Open a county of three children, on the day each was seen, and live some weeks."""
    site = Watched(database, written(rules={"contacts": PLAIN, "visits": VISIT}))
    site.today = date(2027, 3, 1)
    site.live_today()
    for number, village in ((1, QINGSHAN), (2, QINGSHAN), (3, LIUGOU)):
        child = site.entry(f"村-{number}", village)
        for kind in ("contact", "visit"):
            site.record(child, site.today - number * DAY, kind=kind)
    live_every_day(site, date(2027, 4, 26))
    return site


def with_other(site: Watched, rules: dict[str, Any], last: date) -> tuple[Plan, Plan]:
    """Plan from tomorrow as it is, and with other rules."""
    before = planned(site, last)
    other = written(rules=rules)
    with site.database.reading() as connection:
        calendar = site.timetable.calendar
        in_force = supposed(connection, other, calendar, today=site.today + DAY)
        after = plan_messages(connection, in_force, first=site.today + DAY, last=last)
    return before, after


def change(database: Database, rules: dict[str, Any]) -> Differences:
    """Answer what other rules change until the end of August."""
    return differences(*with_other(county(database), rules, date(2027, 8, 31)))


def test_other_words_change_nothing(database: Database) -> None:
    """Titles, sources and what is said move no message."""
    words = {"title": "别的", "say": "看望", "source": "新文件"}
    found = change(database, {"contacts": {**PLAIN, **words}, "visits": {**VISIT, **words}})
    assert found.is_empty


def test_a_renamed_rule_changes_nothing(database: Database) -> None:
    """Its alerts go on under the new name."""
    found = change(database, {"calls": {**PLAIN, "was": "contacts"}, "visits": VISIT})
    assert found.is_empty


def test_a_longer_interval_moves_its_dates(database: Database) -> None:
    """Only those of its own rule, each to a later day."""
    found = change(database, {"contacts": {**PLAIN, "every": "4 months"}, "visits": VISIT})
    assert (found.added, found.removed) == ((), ())
    moved = [(str(m.before), str(m.after), m.person, m.items) for m in found.moved]
    assert {m.rule for m in found.moved} == {"contacts"}
    assert ("2027-05-24", "2027-06-28", "P-01", 1) in moved
    assert all(one.before and one.after and one.before < one.after for one in found.moved)


def test_a_rule_that_is_taken_away_is_removed(database: Database) -> None:
    """Nothing else changes."""
    found = change(database, {"visits": VISIT})
    assert (found.added, found.moved) == ((), ())
    assert {one.rule for one in found.removed} == {"contacts"}


@pytest.mark.parametrize(
    "rules",
    [
        {"contacts": {**PLAIN, "every": "2 months"}, "visits": VISIT},
        {"contacts": {**PLAIN, "steps": VISIT["steps"]}, "visits": {**VISIT, "every": "70 days"}},
        {"visits": VISIT, "news": {**PLAIN, "done_by": "update"}},
    ],
)
def test_what_is_supposed_is_what_then_happens(database: Database, rules: dict[str, Any]) -> None:
    """Put in force the next morning, the other rules send just what was shown; showing writes nothing."""
    site = county(database)
    before = dump(database)
    last = site.today + 60 * DAY
    _now, after = with_other(site, rules, last)
    assert dump(database) == before
    first = site.today + DAY
    site.today = first
    site.configure(written(rules=rules))
    site.live_today()
    live_every_day(site, last)
    assert by_plan(after) == really_sent(site, first)
