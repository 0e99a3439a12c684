"""Slots on rest days move back, weeks may be swallowed, and everything stays in order."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.calendars import WorkCalendar
from schedules.daytimes import WEEKDAYS
from schedules.errors import WallTimeInvalid, WeekdayInvalid
from schedules.slots import SlotPlan
from tests.schedules.strategies import calendars, day_after, near_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICIAL = WorkCalendar.official()
MONDAYS = SlotPlan(("monday",), "09:10", SHANGHAI, OFFICIAL)
TWICE = SlotPlan(("monday", "thursday"), "08:40", SHANGHAI, OFFICIAL)


@st.composite
def plans(draw: st.DrawFn) -> SlotPlan:
    """Plans of any days of the week over random calendars."""
    days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True))
    return SlotPlan(tuple(days), "09:10", SHANGHAI, draw(calendars()))


def test_an_ordinary_week_has_its_monday() -> None:
    """The day before, on and after a slot."""
    monday = date(2026, 11, 23)
    eve, morrow = monday - timedelta(days=1), monday + timedelta(days=1)
    assert [MONDAYS.on_or_after(day) for day in (eve, monday)] == [monday, monday]
    assert [MONDAYS.on_or_before(day) for day in (monday, morrow)] == [monday, monday]
    assert MONDAYS.next_after(eve) == monday
    assert MONDAYS.next_after(monday) == date(2026, 11, 30)
    assert MONDAYS.on_or_before(eve) == date(2026, 11, 16)


def test_spring_festival_swallows_two_mondays_into_one_make_up_saturday() -> None:
    """16 and 23 February 2026 are rest: their slots are one, on Saturday the 14th."""
    slots = list(MONDAYS.slots_between(date(2026, 2, 1), date(2026, 3, 9)))
    assert slots == [date(2026, 2, day) for day in (2, 9, 14)] + [
        date(2026, 3, 2),
        date(2026, 3, 9),
    ]


def test_the_slot_before_a_festival_looks_ahead_over_all_of_it() -> None:
    """Nothing due between 14 February and 1 March waits for a slot that does not come."""
    assert MONDAYS.horizon(date(2026, 2, 9)) == date(2026, 2, 13)
    assert MONDAYS.horizon(date(2026, 2, 14)) == date(2026, 3, 1)
    assert MONDAYS.last_slot_for(date(2026, 2, 20)) == date(2026, 2, 14)
    assert MONDAYS.last_slot_for(date(2026, 2, 13)) == date(2026, 2, 9)


def test_national_day_merges_monday_and_thursday() -> None:
    """Thursday 1 and Monday 5 October 2026 both move to Wednesday 30 September."""
    slots = list(TWICE.slots_between(date(2026, 9, 25), date(2026, 10, 12)))
    assert slots == [date(2026, 9, 28), date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 12)]


def test_a_make_up_sunday_takes_no_slot_of_its_own() -> None:
    """20 September 2026 is worked, but Monday's slot stays on Monday."""
    assert MONDAYS.on_or_after(date(2026, 9, 20)) == date(2026, 9, 21)


def test_a_weekend_plan_moves_to_fridays_but_keeps_make_up_days() -> None:
    """A Saturday that is worked is a slot itself."""
    saturdays = SlotPlan(("saturday",), "09:10", SHANGHAI, OFFICIAL)
    slots = list(saturdays.slots_between(date(2026, 2, 1), date(2026, 2, 28)))
    assert slots == [date(2026, 2, 6), date(2026, 2, 14), date(2026, 2, 28)]


def test_slots_open_at_their_wall_time() -> None:
    """Ten past nine in Shanghai is ten past one in UTC."""
    assert MONDAYS.instant(date(2026, 11, 23)) == datetime(2026, 11, 23, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("days", [(), ("1",), ("montag",)])
def test_plans_need_days_by_name(days: tuple[str, ...]) -> None:
    """A plan without days would never speak; numbers mean different days to different people."""
    with pytest.raises(WeekdayInvalid):
        SlotPlan(days, "09:10", SHANGHAI, OFFICIAL)


def test_plans_need_a_time_of_day() -> None:
    """Nine is no time."""
    with pytest.raises(WallTimeInvalid):
        SlotPlan(("monday",), "9", SHANGHAI, OFFICIAL)


def test_plans_are_values() -> None:
    """Equal plans compare equal, so that a rebuild keeps what did not change."""
    assert SlotPlan(("monday",), "09:10", SHANGHAI, OFFICIAL) == MONDAYS
    assert hash(SlotPlan(("monday",), "09:10", SHANGHAI, OFFICIAL)) == hash(MONDAYS)
    assert MONDAYS != TWICE


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_break_nothing(day: date) -> None:
    """Every question has an answer on the first and last day there is."""
    asked = (MONDAYS.next_after, MONDAYS.on_or_after, MONDAYS.on_or_before, MONDAYS.horizon)
    assert all(date.min <= ask(day) <= date.max for ask in asked)


@given(plans(), near_days)
def test_slots_surround_the_day(plan: SlotPlan, day: date) -> None:
    """Before or on, on or after, strictly after; and nothing lies between neighbours."""
    before, after, following = plan.on_or_before(day), plan.on_or_after(day), plan.next_after(day)
    assert before <= day <= after <= following
    assert day < following
    assert plan.next_after(before) == following
    assert (before == day) == (after == day)


@given(plans(), near_days)
def test_slots_are_the_named_days_moved_back(plan: SlotPlan, first: date) -> None:
    """The quick way gives what going through the calendar day by day gives."""
    last = first + timedelta(days=60)
    named = (first + timedelta(days=n) for n in range(120))
    moved = {
        plan.calendar.last_workday_on_or_before(day)
        for day in named
        if WEEKDAYS[day.weekday()] in plan.days
    }
    assert list(plan.slots_between(first, last)) == sorted(s for s in moved if first <= s <= last)


@given(plans(), near_days)
def test_slots_rise_with_the_day(plan: SlotPlan, day: date) -> None:
    """A later step never goes out in an earlier slot."""
    following = day_after(day)
    for ask in (plan.on_or_before, plan.on_or_after, plan.next_after, plan.horizon):
        assert ask(day) <= ask(following)


@given(plans(), near_days)
def test_every_step_date_lies_within_its_slots_horizon(plan: SlotPlan, step: date) -> None:
    """What the last slot before it does not see, nobody is told in time."""
    slot = plan.last_slot_for(step)
    assert slot <= step <= plan.horizon(slot)
    assert plan.calendar.is_workday(slot)
