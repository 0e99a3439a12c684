"""Levels that rise and fall: by example and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.durations import Duration
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline, Roll
from schedules.errors import HistoryEmpty
from schedules.levels import LevelChange, LevelHistory, raised
from schedules.periods import Period
from tests.schedules.strategies import calendars, intervals, near_days, periods

OFFICIAL = WorkCalendar.official()
RAISED_ON = date(2026, 6, 10)
THREE_DAYS = Period.parse("3 days")


def each(text: str) -> Deadline:
    """Answer the deadline of one level."""
    return Deadline(((Period.parse(text), None),), Roll.NONE, OFFICIAL)


GREEN, RED = each("6 months"), each("7 days")


def history(*changes: LevelChange) -> LevelHistory:
    """Answer an entry's levels under the official calendar."""
    return LevelHistory(changes, OFFICIAL)


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        (date(2025, 11, 1), date(2026, 5, 1)),
        (date(2025, 12, 11), date(2026, 6, 11)),
        (date(2026, 3, 1), date(2026, 6, 17)),
        (date(2026, 6, 9), date(2026, 6, 17)),
        (date(2026, 6, 12), date(2026, 6, 19)),
    ],
)
def test_a_raised_level_counts_from_the_day_it_was_raised(anchor: date, due: date) -> None:
    """Green until 10 June 2026, then red: seven days from then, or what was due before."""
    entry = history(LevelChange(GREEN), LevelChange(RED, RAISED_ON))
    assert entry.due(anchor) == due


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        (date(2026, 3, 1), date(2026, 6, 13)),
        (date(2026, 6, 9), date(2026, 6, 13)),
        (date(2026, 6, 10), date(2026, 6, 17)),
        (date(2025, 12, 11), date(2026, 6, 11)),
    ],
)
def test_a_raise_is_answered_within_its_own_time(anchor: date, due: date) -> None:
    """`on_raise: {within: 3 days}`; a visit on the very day already answers."""
    entry = history(LevelChange(GREEN), LevelChange(RED, RAISED_ON, THREE_DAYS))
    assert entry.due(anchor) == due


def test_a_lowered_level_simply_moves_the_date() -> None:
    """Red, then green: the last visit counts for six months, the raise is forgotten."""
    entry = history(
        LevelChange(GREEN),
        LevelChange(RED, RAISED_ON, THREE_DAYS),
        LevelChange(GREEN, date(2026, 6, 20)),
    )
    assert entry.due(date(2026, 3, 1)) == date(2026, 9, 1)


def test_a_level_without_interval_has_no_date() -> None:
    """Not configured is never guessed; once it is again, nobody is overdue that day."""
    nothing = history(LevelChange(RED), LevelChange(None, RAISED_ON))
    assert nothing.due(date(2026, 3, 1)) is None
    assert nothing.step_date(date(2026, 3, 1), Duration.parse("+3 days")) is None
    assert not nothing.is_configured
    again = LevelHistory((*nothing.changes, LevelChange(RED, date(2026, 7, 1))), OFFICIAL)
    assert again.due(date(2026, 3, 1)) == date(2026, 7, 8)
    assert again.is_configured


def test_steps_lie_around_the_entrys_own_date() -> None:
    """Three days after, fifteen before; one on or before the visit does not exist."""
    entry = history(LevelChange(GREEN), LevelChange(RED, RAISED_ON))
    anchor = date(2026, 6, 9)
    assert entry.step_date(anchor, Duration.parse("+3 days")) == date(2026, 6, 20)
    assert entry.step_date(anchor, Duration.parse("-15 days")) is None


def test_an_entry_without_any_level_is_refused() -> None:
    """There is nothing to count."""
    with pytest.raises(HistoryEmpty):
        LevelHistory((), OFFICIAL)


@st.composite
def histories(draw: st.DrawFn) -> LevelHistory:
    """Entries whose level changed up to four times, some levels without an interval."""
    calendar = draw(calendars())
    roll = draw(st.sampled_from(Roll))

    def levels(optional: bool) -> st.SearchStrategy[Deadline | None]:
        known = intervals(calendar, low=1).map(
            lambda interval: Deadline(((interval, None),), roll, calendar)
        )
        return st.one_of(st.none(), known) if optional else known

    within = st.one_of(st.none(), periods(calendar, low=1))
    days = sorted(draw(st.lists(near_days, max_size=4)))
    changes = [LevelChange(draw(levels(True)), day, draw(within)) for day in days]
    return LevelHistory((LevelChange(draw(levels(False))), *changes), calendar)


@settings(max_examples=50)
@given(histories(), near_days, near_days)
def test_it_never_falls_as_the_anchor_rises(entry: LevelHistory, one: date, other: date) -> None:
    """Who was visited later is due later or at the same time."""
    early, late = entry.due(min(one, other)), entry.due(max(one, other))
    assert (early is None) == (late is None)
    assert early is None or late is None or early <= late


@settings(max_examples=50)
@given(histories(), near_days)
def test_a_change_of_level_makes_nobody_overdue_that_day(entry: LevelHistory, anchor: date) -> None:
    """Who was in time under the level before is in time on the day of the change."""
    *before, last = entry.changes
    due = entry.due(anchor)
    if not before or due is None or last.since is None:
        return
    old = LevelHistory(tuple(before), entry.calendar).due(anchor)
    tomorrow = last.since + timedelta(days=1)
    assert due >= (tomorrow if old is None else min(old, tomorrow))


@given(st.data(), calendars(), near_days, near_days)
def test_a_raise_is_the_sooner_of_both(
    data: st.DataObject, calendar: WorkCalendar, anchor: date, on: date
) -> None:
    """Never later than it was, never sooner than the shorter interval from that day on."""
    shorter = Deadline(((data.draw(periods(calendar, low=1)), None),), Roll.NONE, calendar)
    before = data.draw(near_days)
    due = raised(before, anchor, shorter=shorter, on=on)
    assert due in (before, shorter.due(max(anchor, on)))
    assert due <= before
