"""What is planned of rules of every kind is what then is sent, day by day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from ledgers.database import Database
from ledgers.tables import entry_fields, level_changes, metadata
from tests.alerts.county import LIUGOU, QINGSHAN, written
from tests.alerts.test_plan import Sent, by_plan, live_every_day, planned, really_sent
from tests.alerts.watched import CONTACT, Watched
from tests.databases import copy_of, delete_rows

DAY = timedelta(days=1)
TODAY = date(2027, 6, 20)
GROUP = {"ledger": "children", "where": {"status": "active"}}
_STEPS = [
    {"at": "-10 days", "tell": "director"},
    {"at": "0 days", "tell": "director"},
    {"at": "+4 days", "tell": ["director", "supervisor"], "escalation": True, "repeat": "9 days"},
]
_COMMON = {"for": GROUP, "done_by": "visit", "steps": _STEPS}
KINDS: dict[str, dict[str, Any]] = {
    "levels": {
        **CONTACT,
        "every": {"by": "level", "levels": {"red": "20 days", "green": "2 months"}},
        "on_raise": {"within": "3 days"},
    },
    "during": {
        **CONTACT,
        "every": "2 months",
        "during": [{"window": "summer", "every": "14 days"}],
    },
    "suggested": {**CONTACT, "every": "1 month", "spread": "14 days"},
    "suggested-month": {
        **_COMMON,
        "kind": "calendar",
        "period": "month",
        "due": "20",
        "spread": "2 weeks",
    },
    "birthday": {**_COMMON, "kind": "date", "on": {"field": "born_on", "plus": "18 years"}},
    "certificate": {**_COMMON, "kind": "date", "on": {"field": "valid-until", "plus": "0 days"}},
    "told-of-birthday": {
        "kind": "date",
        "for": GROUP,
        "on": {"field": "born_on", "plus": "18 years"},
        "steps": _STEPS[:2],
    },
    "request": {**_COMMON, "kind": "date", "on": {"record": "request", "plus": "9 days"}},
    "season": {**_COMMON, "kind": "season", "window": "summer"},
    "told-of-season": {
        "kind": "season",
        "for": GROUP,
        "window": "any-flood",
        "steps": [{"at": "start", "tell": "director"}, {"every": "tuesday", "tell": "supervisor"}],
    },
    "month": {**_COMMON, "kind": "calendar", "period": "month", "due": "10"},
    "weekly": {
        "kind": "calendar",
        "for": GROUP,
        "period": "month",
        "due": "last workday",
        "done_by": "update",
        "steps": [{"every": "monday", "tell": "supervisor"}, {"at": "0 days", "tell": "director"}],
    },
    "small-children": {
        **CONTACT,
        "for": {
            "ledger": "children",
            "where": {"age": {"at_least": "1 years", "under": "3 years"}},
        },
        "every": "1 month",
    },
    "pupils": {
        **CONTACT,
        "for": {"ledger": "children", "where": {"grade": ["3", "4"]}},
        "every": "1 month",
    },
}
_CALENDARS = {
    "summer": {"2027": [date(2027, 7, 5), date(2027, 8, 31)]},
    "any-flood": {"every_year": ["06-25", "07-30"]},
}
_RECORDS = {
    "contact": {"title": "联系"},
    "visit": {"title": "走访", "counts_as": ["contact"]},
    "update": {"title": "信息更新"},
    "request": {"title": "协查请求"},
}
_LEVELS = [{"id": "green", "title": "绿"}, {"id": "red", "title": "红"}]


def site_of(database: Database, names: list[str], **more: Any) -> Watched:
    """Open a county with some of the rules, on the day the tests begin."""
    rules = {name: {"say": name, "title": name, **KINDS[name]} for name in names}
    document = {"records": _RECORDS, "levels": _LEVELS, "calendars": _CALENDARS, **more}
    site = Watched(database, written(rules=rules, **document))
    site.today = TODAY
    site.configure(site.configuration)
    return site


def child(site: Watched, number: int, of: Mapping[str, Any]) -> None:
    """Enter a child with its dates, and what was recorded of it."""
    columns = {
        "level": of["level"],
        "born_on": of["born_on"],
        "born_month_only": of["month_only"],
        "grade": of["grade"],
        "grade_year": 2026,
        "entered_on": of["entered_on"],
    }
    entry = site.entry(f"村-{number:02}", of["village"], **columns)
    if of["raised_on"] is not None and of["level"] == "red":
        change = {"entry_id": entry, "on_date": of["raised_on"], "was": "green", "level": "red"}
        with site.database.writing() as connection:
            connection.execute(insert(level_changes).values(id=f"{number:032}", **change))
    if of["valid_until"] is not None:
        value = {"entry_id": entry, "field": "valid-until", "on_date": of["valid_until"]}
        with site.database.writing() as connection:
            connection.execute(insert(entry_fields).values(value))
    for kind, ago in of["acts"]:
        site.record(entry, TODAY - ago * DAY, kind=kind)


_DAYS = st.dates(date(2027, 4, 1), date(2027, 9, 1))
_BIRTHS = st.one_of(
    st.dates(date(2009, 4, 1), date(2009, 9, 30)),
    st.dates(date(2024, 5, 1), date(2024, 8, 30)),
    st.dates(date(2026, 5, 1), date(2026, 8, 30)),
)
CHILDREN = st.fixed_dictionaries(
    {
        "village": st.sampled_from([QINGSHAN, LIUGOU, "990101001003"]),
        "level": st.sampled_from(["green", "red", None]),
        "born_on": _BIRTHS,
        "month_only": st.sampled_from([False, False, True]),
        "grade": st.sampled_from([None, 2, 3, 4]),
        "entered_on": st.sampled_from([date(2026, 12, 1), date(2027, 6, 12)]),
        "raised_on": st.one_of(st.none(), st.dates(date(2027, 5, 20), TODAY)),
        "valid_until": st.one_of(st.none(), _DAYS),
        "acts": st.lists(
            st.tuples(
                st.sampled_from(["contact", "visit", "update", "request"]), st.integers(0, 60)
            ),
            max_size=2,
        ),
    }
)


def planned_and_sent(
    site: Watched, children: list[dict[str, Any]], *, lived: int, days: int
) -> tuple[Sent, Sent]:
    """Live some days with children, plan so many more, and live through them as well."""
    for number, of in enumerate(children):
        child(site, number, of)
    site.live_today()
    live_every_day(site, site.today + lived * DAY)
    last = site.today + days * DAY
    plan = planned(site, last)
    first = site.today + DAY
    live_every_day(site, last)
    return by_plan(plan), really_sent(site, first)


def lives(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a test be given so many lives: children, days before the plan, and days planned."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    given_some = given(
        children=st.lists(CHILDREN, min_size=1, max_size=6),
        lived=st.sampled_from([0, 1, 17]),
        days=st.sampled_from([12, 40, 75]),
    )
    few = settings(max_examples=examples, deadline=None, suppress_health_check=quiet)
    return lambda test: few(given_some(test))


@pytest.mark.parametrize("name", KINDS)
@lives(2)
def test_each_kind_is_planned_as_it_then_happens(
    sqlite_template: Path, name: str, children: list[dict[str, Any]], lived: int, days: int
) -> None:
    """From any day on, whatever is open already: passes and slots send just what was planned."""
    with copy_of(sqlite_template) as database:
        site = site_of(database, [name])
        plan, sent = planned_and_sent(site, children, lived=lived, days=days)
        assert plan == sent


@lives(1)
def test_all_kinds_together_are_planned_as_they_then_happen(
    database: Database, children: list[dict[str, Any]], lived: int, days: int
) -> None:
    """Side by side, where one line for each entry says the strongest act."""
    delete_rows(database, metadata)
    site = site_of(database, list(KINDS))
    plan, sent = planned_and_sent(site, children, lived=lived, days=days)
    assert plan == sent
