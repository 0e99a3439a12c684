"""Stays come from records: short absences break none, and what a ledger states corrects itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.acts import RecordRequest, RecordSource, record
from alerts.stay_rules import StayRules
from alerts.stays import Arrival, Stay, follow_rules, present_stay, stays_of
from alerts.voiding import Voiding, void
from config.durations import Duration
from ledgers.database import Database
from ledgers.tables import entries, stays, touched
from schedules.periods import Period
from tests.alerts.world import CALENDAR, World, day, entry, entry_id

GAP = Period.parse("30 days")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def come(*days: str) -> list[Arrival]:
    """Answer arrivals as people record them."""
    return [Arrival(day(one)) for one in days]


@pytest.mark.parametrize(
    ("back", "since"),
    [("2026-03-30", "2026-01-01"), ("2026-03-31", "2026-01-01"), ("2026-04-01", "2026-04-01")],
)
def test_an_absence_of_the_gap_breaks_nothing(back: str, since: str) -> None:
    """Thirty days away are borne, one more is not."""
    found = stays_of(come("2026-01-01", back), [day("2026-03-01")])
    assert present_stay(found, GAP) == Stay(day(since))


def test_whoever_is_away_still_stays_for_the_gap() -> None:
    """The stay lasts to the day from which the absence is too long."""
    found = stays_of(come("2026-01-01"), [day("2026-03-01")])
    assert present_stay(found, GAP) == Stay(day("2026-01-01"), day("2026-03-31"))


def test_an_arrival_during_a_stay_is_no_news_unless_a_ledger_states_it() -> None:
    """Somebody wrote down a return and no departure; a ledger says when the stay began."""
    assert stays_of(come("2026-01-01", "2026-02-01"), []) == [Stay(day("2026-01-01"))]
    stated = Arrival(day("2026-02-01"), stated=True)
    assert stays_of([*come("2026-01-01"), stated], []) == [Stay(day("2026-02-01"))]


def test_without_an_arrival_there_is_no_stay() -> None:
    """A departure alone says nothing of when somebody came."""
    assert stays_of([], [day("2026-03-01")]) == []
    assert present_stay([], GAP) is None


@given(st.lists(DAYS, max_size=6), st.lists(DAYS, max_size=6))
def test_stays_follow_one_another(came: Sequence[date], left: Sequence[date]) -> None:
    """They never overlap, only the last is open, and the present one begins with one of them."""
    found = stays_of([Arrival(one) for one in came], left)
    ends = [one.to_on for one in found]
    assert None not in ends[:-1]
    assert all(b is not None and b <= a.from_on for a, b in zip(found[1:], ends, strict=False))
    present = present_stay(found, GAP)
    assert (present is None) == (not found)
    if present is not None:
        assert present.from_on in {one.from_on for one in found}


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site whose records begin and end stays, with one entry."""
    one = World(database)
    rules = StayRules(frozenset({"arrived"}), frozenset({"left"}))
    one.plan = replace(one.plan, stays=rules)
    one.enter(entry(1))
    return one


def act(world: World, kind: str, on: str, source: RecordSource = RecordSource.FORM) -> list[str]:
    """Record that an entry came or went; answer the record's id."""
    request = RecordRequest(entry_id(1), kind, day(on), source)
    with world.database.writing() as connection:
        made = record(connection, world.plan, [request], now=world.now, today=world.today)
    return made.new


def kept(world: World) -> tuple[date | None, date | None]:
    """Answer what is kept with the entry."""
    with world.database.reading() as connection:
        row = connection.execute(select(entries.c.stay_since, entries.c.stay_until)).one()
    return row.stay_since, row.stay_until


def test_a_record_moves_the_stay_in_its_own_transaction(world: World) -> None:
    """The stay is kept with the entry, its history beside it, and the entry is looked at again."""
    world.run()
    act(world, "arrived", "2026-06-01")
    act(world, "left", "2026-11-20")
    assert kept(world) == (day("2026-06-01"), day("2026-11-20") + timedelta(days=30))
    with world.database.reading() as connection:
        assert connection.execute(select(stays.c.from_on, stays.c.to_on)).all() == [
            (day("2026-06-01"), day("2026-11-20"))
        ]
        assert connection.execute(select(touched.c.entry_id)).scalars().all() == [entry_id(1)] * 2


def test_a_voided_record_takes_its_stay_along(world: World) -> None:
    """What never happened leaves nothing behind."""
    made = act(world, "arrived", "2026-06-01")
    with world.database.writing() as connection:
        void(connection, world.plan, Voiding(made, "typo"), now=world.now, today=world.today)
    assert kept(world) == (None, None)


def test_a_ledger_corrects_what_it_said_before(world: World) -> None:
    """Its newest word counts, be it earlier or later."""
    for on in ("2026-06-01", "2026-04-01", "2026-05-01"):
        act(world, "arrived", on, RecordSource.LEDGER)
        world.pass_days(1)
        assert kept(world)[0] == day(on)


def test_other_rules_for_stays_count_them_anew(world: World) -> None:
    """A longer gap joins what was apart; the same rules again do nothing."""
    for kind, on in (("arrived", "2026-01-01"), ("left", "2026-03-01"), ("arrived", "2026-04-15")):
        act(world, kind, on)
    assert kept(world)[0] == day("2026-04-15")
    longer = replace(world.plan.stays, gap=Duration.parse("60 days"))
    with world.database.writing() as connection:
        counted = [
            follow_rules(connection, longer, calendar=CALENDAR, now=world.now, today=world.today)
            for _ in range(2)
        ]
    assert (counted, kept(world)[0]) == ([1, 0], day("2026-01-01"))
