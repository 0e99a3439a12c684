"""How late is late."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lateness import Lateness, Timing, judge, proper_slot
from config.common_rule import Late
from config.durations import Duration
from schedules.calendars import WorkCalendar
from schedules.slots import SlotPlan

CALENDAR = WorkCalendar(frozenset(), frozenset(), frozenset())
PLAN = SlotPlan(("monday",), "09:10", ZoneInfo("Asia/Shanghai"), CALENDAR)
MONDAY = date(2027, 6, 7)
DAY = timedelta(days=1)
ESCALATE = Late(send_within=Duration.parse("7 days"), then="escalate")


def timing(
    on: int, *, known: int = -60, after_due: bool = False, deferred: int | None = None
) -> Timing:
    """Make a timing in days from the Monday."""
    until = None if deferred is None else MONDAY + deferred * DAY
    return Timing(MONDAY + on * DAY, MONDAY + known * DAY, after_due, until)


@pytest.mark.parametrize(
    ("found", "slot"),
    [
        (timing(2), 0),  # due on Wednesday: the Monday before
        (timing(2, after_due=True), 7),  # overdue on Wednesday: the Monday after
        (timing(0, after_due=True), 0),
        (timing(-30, known=1), 7),  # imported on Tuesday
        (timing(-30, deferred=6), 7),  # acknowledged up to Sunday
        (timing(-30, deferred=7), 14),
    ],
)
def test_each_step_has_one_proper_slot(found: Timing, slot: int) -> None:
    """The first in which it could be known, wanted and told."""
    assert proper_slot(found, PLAN) == MONDAY + slot * DAY


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(0, Lateness.ORDINARY), (1, Lateness.LATE), (2, Lateness.ESCALATE)],
)
def test_lateness_grows_with_the_slot(weeks: int, expected: Lateness) -> None:
    """In its slot, within the term, and beyond it."""
    assert judge(MONDAY, MONDAY + 7 * weeks * DAY, ESCALATE, CALENDAR) is expected


def test_the_policy_of_record_only() -> None:
    """Beyond the term it is recorded instead of raised."""
    late = Late(send_within=Duration.parse("7 days"), then="record")
    assert judge(MONDAY, MONDAY + 14 * DAY, late, CALENDAR) is Lateness.RECORD


@given(on=st.integers(-60, 60), known=st.integers(-60, 60), after_due=st.booleans())
def test_an_engine_that_never_stops_is_never_late(on: int, known: int, after_due: bool) -> None:
    """The proper slot is a slot, not before the step was known, nor before it was wanted."""
    found = timing(on, known=known, after_due=after_due)
    slot = proper_slot(found, PLAN)
    assert slot.weekday() == 0
    assert slot >= found.known_on
    assert not after_due or slot >= found.on_date
    assert judge(slot, slot, ESCALATE, CALENDAR) is Lateness.ORDINARY
