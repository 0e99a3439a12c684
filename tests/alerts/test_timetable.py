"""When each role is told."""

from datetime import date, timedelta

import pytest

from alerts.timetable import Timetable
from config.delivery import AtMost, Delivery
from config.durations import Duration
from schedules.calendars import WorkCalendar
from tests.alerts.county import MONDAY, at, written

DAY = timedelta(days=1)


def timetable(**delivery: object) -> Timetable:
    """Make the usual timetable with some of `delivery` changed."""
    usual = written()
    changed: Delivery = usual.delivery.model_copy(update=delivery)
    configuration = usual.model_copy(update={"delivery": changed})
    return Timetable.of(configuration, WorkCalendar.official())


@pytest.mark.parametrize(("hour", "minute", "weeks"), [(9, 9, -1), (9, 10, 0), (9, 11, 0)])
def test_a_slot_begins_with_its_minute(hour: int, minute: int, weeks: int) -> None:
    """One minute before, at, and after."""
    now = at(MONDAY, hour, minute)
    assert timetable().current_slot("director", now) == MONDAY + 7 * weeks * DAY


@pytest.mark.parametrize(
    ("through", "slot", "early"),
    [
        ("director", 0, 0),  # one's own slot
        ("supervisor", 0, 0),  # Monday before Thursday: the director's Monday
        ("supervisor", 3, 0),  # Thursday: nothing new before next Monday
        ("county", 0, 0),
    ],
)
def test_the_slot_somebody_passes_on(through: str, slot: int, early: int) -> None:
    """The last one of the director before the next of whoever passes it on."""
    found = timetable().early_slot("director", through=through, slot_day=MONDAY + slot * DAY)
    assert found == MONDAY + early * DAY


@pytest.mark.parametrize(
    ("per", "day", "begins", "ends"),
    [
        ("day", MONDAY, MONDAY, MONDAY + DAY),
        ("week", MONDAY + 6 * DAY, MONDAY, MONDAY + 7 * DAY),
        ("month", MONDAY, date(2027, 6, 1), date(2027, 7, 1)),
        ("month", date(2027, 2, 28), date(2027, 2, 1), date(2027, 3, 1)),
        ("month", date(2027, 12, 31), date(2027, 12, 1), date(2028, 1, 1)),
    ],
)
def test_a_cap_counts_calendar_periods(per: str, day: date, begins: date, ends: date) -> None:
    """Of the site's zone, first midnight included, last not."""
    capped = timetable(at_most={"director": AtMost.parse(f"2 per {per}")})
    assert capped.cap_period("director", day) == (2, at(begins, 0), at(ends, 0))
    assert capped.cap_period("county", day) is None


def test_patience_is_two_days_unless_written_otherwise() -> None:
    """Urgent notices are given up after two hours whatever is written."""
    assert timetable().patience(urgent=False) == 48 * timedelta(hours=1)
    longer = timetable(keep_trying=Duration.parse("3 days"))
    assert longer.patience(urgent=False) == 3 * DAY
    assert longer.patience(urgent=True) == timedelta(hours=2)


def test_routine_waits_out_the_night() -> None:
    """From quiet hours a message moves to the morning, never before its slot."""
    usual = timetable()
    assert usual.due_at(at(MONDAY, 9), now=at(MONDAY, 23)) == at(MONDAY + DAY, 8)
    assert usual.due_at(at(MONDAY, 9), now=at(MONDAY, 8)) == at(MONDAY, 9)


def test_a_step_is_known_before_anybody_could_be_told() -> None:
    """The look-ahead reaches past the horizon of every slot that is opened early."""
    usual = timetable()
    for days in range(370):
        slot = usual.current_slot("supervisor", at(MONDAY + days * DAY, 12))
        day = usual.early_slot("director", through="supervisor", slot_day=slot)
        assert (usual.horizon("director", day) - slot).days <= usual.look_ahead()


def test_a_role_that_does_not_look_ahead() -> None:
    """It hears of what is due on the slot's own day at the latest."""
    usual = written()
    digest = usual.delivery.digest_of("director").model_copy(update={"looks_ahead": "none"})
    assert timetable(digest={"director": digest}).horizon("director", MONDAY) == MONDAY
