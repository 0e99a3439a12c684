"""The circuit breaker: closed, open, half-open, and slow again after."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.breaker import FAILURES_TO_OPEN, LONGEST_WAIT, Breaker, load, save
from ledgers.database import Database

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)


def _broken(failures: int, *, now: datetime = NOON) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = breaker.after_trouble(now, "unreachable", jitter=0.5)
    return breaker


def test_a_single_failure_does_not_open_it() -> None:
    """One refused connection says little."""
    assert _broken(FAILURES_TO_OPEN - 1).permits(NOON) == 8


def test_it_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    """Nothing while open; one send when the wait is over."""
    breaker = _broken(FAILURES_TO_OPEN)
    assert breaker.permits(NOON + timedelta(seconds=29)) == 0
    assert breaker.permits(NOON + timedelta(seconds=31)) == 1


def test_a_refused_account_opens_it_at_once() -> None:
    """A wrong password is not tried three times."""
    breaker = Breaker().after_trouble(NOON, "authentication", jitter=0.5, account_wide=True)
    assert breaker.permits(NOON) == 0


def test_a_taken_probe_closes_it_with_a_small_allowance() -> None:
    """After trouble the allowance starts at two and doubles up to the channel's own limit."""
    breaker = _broken(FAILURES_TO_OPEN).after_success(8)
    allowances = []
    for _ in range(4):
        allowances.append(breaker.permits(NOON))
        breaker = breaker.after_success(8)
    assert allowances == [2, 4, 8, 8]


@given(failures=st.integers(FAILURES_TO_OPEN, 60))
def test_its_waits_are_bounded(failures: int) -> None:
    """However long an outage lasts, a probe is made at least every twelve minutes."""
    breaker = _broken(failures)
    assert breaker.open_until is not None
    assert breaker.open_until - NOON <= LONGEST_WAIT * 1.2


def test_it_is_shared_through_the_database(database: Database) -> None:
    """What one worker learns, the others know; a closed one leaves no row."""
    broken = _broken(5)
    with database.writing() as connection:
        save(connection, "email", broken, now=NOON)
    with database.reading() as connection:
        assert load(connection, "email", limit=8) == broken
    with database.writing() as connection:
        save(connection, "email", Breaker(), now=NOON)
        assert load(connection, "email", limit=4) == Breaker(allowance=4)
