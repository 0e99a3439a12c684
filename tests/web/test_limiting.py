"""Who has failed too often here lately."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from ledgers.access.backoff import FORGOTTEN
from web.limiting import PATIENT, Limiter, come_again, source_of

NOW = datetime(2027, 3, 1, tzinfo=UTC)
NO_WAIT = timedelta(0)


def failed(limiter: Limiter, source: str, times: int) -> Limiter:
    """Let a source fail."""
    for _ in range(times):
        limiter.failed(source, now=NOW)
    return limiter


def request_from(host: str) -> Request:
    """Answer a request that comes from an address."""
    return Request({"type": "http", "client": (host, 4711), "headers": []})


def test_whoever_fails_often_waits_and_nobody_else() -> None:
    """After the free tries; the wait ends, and a success ends it too."""
    limiter = failed(Limiter(), "192.0.2.1", PATIENT.free - 1)
    assert limiter.wait("192.0.2.1", now=NOW) == NO_WAIT
    failed(limiter, "192.0.2.1", 1)
    assert limiter.wait("192.0.2.1", now=NOW) == PATIENT.first
    assert limiter.wait("192.0.2.2", now=NOW) == NO_WAIT
    assert limiter.wait("192.0.2.1", now=NOW + PATIENT.first) == NO_WAIT
    limiter.succeeded("192.0.2.1")
    assert limiter.wait("192.0.2.1", now=NOW) == NO_WAIT


def test_failures_are_forgotten_after_a_day() -> None:
    """The next one is the first again."""
    limiter = failed(Limiter(), "192.0.2.1", 40)
    assert limiter.wait("192.0.2.1", now=NOW) == PATIENT.longest
    limiter.failed("192.0.2.1", now=NOW + FORGOTTEN)
    assert limiter.wait("192.0.2.1", now=NOW + FORGOTTEN) == NO_WAIT


@given(st.lists(st.integers(0, 40), max_size=60))
def test_memory_is_bounded(sources: list[int]) -> None:
    """However many addresses somebody has; the one that failed last is remembered."""
    limiter = Limiter(most=20)
    for source in sources:
        limiter.failed(str(source), now=NOW)
        assert len(limiter) <= 20
    if sources:
        failed(limiter, str(sources[-1]), PATIENT.free)
        assert limiter.wait(str(sources[-1]), now=NOW) > NO_WAIT


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_a_subscriber_is_one_source(host: str, source: str) -> None:
    """Who has a whole network of IPv6 addresses does not have as many tries."""
    assert source_of(request_from(host)) == source


def test_how_long_to_wait_is_said_in_whole_seconds() -> None:
    """Rounded up, so that whoever heeds it is not put off again."""
    answer = come_again(timedelta(seconds=1.2))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert come_again(timedelta(milliseconds=1)).headers["retry-after"] == "1"
