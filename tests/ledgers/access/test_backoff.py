"""How long somebody waits after tries that failed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledgers.access.backoff import Backoff
from ledgers.access.throttles import BACKOFFS

BACKOFF = Backoff(free=3, first=timedelta(seconds=30), longest=timedelta(minutes=5))


def test_waits_double_after_the_free_tries() -> None:
    """Up to the longest, however many follow."""
    waits = [BACKOFF.wait(failures).total_seconds() for failures in range(9)]
    assert waits == [0, 0, 0, 30, 60, 120, 240, 300, 300]


@given(st.integers(0, 10**9))
def test_nobody_waits_for_good(failures: int) -> None:
    """Whatever a stranger does, a wait has an end, and more failures never shorten it."""
    for backoff in BACKOFFS.values():
        assert backoff.wait(failures) <= backoff.longest <= timedelta(hours=1)
        assert backoff.wait(failures) <= backoff.wait(failures + 1)
