"""Tencent Cloud's codes: each is sorted, also by family."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.http import Answer
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from channels.tencent_answers import CODES, response_of
from channels.tencent_answers import judge as judge_said
from tests.channels.answering import sort_of

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
DOMAIN = [  # DOMAIN.md D6, and one of each family
    ("LimitExceeded.PhoneNumberThirtySecondLimit", "wait"),
    ("LimitExceeded.PhoneNumberOneHourLimit", "wait"),
    ("LimitExceeded.PhoneNumberDailyLimit", "wait"),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", "wait"),
    ("LimitExceeded.DeliveryFrequencyLimit", "wait"),
    ("LimitExceeded.AppMainlandChinaDailyLimit", "account"),
    ("FailedOperation.MarketingSendTimeConstraint", "wait"),
    ("FailedOperation.InsufficientBalanceInSmsPackage", "account"),
    ("FailedOperation.PhoneNumberInBlacklist", "never"),
    ("FailedOperation.ContainSensitiveWord", "never"),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "never"),
    ("InvalidParameterValue.TemplateParameterLengthLimit", "never"),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "never"),
    ("UnsupportedOperation.UnsupportedTemplateVariable", "never"),
    ("UnauthorizedOperation.ServiceSuspendDueToArrears", "account"),
    ("UnauthorizedOperation.RequestIpNotInWhitelist", "account"),
    ("AuthFailure.SignatureExpire", "account"),
    ("AuthFailure.SomethingNew", "account"),
    ("InternalError.Timeout", "unknown"),
    ("RequestLimitExceeded.UinLimitExceeded", "wait"),
    ("SomethingNew", "wait"),
]


def refused(code: str) -> Answer:
    """Make an answer about the whole request."""
    return _answer({"Error": {"Code": code, "Message": "+8615400000001"}})


def of_number(code: str) -> Answer:
    """Make an answer about one number."""
    return _answer({"SendStatusSet": [{"Code": code, "Message": "+8615400000001"}]})


def _answer(response: dict[str, object]) -> Answer:
    return Answer(200, {}, json.dumps({"Response": response}).encode())


def judge(answer: Answer, now: datetime, *, of_number: bool = False) -> ChannelError | None:
    """Judge an answer as the channel does."""
    return judge_said(answer, response_of(answer), now, of_number=of_number)


@pytest.mark.parametrize(("code", "sort"), DOMAIN)
def test_codes_are_sorted(code: str, sort: str) -> None:
    """Wherever they stand; the error holds the code alone."""
    for error in (judge(refused(code), NOW), judge(of_number(code), NOW, of_number=True)):
        assert sort_of(error) == sort
        assert error is not None
        assert error.detail == code


@pytest.mark.parametrize("code", sorted(CODES))
def test_what_is_listed_is_never_content(code: str) -> None:
    """The families say that already."""
    error = judge(refused(code), NOW)
    assert error is not None
    assert error.reason is not FailureReason.CONTENT_REFUSED


@pytest.mark.parametrize(
    ("code", "at", "wait"),
    [
        ("LimitExceeded.PhoneNumberDailyLimit", 8, timedelta(hours=8)),
        ("LimitExceeded.AppDailyLimit", 15, timedelta(hours=1)),
        ("FailedOperation.MarketingSendTimeConstraint", 15, timedelta(hours=9)),
        ("FailedOperation.MarketingSendTimeConstraint", 23, timedelta(hours=1)),
    ],
)
def test_days_and_nights_are_beijings(code: str, at: int, wait: timedelta) -> None:
    """Midnight there is 16:00 in UTC, eight in the morning is midnight."""
    error = judge(refused(code), NOW.replace(hour=at))
    assert isinstance(error, Refused)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200),
        Answer(200, {}, b'{"Response": []}'),
        _answer({"SendStatusSet": []}),
        _answer({"SendStatusSet": [{"Code": "全部"}]}),
        _answer({"Error": {}}),
        Answer(502, {}, b"<html>"),
    ],
)
def test_without_a_code_nobody_knows(answer: Answer) -> None:
    """It may have been taken."""
    assert isinstance(judge(answer, NOW, of_number=True), Unknown)


@given(
    st.binary()
    | st.recursive(
        st.none() | st.text(max_size=6) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["Response", "Error", "Code", "SendStatusSet"]), inner, max_size=3
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
    st.booleans(),
)
def test_no_answer_breaks_the_judge(body: bytes, one: bool) -> None:
    """Nor shows its words."""
    error = judge(Answer(200, {}, body), NOW, of_number=one)
    assert error is None or error.detail.isascii()
