"""Nothing is delivered in quiet hours, wherever the clock is changed."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.language import speaking
from schedules.errors import InstantNaive, QuietHoursEmpty, WallTimeInvalid
from schedules.quiet import QuietHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(("21:00", "08:00"), SHANGHAI)

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
wall_texts = st.times().map(lambda at: f"{at:%H:%M}")
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Around the nights when clocks change, where mistakes live.
change_nights = st.sampled_from(
    (
        datetime(2027, 3, 28, tzinfo=UTC),
        datetime(2027, 10, 30, 20, tzinfo=UTC),
        datetime(2027, 4, 3, 10, tzinfo=UTC),
    )
).flatmap(lambda night: st.integers(0, 24 * 60).map(lambda n: night + timedelta(minutes=n)))


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    """Quiet hours of any length in zones with and without changes of the clock."""
    start, end = draw(wall_texts), draw(wall_texts)
    assume(start != end)
    return QuietHours((start, end), ZoneInfo(draw(st.sampled_from(ZONES))))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Answer the UTC moment of a wall time written like 2026-11-21 20:59."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [
        ("2026-11-21 20:59", False),
        ("2026-11-21 21:00", True),
        ("2026-11-21 21:01", True),
        ("2026-11-22 00:00", True),
        ("2026-11-22 07:59", True),
        ("2026-11-22 08:00", False),
        ("2026-11-22 08:01", False),
    ],
)
def test_quiet_hours_cross_midnight(wall: str, quiet: bool) -> None:
    """One minute before, at and after both ends; the end itself is allowed."""
    assert NIGHT.is_quiet(at(wall)) is quiet


def test_quiet_hours_may_lie_within_a_day() -> None:
    """The midday rest is quiet, the morning and the afternoon are not."""
    noon = QuietHours(("12:00", "14:00"), SHANGHAI)
    walls = ("11:59", "12:00", "13:59", "14:00")
    assert [noon.is_quiet(at(f"2026-11-21 {wall}")) for wall in walls] == [False, True, True, False]
    assert noon.next_allowed(at("2026-11-21 12:30")) == at("2026-11-21 14:00")


@pytest.mark.parametrize(
    ("wall", "allowed"),
    [
        ("2026-11-21 20:59", "2026-11-21 20:59"),
        ("2026-11-21 21:00", "2026-11-22 08:00"),
        ("2026-11-22 03:15:30", "2026-11-22 08:00"),
        ("2026-11-22 08:00", "2026-11-22 08:00"),
    ],
)
def test_delivery_goes_on_when_quiet_hours_end(wall: str, allowed: str) -> None:
    """What is allowed now stays now; the rest waits for the morning."""
    answer = NIGHT.next_allowed(at(wall))
    assert answer == at(allowed)
    assert answer.tzinfo is UTC


def test_an_end_that_the_clock_skips_is_the_change_itself() -> None:
    """On 28 March 2027 Berlin goes from 02:00 to 03:00: quiet until 02:30 ends at 03:00."""
    quiet = QuietHours(("21:00", "02:30"), BERLIN)
    assert quiet.next_allowed(at("2027-03-27 22:00", BERLIN)) == at("2027-03-28 03:00", BERLIN)


def test_an_end_that_comes_twice_counts_the_first_time() -> None:
    """On 31 October 2027 Berlin has 02:30 twice; the second night hour is quiet again."""
    quiet = QuietHours(("21:00", "02:30"), BERLIN)
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert quiet.next_allowed(at("2027-10-30 22:00", BERLIN)) == first
    assert quiet.is_quiet(first + timedelta(minutes=30))


def test_quiet_hours_of_no_length_are_refused_in_words() -> None:
    """They could mean always or never."""
    with speaking("en"), pytest.raises(QuietHoursEmpty, match="start and end at 21:00"):
        QuietHours(("21:00", "21:00"), SHANGHAI)


def test_quiet_hours_are_times_of_day() -> None:
    """Anything else is refused when configuration is loaded."""
    with pytest.raises(WallTimeInvalid):
        QuietHours(("21:00", "24:00"), SHANGHAI)


@pytest.mark.parametrize("ask", [NIGHT.is_quiet, NIGHT.next_allowed])
def test_moments_without_zone_are_refused(ask: Callable[[datetime], object]) -> None:
    """A bare moment would be read in the machine's zone."""
    with pytest.raises(InstantNaive):
        ask(datetime(2026, 1, 1))  # noqa: DTZ001  # the mistake under test


@given(quiet_hours(), st.one_of(instants, change_nights))
def test_a_notice_is_never_placed_in_quiet_hours(quiet: QuietHours, instant: datetime) -> None:
    """The answer is allowed, not earlier, within a day and its changed hour, and stays itself."""
    allowed = quiet.next_allowed(instant)
    assert not quiet.is_quiet(allowed)
    assert instant <= allowed <= instant + timedelta(hours=49)
    assert quiet.next_allowed(allowed) == allowed


@given(quiet_hours(), change_nights)
def test_no_allowed_minute_is_missed(quiet: QuietHours, instant: datetime) -> None:
    """Every minute before the answer is quiet, also while clocks change."""
    minutes = (quiet.next_allowed(instant) - instant) // timedelta(minutes=1)
    assert all(quiet.is_quiet(instant + timedelta(minutes=n)) for n in range(minutes))


@given(quiet_hours(), instants, instants)
def test_the_answer_rises_with_the_moment(
    quiet: QuietHours, one: datetime, other: datetime
) -> None:
    """Who waits from later on is never let through earlier."""
    assert quiet.next_allowed(min(one, other)) <= quiet.next_allowed(max(one, other))


def test_seconds_count() -> None:
    """A second before the end is quiet still."""
    eight = at("2026-11-22 08:00")
    assert NIGHT.next_allowed(eight - timedelta(seconds=1)) == eight
    assert NIGHT.next_allowed(eight + timedelta(seconds=1)).astimezone(SHANGHAI).time() == time(
        8, 0, 1
    )
