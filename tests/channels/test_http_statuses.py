"""What an HTTP status alone says."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.http import Answer
from channels.http_statuses import failure_of
from channels.protocol import FailureReason, Refused, Unknown

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_leaves_the_judgement_to_the_body(status: int) -> None:
    """A gateway may say no in a 200."""
    assert failure_of(Answer(status), NOW) is None


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "account_wide"),
    [
        (302, FailureReason.MISCONFIGURED, False, True),
        (400, FailureReason.CONTENT_REFUSED, True, False),
        (401, FailureReason.AUTHENTICATION, False, True),
        (403, FailureReason.AUTHENTICATION, False, True),
        (404, FailureReason.MISCONFIGURED, False, True),
        (408, FailureReason.TEMPORARY, False, False),
        (413, FailureReason.CONTENT_REFUSED, True, False),
        (429, FailureReason.RATE_LIMITED, False, False),
        (503, FailureReason.TEMPORARY, False, False),
    ],
)
def test_a_no_is_certain(
    status: int, reason: FailureReason, permanent: bool, account_wide: bool
) -> None:
    """For this message, for the account, or for now."""
    error = failure_of(Answer(status), NOW)
    assert isinstance(error, Refused)
    assert (error.reason, error.permanent, error.account_wide) == (reason, permanent, account_wide)
    assert error.detail == f"http {status}"


@pytest.mark.parametrize("status", [100, 500, 502, 504, 599])
def test_what_broke_behind_the_door_is_unknown(status: int) -> None:
    """It may have acted before it broke."""
    assert isinstance(failure_of(Answer(status), NOW), Unknown)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_was_asked_for_is_kept(status: int) -> None:
    """Delivery waits that long."""
    error = failure_of(Answer(status, {"retry-after": "7"}), NOW)
    assert isinstance(error, Refused)
    assert error.retry_after == timedelta(seconds=7)
