"""What follows a failed attempt, as a table, and the laws of waiting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.retry import ROUTINE, UNSETTLED_AFTER, URGENT, Then, Try, after_failure
from channels.protocol import ChannelError, FailureReason, Faltered, Refused, Unknown

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=48)


def _try(number: int = 1, *, urgent: bool = False, unknown_since: datetime | None = None) -> Try:
    return Try(number, urgent, LATER, unknown_since)


def _anytime(instant: datetime) -> datetime:
    return instant


@pytest.mark.parametrize(
    ("failure", "then"),
    [
        (Refused(FailureReason.TEMPORARY), Then.AGAIN),
        (Refused(FailureReason.UNREACHABLE), Then.AGAIN),
        (Refused(FailureReason.ADDRESS_REFUSED, permanent=True), Then.NEXT_ROUTE),
        (Refused(FailureReason.CONTENT_REFUSED, permanent=True), Then.NEXT_ROUTE),
        (Refused(FailureReason.AUTHENTICATION, account_wide=True), Then.WAIT_FOR_CHANNEL),
        (Unknown(FailureReason.NO_ANSWER), Then.SAME_AGAIN),
    ],
)
def test_each_failure_has_its_consequence(failure: ChannelError, then: Then) -> None:
    """Refused for now: again; for ever: next route; the account: wait; unknown: the same bytes."""
    verdict = after_failure(failure, _try(), now=NOON, jitter=0.5, allowed=_anytime)
    assert verdict.then is then


@pytest.mark.parametrize(("number", "then"), [(2, Then.AGAIN), (3, Then.NEXT_ROUTE)])
def test_a_far_side_that_falters_is_tried_three_times(number: int, then: Then) -> None:
    """It says no more than that something is wrong with it; then another route is taken."""
    failure = Faltered(FailureReason.TEMPORARY, "-1")
    verdict = after_failure(failure, _try(number), now=NOON, jitter=0.5, allowed=_anytime)
    assert verdict.then is then


def test_a_far_side_that_is_pressed_is_left_alone_for_a_window() -> None:
    """If it names no time itself, for the shortest of the channel's rates."""
    attempt = Try(1, True, LATER, None, timedelta(minutes=7))
    for said, wait in ((None, 7), (timedelta(minutes=2), 2)):
        pressed = Refused(FailureReason.RATE_LIMITED, retry_after=said)
        verdict = after_failure(pressed, attempt, now=NOON, jitter=0.5, allowed=_anytime)
        assert (verdict.then, verdict.at) == (Then.AGAIN, NOON + timedelta(minutes=wait))


def test_a_refused_account_does_not_change_bytes_that_may_have_arrived() -> None:
    """They wait for the channel as they are."""
    attempt = _try(2, unknown_since=NOON - timedelta(minutes=5))
    locked_out = Refused(FailureReason.AUTHENTICATION, account_wide=True)
    verdict = after_failure(locked_out, attempt, now=NOON, jitter=0.5, allowed=_anytime)
    assert (verdict.then, verdict.at) == (Then.SAME_AGAIN, NOON)


def test_a_refusal_after_a_lost_answer_still_repeats_the_same_bytes() -> None:
    """The first copy may have arrived, so the id must not change."""
    attempt = _try(2, unknown_since=NOON - timedelta(minutes=5))
    busy = Refused(FailureReason.TEMPORARY)
    verdict = after_failure(busy, attempt, now=NOON, jitter=0.5, allowed=_anytime)
    assert verdict.then is Then.SAME_AGAIN


@pytest.mark.parametrize(
    ("age", "then"),
    [
        (UNSETTLED_AFTER - timedelta(minutes=1), Then.SAME_AGAIN),
        (UNSETTLED_AFTER, Then.NEXT_ROUTE),
        (UNSETTLED_AFTER + timedelta(minutes=1), Then.NEXT_ROUTE),
    ],
)
def test_an_unknown_is_settled_within_a_day(age: timedelta, then: Then) -> None:
    """A minute before, at, and a minute after 24 hours."""
    attempt = _try(9, unknown_since=NOON - age)
    lost = Unknown(FailureReason.NO_ANSWER)
    verdict = after_failure(lost, attempt, now=NOON, jitter=0.5, allowed=_anytime)
    assert verdict.then is then
    assert verdict.may_repeat is (then is Then.NEXT_ROUTE)


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_a_notice_is_given_up_at_its_end_not_before(minutes: int) -> None:
    """A refusal a minute before the end is tried again, at the end it is not."""
    now = LATER + timedelta(minutes=minutes)
    busy = Refused(FailureReason.TEMPORARY)
    verdict = after_failure(busy, _try(9), now=now, jitter=0.5, allowed=_anytime)
    assert verdict.then is (Then.AGAIN if minutes < 0 else Then.NEXT_ROUTE)


def test_the_far_sides_own_wish_is_respected() -> None:
    """A Retry-After longer than our own wait wins."""
    wait = timedelta(hours=3)
    busy = Refused(FailureReason.RATE_LIMITED, retry_after=wait)
    verdict = after_failure(busy, _try(), now=NOON, jitter=0.5, allowed=_anytime)
    assert verdict.at == NOON + wait


def test_a_routine_retry_waits_out_quiet_hours_and_an_urgent_one_does_not() -> None:
    """Quiet hours delay only what can wait."""
    morning = NOON + timedelta(hours=20)
    busy = Refused(FailureReason.TEMPORARY)
    quiet = after_failure(busy, _try(), now=NOON, jitter=0.5, allowed=lambda _: morning)
    urgent = after_failure(busy, _try(urgent=True), now=NOON, jitter=0.5, allowed=lambda _: morning)
    assert quiet.at == morning
    assert urgent.at is not None
    assert urgent.at < NOON + timedelta(minutes=1)


@given(tries=st.integers(1, 200), jitter=st.floats(0, 1))
def test_waits_stay_within_their_bounds(tries: int, jitter: float) -> None:
    """Never shorter than 80 % of the first wait, never longer than 120 % of the longest."""
    for pace in (ROUTINE, URGENT):
        assert pace.first * 0.8 <= pace.wait(tries, jitter) <= pace.longest * 1.2
