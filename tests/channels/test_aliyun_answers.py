"""Aliyun's codes: each is sorted, and those nobody listed are judged with care."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.aliyun_answers import CODES
from channels.aliyun_answers import judge as judge_said
from channels.http import Answer
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from channels.vendor_sms import object_of
from tests.channels.answering import sort_of

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
DOMAIN = [  # DOMAIN.md D5
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", "never"),
    ("isv.EXTEND_CODE_ERROR", "never"),
    ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "never"),
    ("isv.INVALID_PARAMETERS", "never"),
    ("isv.SIGN_STATE_ILLEGAL", "account"),
    ("isv.DENY_IP_RANGE", "account"),
    ("isv.DAY_LIMIT_CONTROL", "account"),
    ("isv.MONTH_LIMIT_CONTROL", "account"),
    ("isv.BUSINESS_LIMIT_CONTROL", "wait"),
    ("isv.AMOUNT_NOT_ENOUGH", "account"),
    ("isv.NOBODY_HAS_LISTED_THIS", "never"),
    ("isp.RAM_PERMISSION_DENY", "account"),
    ("isp.SYSTEM_ERROR", "unknown"),
    ("Throttling.User", "wait"),
    ("SomethingNew", "wait"),
]


def said(code: str, words: str = "", status: int = 200) -> Answer:
    """Make an answer."""
    return Answer(status, {}, json.dumps({"Code": code, "Message": words}).encode())


def judge(answer: Answer, now: datetime) -> ChannelError | None:
    """Judge an answer as the channel does."""
    return judge_said(answer, object_of(answer), now)


@pytest.mark.parametrize(("code", "sort"), DOMAIN)
def test_codes_are_sorted(code: str, sort: str) -> None:
    """Wait, never, or stop everything; the error holds the code alone."""
    error = judge(said(code, "15400000001 的情况"), NOW)
    assert sort_of(error) == sort
    assert error is not None
    assert error.detail == code


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_listed_code_counts_whatever_the_status(code: str) -> None:
    """Aliyun says some with 200, some with 400 and more."""
    assert sort_of(judge(said(code), NOW)) == sort_of(judge(said(code, status=400), NOW))


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("触发分钟级流控Permits:1", timedelta(minutes=1)),
        ("触发小时级流控Permits:5", timedelta(minutes=15)),
        ("触发天级流控Permits:10", timedelta(hours=2)),
        ("", timedelta(minutes=1)),
    ],
)
def test_the_wait_fits_the_limit(words: str, wait: timedelta) -> None:
    """The number's own limit, in a window that slides."""
    error = judge(said("isv.BUSINESS_LIMIT_CONTROL", words), NOW)
    assert isinstance(error, Refused)
    assert (error.reason, error.retry_after) == (FailureReason.RATE_LIMITED, wait)


def test_the_accounts_day_ends_at_midnight_in_beijing() -> None:
    """At 16:00 there, eight hours remain."""
    error = judge(said("isv.DAY_LIMIT_CONTROL"), NOW)
    assert isinstance(error, Refused)
    assert error.retry_after == timedelta(hours=8)


@pytest.mark.parametrize("answer", [Answer(200), Answer(200, {}, b"[]"), Answer(500, {}, b"oops")])
def test_without_a_code_nobody_knows(answer: Answer) -> None:
    """It may have been taken."""
    assert isinstance(judge(answer, NOW), Unknown)


@given(
    st.binary()
    | st.dictionaries(st.just("Code"), st.text() | st.integers()).map(
        lambda value: json.dumps(value).encode()
    ),
    st.sampled_from([200, 400, 503]),
)
def test_no_answer_breaks_the_judge_or_shows_its_words(body: bytes, status: int) -> None:
    """Only what looks like a code is shown."""
    error = judge(Answer(status, {}, body), NOW)
    assert error is None or error.detail.isascii()
