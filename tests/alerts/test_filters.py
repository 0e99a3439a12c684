"""Groups as SQL: each form of filter, ages on their very day, months that count as their last day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import and_, insert, select

from alerts.conditions import (
    AgeBetween,
    Condition,
    Crosses,
    DateBetween,
    FieldWords,
    InRegions,
    NotBetweenDistricts,
    NumberBetween,
    StayBetween,
    Wanted,
    WithoutHolder,
    WordIs,
)
from alerts.filters import (
    Ages,
    born_until,
    codes_of,
    matches,
    moves,
    moving_bounds,
    without_upper_age,
)
from alerts.moving import StayBound, StayEndBound
from config.durations import Duration
from config.groups import Group
from ledgers.database import Database
from ledgers.tables import entries, entry_triggers
from tests.alerts.folk import LOOKUPS
from tests.alerts.world import CALENDAR, VILLAGE, day, entry, entry_id

TODAY = day("2027-03-01")


def ages(today: date = TODAY, *, day_after: bool = False) -> Ages:
    """Count ages on a day."""
    return Ages(today, CALENDAR, day_after)


def group(where: Mapping[str, Any]) -> Group:
    """Answer a group of children."""
    return Group.model_validate({"ledger": "children", "where": where})


def found(database: Database, where: Mapping[str, Any], at: Ages | None = None) -> list[int]:
    """Answer the numbers of the entries a group holds."""
    query = select(entries.c.id).where(matches(group(where), at or ages()))
    with database.reading() as connection:
        return sorted(int(id_, 16) for id_ in connection.execute(query).scalars())


@pytest.fixture
def children(database: Database) -> Database:
    """Answer a ledger of four children who differ in everything."""
    rows = [
        entry(1, category="孤儿", level="red", born_on=day("2011-03-01"), grade=3, grade_year=2026),
        entry(2, category="留守儿童", born_on=day("2011-03-02"), lives_in="990101002001"),
        entry(3, level="green", born_on=day("2011-03-01"), born_month_only=True, status="moved"),
        entry(4, ledger="institutions"),
    ]
    blank: dict[str, Any] = {name: None for row in rows for name in row}
    with database.writing() as connection:
        connection.execute(
            insert(entries), [{**blank, "born_month_only": False, **row} for row in rows]
        )
        connection.execute(
            insert(entry_triggers),
            [
                {"entry_id": entry_id(1), "trigger": "流浪"},
                {"entry_id": entry_id(1), "trigger": "监护缺失"},
                {"entry_id": entry_id(2), "trigger": "流浪"},
            ],
        )
    return database


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ({"stay": {"at_least": "6 months"}}, StayBetween(Duration.parse("6 months"), None)),
        ({"age": {"under": "36 months"}}, AgeBetween(None, Duration.parse("36 months"))),
        ({"crosses": "county"}, Crosses(6)),
        ({"crosses": "township"}, Crosses(9)),
        ({"not_between_districts_of": "9901"}, NotBetweenDistricts("9901")),
        ({"assignment": {"without": "director"}}, WithoutHolder("director")),
        ({"permit": {"known": "no"}}, DateBetween("permit", known=False)),
        ({"people": {"at_least": "3"}}, NumberBetween("people", 3, None)),
        ({"boarding": "yes"}, FieldWords("boarding", Wanted(any_of=("yes",)))),
        ({"tier": "village"}, WordIs(entries.c.tier, Wanted(any_of=("village",)))),
        (
            {"lives_in": {"tagged": "安置区", "none_of": "990101"}},
            InRegions(entries.c.lives_in, Wanted(none_of=("990101",)), ("安置区",)),
        ),
    ],
)
def test_what_is_written_is_asked(where: dict[str, Any], condition: Condition) -> None:
    """Every form of the language has its condition; what a condition finds is tested by itself."""
    assert str(matches(group(where), ages())) == str(
        and_(entries.c.ledger == "children", condition.sql(ages()))
    )
    assert moving_bounds(group(where)) == condition.bounds()


def test_what_time_moves() -> None:
    """Ages, stays, holders and grades; each bound once."""
    span = Duration.parse("6 months")
    where = {"stay": {"at_least": "6 months", "under": "6 months"}, "status": "active"}
    assert moving_bounds(group(where)) == (StayBound(span), StayEndBound())
    assert moves(group(where))
    assert moves(group({"grade": "9"}))
    assert not moves(group({"status": "active", "lives_in": "990101"}))


def test_codes_of_a_group_follow_the_site() -> None:
    """Tags, districts and successors say which divisions are meant."""
    where = {"lives_in": {"tagged": "安置区", "any_of": "990109"}}
    assert codes_of(group(where), LOOKUPS) == [["990102"], ["990101001002", "990102"]]
    city = group({"not_between_districts_of": "9901"})
    assert codes_of(city, LOOKUPS) == [["990101", "990102"]]


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ({}, [1, 2, 3]),
        ({"status": "active"}, [1, 2]),
        ({"category": ["孤儿", "特困儿童"]}, [1]),
        ({"level": {"any_of": ["red", "green"]}}, [1, 3]),
        ({"level": {"none_of": ["red"]}}, [2, 3]),
        ({"triggers": "流浪"}, [1, 2]),
        ({"triggers": {"all_of": ["流浪", "监护缺失"]}}, [1]),
        ({"triggers": {"none_of": ["监护缺失"]}}, [2, 3]),
        ({"lives_in": VILLAGE[:9]}, [1, 3]),
        ({"grade": "3"}, [1]),
        ({"born_on": {"since": "2011-03-02"}}, [2, 3]),
        ({"born_on": {"until": "2011-03-30"}}, [1, 2]),
        ({"entered_on": {"until": "2026-11-30"}}, []),
        ({"age": {"under": "16 years"}}, [2, 3]),
        ({"age": {"at_least": "16 years"}}, [1]),
        ({"age": {"at_least": "15 years", "under": "16 years"}, "status": "active"}, [2]),
    ],
)
def test_a_group_holds_exactly_its_entries(
    children: Database, where: dict[str, Any], numbers: list[int]
) -> None:
    """Whatever is not named is not looked at; what is unknown is in no range."""
    assert found(children, where) == numbers


def test_an_age_is_reached_on_the_birthday_or_the_day_after(children: Database) -> None:
    """As the site has it."""
    where = {"age": {"at_least": "16 years"}}
    assert found(children, where, ages(day("2027-02-28"))) == []
    assert found(children, where, ages(TODAY)) == [1]
    assert found(children, where, ages(TODAY, day_after=True)) == []
    assert found(children, where, ages(day("2027-03-02"), day_after=True)) == [1]


def test_a_month_counts_as_its_last_day(children: Database) -> None:
    """Somebody born in March stays under sixteen until March is over."""
    where = {"age": {"at_least": "16 years"}, "status": "moved"}
    assert found(children, where, ages(day("2027-03-30"))) == []
    assert found(children, where, ages(day("2027-03-31"))) == [3]


def test_grades_advance_in_september(children: Database) -> None:
    """Third grade of one school year is fourth grade of the next."""
    assert found(children, {"grade": "4"}, ages(day("2027-08-31"))) == []
    assert found(children, {"grade": "4"}, ages(day("2027-09-01"))) == [1]


def test_a_group_without_its_upper_age() -> None:
    """Who leaves it then has grown out of it; without an upper age nobody does."""
    bounded = group({"age": {"at_least": "6 years", "under": "16 years"}, "status": "active"})
    opened = without_upper_age(bounded)
    assert opened is not None
    assert opened.where["age"] != bounded.where["age"]
    assert without_upper_age(group({"status": "active"})) is None


@given(
    born=st.dates(date(2005, 1, 1), date(2025, 12, 31)),
    today=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    years=st.integers(0, 18),
    day_after=st.booleans(),
)
def test_bounds_and_birthdays_agree(born: date, today: date, years: int, day_after: bool) -> None:
    """Born on or before the bound exactly when the age is reached by today."""
    counted = ages(today, day_after=day_after)
    age = Duration.parse(f"{years} years")
    assert (born <= counted.born_by(age)) == (counted.reached_on(born, age) <= today)
    assert born_until(counted.born_by(age)) is not None
