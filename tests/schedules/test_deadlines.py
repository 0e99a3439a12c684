"""Due dates as one monotone function: examples by name, laws by property."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.durations import Duration
from config.language import speaking
from schedules.calendars import WorkCalendar
from schedules.deadlines import (
    Deadline,
    Occurrence,
    Roll,
    newest_occurrence,
    occurrence_date,
)
from schedules.errors import HistoryEmpty, PeriodTooFine, RepeatTooShort
from schedules.periods import Period
from tests.schedules.strategies import (
    any_days,
    calendars,
    deadlines,
    intervals,
    near_days,
    offsets,
    periods,
)

OFFICIAL = WorkCalendar.official()


def deadline(*history: str | tuple[str, date], roll: Roll = Roll.NONE) -> Deadline:
    """Answer a deadline of intervals, each a text or a text and the day it took effect."""
    chain = ((entry, None) if isinstance(entry, str) else entry for entry in history)
    return Deadline(tuple((Period.parse(text), since) for text, since in chain), roll, OFFICIAL)


@pytest.mark.parametrize(
    ("roll", "due"),
    [
        (Roll.NONE, date(2026, 2, 20)),
        (Roll.BEFORE, date(2026, 2, 14)),
        (Roll.AFTER, date(2026, 2, 24)),
    ],
)
def test_roll_moves_a_due_date_off_the_spring_festival(roll: Roll, due: date) -> None:
    """Back to the make-up Saturday, on to the Tuesday after, or not at all."""
    assert deadline("3 months", roll=roll).due(date(2025, 11, 20)) == due


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        (date(2026, 2, 12), date(2026, 2, 14)),
        (date(2026, 2, 13), date(2026, 2, 14)),
        (date(2026, 2, 14), date(2026, 2, 24)),
        (date(2026, 2, 15), date(2026, 2, 24)),
    ],
)
def test_rolling_back_onto_the_anchor_rolls_on_instead(anchor: date, due: date) -> None:
    """Three days from the eve of the holiday are not due on the eve itself."""
    assert deadline("3 days", roll=Roll.BEFORE).due(anchor) == due


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        (date(2026, 3, 1), date(2026, 6, 11)),
        (date(2026, 6, 1), date(2026, 6, 11)),
        (date(2026, 6, 5), date(2026, 6, 15)),
    ],
)
def test_a_shorter_interval_makes_nobody_overdue_overnight(anchor: date, due: date) -> None:
    """From six months to ten days on 1 June: older visits get ten days from the change."""
    assert deadline("6 months", ("10 days", date(2026, 6, 1))).due(anchor) == due


def test_a_change_on_a_rest_day_rolls_nothing_to_before_it() -> None:
    """Three days from Sunday 15 February 2026 end in the holiday; back would be the day before."""
    changed = deadline("6 months", ("3 days", date(2026, 2, 15)), roll=Roll.BEFORE)
    assert changed.due(date(2026, 1, 5)) == date(2026, 2, 24)


def test_what_was_due_sooner_anyway_stays_so() -> None:
    """The change grants no delay to what the longer interval already called for."""
    changed = deadline("6 months", ("10 days", date(2026, 6, 1)))
    assert changed.due(date(2025, 12, 5)) == date(2026, 6, 5)
    assert changed.due(date(2025, 11, 1)) == date(2026, 5, 1)


def test_a_longer_interval_simply_moves_the_date() -> None:
    """From ten days to six months: the longer one counts from the visit."""
    changed = deadline("10 days", ("6 months", date(2026, 6, 1)))
    assert changed.due(date(2026, 5, 30)) == date(2026, 11, 30)


def test_there_and_back_again_is_as_if_nothing_had_been() -> None:
    """Shortened in June, lengthened in July: the visit counts for its six months."""
    history = ("6 months", ("10 days", date(2026, 6, 1)), ("6 months", date(2026, 7, 1)))
    assert deadline(*history).due(date(2026, 3, 1)) == date(2026, 9, 1)


def test_an_interval_that_always_held_forgets_the_older_one() -> None:
    """Without a day of change there is nothing to be gentle about."""
    assert deadline("6 months", "10 days").due(date(2026, 3, 1)) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("offset", "day"),
    [
        ("0 days", date(2026, 2, 14)),
        ("+3 days", date(2026, 2, 17)),
        ("+1 workday", date(2026, 2, 24)),
        ("-15 days", date(2026, 1, 30)),
        ("-1 month", date(2026, 1, 14)),
        ("-86 days", None),
        ("-90 days", None),
        ("-85 days", date(2025, 11, 21)),
    ],
)
def test_steps_lie_around_the_rolled_due_date(offset: str, day: date | None) -> None:
    """A step on or before the anchor does not exist."""
    rule = deadline("3 months", roll=Roll.BEFORE)
    assert rule.step_date(date(2025, 11, 20), Duration.parse(offset)) == day


def test_steps_in_hours_are_refused() -> None:
    """A step of a duty is a day."""
    with pytest.raises(PeriodTooFine):
        deadline("3 months").step_date(date(2026, 1, 1), Duration.parse("+2 hours"))


def test_a_deadline_without_interval_is_refused() -> None:
    """There is nothing to count."""
    with speaking("en"), pytest.raises(HistoryEmpty, match="at least one interval"):
        Deadline((), Roll.NONE, OFFICIAL)


@pytest.mark.parametrize(
    ("text", "roll", "provisional"),
    [
        ("3 months", Roll.NONE, False),
        ("3 months", Roll.BEFORE, True),
        ("60 workdays", Roll.NONE, True),
        ("10 workdays", Roll.AFTER, False),
    ],
)
def test_due_dates_in_a_year_without_notice_are_provisional(
    text: str, roll: Roll, provisional: bool
) -> None:
    """Only what depends on workdays may change when the notice of 2027 comes."""
    assert deadline(text, roll=roll).is_provisional(date(2026, 11, 20)) is provisional


def test_a_date_rolled_back_over_new_year_is_provisional() -> None:
    """Whether 2 January 2027 is a rest day is not known, so 31 December is not certain."""
    rule = deadline("2 months", roll=Roll.BEFORE)
    assert rule.due(date(2026, 11, 2)) == date(2027, 1, 1)
    assert rule.due(date(2026, 11, 3)) == date(2027, 1, 1)
    assert rule.is_provisional(date(2026, 11, 3))


def test_repeats_count_from_the_first_date() -> None:
    """Every month from 31 January is the last of each month, never the 28th for good."""
    monthly = Period.parse("1 month")
    days = [occurrence_date(date(2026, 1, 31), monthly, n) for n in range(4)]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("today", "newest"),
    [
        (date(2026, 1, 30), None),
        (date(2026, 1, 31), Occurrence(0, date(2026, 1, 31))),
        (date(2026, 2, 27), Occurrence(0, date(2026, 1, 31))),
        (date(2026, 2, 28), Occurrence(1, date(2026, 2, 28))),
        (date(2026, 3, 30), Occurrence(1, date(2026, 2, 28))),
        (date(2027, 1, 31), Occurrence(12, date(2027, 1, 31))),
    ],
)
def test_only_the_newest_repeat_counts(today: date, newest: Occurrence | None) -> None:
    """The day before, on and after; its number says how many were skipped."""
    assert newest_occurrence(date(2026, 1, 31), Period.parse("1 month"), today) == newest


@pytest.mark.parametrize("today", [date(2025, 1, 1), date(2027, 1, 1)])
def test_a_repeat_of_nothing_is_refused_in_words(today: date) -> None:
    """Zero days would repeat for ever on one day."""
    with speaking("en"), pytest.raises(RepeatTooShort, match="at least one day"):
        newest_occurrence(date(2026, 1, 1), Period.parse("0 days"), today)


@given(deadlines(), offsets, any_days, any_days)
def test_due_dates_and_steps_never_fall_as_the_anchor_rises(
    rule: Deadline, offset: Duration, one: date, other: date
) -> None:
    """Who was visited later is due later or at the same time, whatever is composed."""
    early, late = min(one, other), max(one, other)
    assert early <= rule.due(early) <= rule.due(late)
    assert rule.shifted_due(early, offset) <= rule.shifted_due(late, offset)


@given(deadlines(), st.lists(near_days, min_size=2, max_size=40))
def test_due_dates_rise_over_many_near_anchors(rule: Deadline, anchors: list[date]) -> None:
    """The same among neighbours around holidays and days of change."""
    dues = [rule.due(anchor) for anchor in sorted(anchors)]
    assert all(early <= late for early, late in pairwise(dues))


@settings(max_examples=200)
@given(deadlines(), offsets, any_days, any_days)
def test_a_cut_off_is_exact(rule: Deadline, offset: Duration, anchor: date, by: date) -> None:
    """`f(d) <= t` exactly when `d <= latest_anchor(t)`, over random compositions."""
    latest = rule.latest_anchor(by, offset)
    assert (rule.shifted_due(anchor, offset) <= by) == (latest is not None and anchor <= latest)
    if latest is None:
        assert rule.shifted_due(date.min, offset) > by
    else:
        assert rule.shifted_due(latest, offset) <= by


@given(deadlines(), any_days, any_days)
def test_a_later_today_never_undoes_a_due_date(rule: Deadline, one: date, other: date) -> None:
    """The cut-off only moves forward, so what was selected stays selected."""
    early, late = rule.latest_anchor(min(one, other)), rule.latest_anchor(max(one, other))
    assert early is None or (late is not None and early <= late)


@given(st.data(), calendars(), near_days, near_days)
def test_a_change_makes_nobody_overdue_who_was_not(
    data: st.DataObject, calendar: WorkCalendar, anchor: date, change: date
) -> None:
    """Who was in time on the eve of a change is not overdue on its day."""
    old, new = data.draw(intervals(calendar, low=1)), data.draw(intervals(calendar, low=1))
    roll = data.draw(st.sampled_from(Roll))
    before = Deadline(((old, None),), roll, calendar)
    after = Deadline(((old, None), (new, change)), roll, calendar)
    assert after.due(anchor) >= min(before.due(anchor), change)


@given(st.data(), calendars(), near_days, near_days)
def test_repeats_never_chain(
    data: st.DataObject, calendar: WorkCalendar, first: date, today: date
) -> None:
    """The newest is the last that is not after today, counted from the first date alone."""
    repeat = data.draw(periods(calendar, low=1))
    newest = newest_occurrence(first, repeat, today)
    if newest is None:
        assert today < first
        return
    assert newest.on == occurrence_date(first, repeat, newest.number) <= today
    assert occurrence_date(first, repeat, newest.number + 1) > today
