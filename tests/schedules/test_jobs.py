"""Jobs are values; their triggers fire at the wall times they say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.calendars import WorkCalendar
from schedules.errors import InstantNaive, WallTimeInvalid, WeekdayInvalid
from schedules.jobs import DailyJob, EveryJob, Job, OnceJob, SlotJob, trigger_of
from schedules.slots import SlotPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 2, 13, 1, 10, tzinfo=UTC)  # Friday, 09:10 in Shanghai


def fires(job: Job, times: int, now: datetime = NOW) -> list[str]:
    """Answer the first times a job fires, as wall times in Shanghai."""
    trigger = trigger_of(job, zone=SHANGHAI, now=now)
    moments = [trigger.get_next_fire_time(None, now)]
    while len(moments) < times:
        moments.append(trigger.get_next_fire_time(moments[-1], moments[-1]))
    return [f"{moment.astimezone(SHANGHAI):%a %m-%d %H:%M:%S}" for moment in moments]


@pytest.mark.parametrize(
    ("late", "first"),
    [(-1, "Fri 02-13 09:10:00"), (0, "Fri 02-13 09:10:00"), (1, "Sat 02-14 09:10:00")],
)
def test_a_daily_job_fires_at_its_wall_time(late: int, first: str) -> None:
    """A second before, at and after; every day of the week if none is named."""
    assert fires(DailyJob("a", "09:10"), 1, NOW + timedelta(seconds=late)) == [first]


def test_a_daily_job_fires_on_the_days_named() -> None:
    """Monday is Monday, whatever number it has."""
    job = DailyJob("a", "08:00", ("sunday", "monday"))
    assert fires(job, 3) == ["Sun 02-15 08:00:00", "Mon 02-16 08:00:00", "Sun 02-22 08:00:00"]


def test_a_job_every_so_often_counts_from_now() -> None:
    """First after its interval, or at once when asked."""
    assert fires(EveryJob("a", 30), 2) == ["Fri 02-13 09:10:30", "Fri 02-13 09:11:00"]
    assert fires(EveryJob("a", 30, at_once=True), 2) == ["Fri 02-13 09:10:00", "Fri 02-13 09:10:30"]


def test_a_job_for_once_fires_at_its_moment() -> None:
    """Also when it has passed: better late than not at all."""
    assert fires(OnceJob("a", NOW - timedelta(hours=1)), 1) == ["Fri 02-13 08:10:00"]


@pytest.mark.parametrize(
    ("late", "first"),
    [(-1, "Sat 02-14 09:10:00"), (0, "Sat 02-14 09:10:00"), (1, "Mon 03-02 09:10:00")],
)
def test_a_slot_job_fires_when_slots_open(late: int, first: str) -> None:
    """The Mondays of the Spring Festival open together on the Saturday before."""
    plan = SlotPlan(("monday",), "09:10", SHANGHAI, WorkCalendar.official())
    opening = datetime(2026, 2, 14, 1, 10, tzinfo=UTC) + timedelta(seconds=late)
    assert fires(SlotJob("a", plan), 1, opening) == [first]


def test_a_slot_job_goes_from_slot_to_slot() -> None:
    """Each slot once, in order."""
    plan = SlotPlan(("monday",), "09:10", SHANGHAI, WorkCalendar.official())
    expected = ["Sat 02-14 09:10:00", "Mon 03-02 09:10:00", "Mon 03-09 09:10:00"]
    assert fires(SlotJob("a", plan), 3) == expected


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (DailyJob("a", "9"), WallTimeInvalid),
        (DailyJob("a", "09:10", ("0",)), WeekdayInvalid),
        (OnceJob("a", datetime(2026, 1, 1)), InstantNaive),  # noqa: DTZ001  # the mistake under test
    ],
)
def test_jobs_that_say_no_time_are_refused(job: Job, error: type[ValueError]) -> None:
    """Before anything is scheduled."""
    with pytest.raises(error):
        trigger_of(job, zone=SHANGHAI, now=NOW)
