"""Every form of filter says in SQL what it says in plain Python, on random entries."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.conditions import (
    AgeBetween,
    Condition,
    Crosses,
    DateBetween,
    FieldWords,
    GradeIs,
    InRegions,
    NotBetweenDistricts,
    NumberBetween,
    StayBetween,
    TriggersAre,
    Wanted,
    WithoutHolder,
    WordIs,
)
from config.durations import Duration
from ledgers.database import Database
from ledgers.tables import entries
from schedules.periods import Period
from tests.alerts.folk import (
    CODES,
    DIRECTOR,
    END,
    LOOKUPS,
    PLACES,
    START,
    TRIGGERS,
    WORDS,
    Folk,
    Somebody,
    ages,
    enter,
    make_folk,
    numbers_of,
)
from tests.alerts.world import CALENDAR

Case = tuple[Condition, Callable[[Folk, Somebody, date], bool]]
"""A condition, and the same told in plain Python."""

_CITY = frozenset({"990101", "990102"})  # 990109 became 990102


def _wanted(words: tuple[str, ...]) -> st.SearchStrategy[Wanted]:
    some = st.none() | st.lists(st.sampled_from(words), max_size=3).map(tuple)
    return st.builds(Wanted, some, some, some)


def _fits(wanted: Wanted, has: Callable[[str], bool]) -> bool:
    return (
        (wanted.any_of is None or any(map(has, wanted.any_of)))
        and all(map(has, wanted.all_of or ()))
        and not any(map(has, wanted.none_of or ()))
    )


def _is_word(wanted: Wanted) -> Case:
    return WordIs(entries.c.category, wanted), lambda _f, one, _d: _fits(
        wanted, lambda word: one.category == word
    )


def _has_trigger(wanted: Wanted) -> Case:
    return TriggersAre(wanted), lambda _f, one, _d: _fits(wanted, one.triggers.__contains__)


def _has_word(wanted: Wanted) -> Case:
    return FieldWords("colours", wanted), lambda _f, one, _d: _fits(wanted, one.words.__contains__)


def _is_grade(wanted: Wanted) -> Case:
    def grade_on(one: Somebody, day: date) -> int | None:
        year = day.year if day.month >= 9 else day.year - 1
        if one.grade is None or one.grade == 0 or one.grade_year is None:
            return one.grade
        return one.grade + year - one.grade_year

    return GradeIs(wanted), lambda _f, one, day: _fits(
        wanted, lambda word: grade_on(one, day) == int(word)
    )


def _is_inside(wanted: Wanted, tag: str | None) -> Case:
    def inside(place: str | None, code: str) -> bool:
        return place is not None and place.startswith("990102" if code == "990109" else code)

    def holds(_folk: Folk, one: Somebody, _day: date) -> bool:
        place = one.registered_in
        tagged = tag is None or any(inside(place, code) for code in LOOKUPS.tags[tag])
        return tagged and _fits(wanted, lambda code: inside(place, code))

    return InRegions(entries.c.registered_in, wanted, (tag,) if tag else None), holds


def _is_dated(since: date | None, until: date | None, known: bool | None) -> Case:
    def holds(_folk: Folk, one: Somebody, _day: date) -> bool:
        if one.seen_on is None:
            return known is False
        last = one.last_day(one.seen_on, one.seen_month_only)
        within = (since is None or since <= last) and (until is None or last <= until)
        return not within if known is False else within

    return DateBetween("seen", since, until, known), holds


def _is_numbered(at_least: int | None, under: int | None) -> Case:
    return (
        NumberBetween("people", at_least, under),
        lambda _f, one, _d: (
            one.people is not None
            and (at_least is None or one.people >= at_least)
            and (under is None or one.people < under)
        ),
    )


def _reached(since: date, span: Duration | None, day: date) -> bool | None:
    return None if span is None else Period.of(span, CALENDAR).after(since) <= day


def _is_aged(at_least: Duration | None, under: Duration | None) -> Case:
    def holds(_folk: Folk, one: Somebody, day: date) -> bool:
        if one.born_on is None:
            return False
        born = one.last_day(one.born_on, one.born_month_only)
        return _reached(born, at_least, day) is not False and not _reached(born, under, day)

    return AgeBetween(at_least, under), holds


def _is_staying(at_least: Duration | None, under: Duration | None) -> Case:
    def holds(_folk: Folk, one: Somebody, day: date) -> bool:
        since, until = one.stay_since, one.stay_until
        if since is None or (until is not None and until < day):
            return False
        return _reached(since, at_least, day) is not False and not _reached(since, under, day)

    return StayBetween(at_least, under), holds


def _differs(one: Somebody, digits: int) -> bool:
    here, home = one.lives_in[:digits], (one.registered_in or "")[:digits]
    return not here.startswith(home) and not home.startswith(here)


def _crosses(digits: int) -> Case:
    return Crosses(digits), lambda _f, one, _d: _differs(one, digits)


def _not_between() -> Case:
    def holds(_folk: Folk, one: Somebody, _day: date) -> bool:
        counties = {one.lives_in[:6], (one.registered_in or "")[:6]}
        return not (len(counties) == 2 and counties <= _CITY)

    return NotBetweenDistricts("9901"), holds


def _unclaimed() -> Case:
    return WithoutHolder(DIRECTOR), lambda folk, one, day: not folk.has_director(one, day)


_DAYS = st.none() | st.dates(START, END)
_SPANS = st.none() | st.builds(
    Duration.parse, st.sampled_from(["30 days", "6 months", "18 months", "6 years", "16 years"])
)
_NUMBERS = st.none() | st.integers(0, 5)
CASES: st.SearchStrategy[Case] = st.one_of(
    st.builds(_is_word, _wanted(WORDS)),
    st.builds(_has_trigger, _wanted(TRIGGERS)),
    st.builds(_has_word, _wanted(WORDS)),
    st.builds(_is_grade, _wanted(tuple(map(str, range(13))))),
    st.builds(_is_inside, _wanted(CODES), st.none() | st.sampled_from(["安置区", "空"])),
    st.builds(_is_dated, _DAYS, _DAYS, st.none() | st.booleans()),
    st.builds(_is_numbered, _NUMBERS, _NUMBERS),
    st.builds(_is_aged, _SPANS, _SPANS),
    st.builds(_is_staying, _SPANS, _SPANS),
    st.builds(_crosses, st.sampled_from([6, 9])),
    st.builds(_not_between),
    st.builds(_unclaimed),
)


@pytest.fixture
def village(database: Database) -> tuple[Database, Folk]:
    """Answer entries that differ in everything, written and in plain Python."""
    folk = make_folk(seed=7, count=160)
    enter(database, folk)
    return database, folk


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=CASES, today=st.dates(START, END))
def test_sql_and_python_agree(village: tuple[Database, Folk], case: Case, today: date) -> None:
    """Of every entry, and of its opposite too: nothing is left undecided by what is not known."""
    database, folk = village
    condition, holds = case
    wanted = condition.sql(ages(today))
    with database.reading() as connection:
        found = connection.execute(select(entries.c.id).where(wanted)).scalars().all()
        others = connection.execute(select(entries.c.id).where(~wanted)).scalars().all()
    assert numbers_of(found) == folk.numbers(lambda one: holds(folk, one, today))
    assert len(found) + len(others) == len(folk.people)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=CASES, since=st.dates(START, END), days=st.integers(1, 90))
def test_whoever_time_moves_is_named_by_a_bound(
    village: tuple[Database, Folk], case: Case, since: date, days: int
) -> None:
    """Who is in one day and out another was crossed by a bound in between; grades go by the year."""
    database, folk = village
    condition, holds = case
    if isinstance(condition, GradeIs):
        return
    today = since + timedelta(days=days)
    moved = folk.numbers(lambda one: holds(folk, one, since) != holds(folk, one, today))
    crossed: set[int] = set()
    with database.reading() as connection:
        for bound in condition.bounds():
            query = select(entries.c.id).where(bound.crossed(ages(since), ages(today)))
            crossed.update(numbers_of(connection.execute(query).scalars()))
    assert set(moved) <= crossed


@pytest.mark.parametrize("codes", [CODES, tuple(f"9901010{n:02}" for n in range(20))])
def test_few_codes_and_many_find_the_same(
    village: tuple[Database, Folk], codes: tuple[str, ...]
) -> None:
    """A long list of divisions is asked in another way, with the same answer."""
    database, folk = village
    padded = (*codes, *(f"88{n:02}" for n in range(20)))
    with database.reading() as connection:
        found = [
            connection.execute(
                select(entries.c.id).where(
                    InRegions(entries.c.lives_in, Wanted(any_of=some)).sql(ages(START))
                )
            )
            .scalars()
            .all()
            for some in (codes, padded)
        ]
    assert numbers_of(found[0]) == numbers_of(found[1])
    assert {one.lives_in for one in folk.people} <= set(PLACES)
