"""What Tencent Cloud's codes mean: wait, never, stop everything, or nobody knows.

Sources: cloud.tencent.com/document/api/382/52075 (error codes of SMS) and the common codes of its API.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.http import Answer
from channels.http_statuses import failure_of
from channels.protocol import ChannelError, FailureReason, Unknown
from channels.vendor_sms import BEIJING, code_of, object_of, until_tomorrow
from channels.verdicts import (
    NOT_NOW,
    UNSETTLED,
    WRONG_ADDRESS,
    WRONG_CONTENT,
    WRONG_KEY,
    WRONG_SENDER,
    WRONG_SETTINGS,
    Verdict,
)


def _in(wait: timedelta) -> Verdict:
    return Verdict(FailureReason.RATE_LIMITED, retry_after=wait)


CODES: Mapping[str, Verdict] = {
    # Never, for this number.
    "FailedOperation.PhoneNumberInBlacklist": WRONG_ADDRESS,
    "FailedOperation.PhoneNumberParseFail": WRONG_ADDRESS,
    "InvalidParameterValue.IncorrectPhoneNumber": WRONG_ADDRESS,
    "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone": WRONG_ADDRESS,
    "UnsupportedOperation.UnsupportedRegion": WRONG_ADDRESS,
    # Stop everything: money, signature, application.
    "FailedOperation.InsufficientBalanceInSmsPackage": WRONG_SENDER,
    "FailedOperation.MissingSignature": WRONG_SENDER,
    "FailedOperation.NotEnterpriseCertification": WRONG_SENDER,
    "FailedOperation.SignatureIncorrectOrUnapproved": WRONG_SENDER,
    "InvalidParameter.AppidAndBizId": WRONG_SETTINGS,
    "InvalidParameterValue.SdkAppIdNotExist": WRONG_SETTINGS,
    "UnauthorizedOperation.RequestPermissionDeny": WRONG_KEY,
    # Stop everything: key, clock, place.
    "AuthFailure.SignatureExpire": WRONG_SETTINGS,
    "InternalError.RequestTimeException": WRONG_SETTINGS,
    "InternalError.RestApiInterfaceNotExist": WRONG_SETTINGS,
    "InternalError.SigFieldMissing": WRONG_KEY,
    "InternalError.SigVerificationFail": WRONG_KEY,
    "InvalidAction": WRONG_SETTINGS,
    "NoSuchVersion": WRONG_SETTINGS,
    "UnsupportedRegion": WRONG_SETTINGS,
    # Wait. The windows of a number slide, but for the day, which ends at midnight in Beijing.
    "LimitExceeded.DeliveryFrequencyLimit": _in(timedelta(minutes=1)),
    "LimitExceeded.PhoneNumberOneHourLimit": _in(timedelta(minutes=15)),
    "LimitExceeded.PhoneNumberThirtySecondLimit": _in(timedelta(seconds=30)),
    "RequestLimitExceeded": _in(timedelta(seconds=10)),
    "ResourceUnavailable": NOT_NOW,
    "ServiceUnavailable": NOT_NOW,
}

# What a whole family of codes means; the first that fits counts.
_FAMILIES: tuple[tuple[str, Verdict], ...] = (
    ("AuthFailure", WRONG_KEY),
    ("UnauthorizedOperation", WRONG_SENDER),
    ("RequestLimitExceeded.", _in(timedelta(seconds=10))),
    ("LimitExceeded", _in(timedelta(minutes=15))),
    ("InternalError", UNSETTLED),
    ("FailedOperation", WRONG_CONTENT),
    ("InvalidParameter", WRONG_CONTENT),
    ("MissingParameter", WRONG_CONTENT),
    ("UnsupportedOperation", WRONG_CONTENT),
)
_NUMBERS_DAY = frozenset(
    {
        "LimitExceeded.PhoneNumberDailyLimit",
        "LimitExceeded.PhoneNumberSameContentDailyLimit",
    }
)
_ACCOUNTS_DAY = frozenset(
    {
        "LimitExceeded.AppDailyLimit",
        "LimitExceeded.AppMainlandChinaDailyLimit",
        "LimitExceeded.DailyLimit",
    }
)
_DAYTIME = "FailedOperation.MarketingSendTimeConstraint"
_MORNING = timedelta(hours=8)


def judge(
    answer: Answer, response: Mapping[str, Any], now: datetime, *, of_number: bool = False
) -> ChannelError | None:
    """Judge an answer by its error, and with `of_number` by the one number's own code; None: well."""
    error = response.get("Error")
    if isinstance(error, dict):
        code = code_of(error.get("Code"))
        return _judge_code(code, now) or Unknown(FailureReason.UNREADABLE_ANSWER, "error")
    failure = failure_of(answer, now)
    if failure is not None:
        return failure
    if of_number:
        code = code_of(status_of(response).get("Code"))
        if code == "Ok":
            return None
        return _judge_code(code, now) or Unknown(FailureReason.UNREADABLE_ANSWER, "no status")
    if not response:
        return Unknown(FailureReason.UNREADABLE_ANSWER, f"http {answer.status}")
    return None


def response_of(answer: Answer) -> Mapping[str, Any]:
    """Read what is in `Response`; empty: nothing."""
    response = object_of(answer).get("Response")
    return response if isinstance(response, dict) else {}


def status_of(response: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the status of the one number that was sent to; empty: there is none."""
    statuses = response.get("SendStatusSet")
    first = statuses[0] if isinstance(statuses, list) and statuses else None
    return first if isinstance(first, dict) else {}


def _judge_code(code: str, now: datetime) -> ChannelError | None:
    verdict = CODES.get(code) or _by_day(code, now)
    if verdict is None:
        verdict = next((it for family, it in _FAMILIES if code.startswith(family)), None)
    if verdict is None and code:
        verdict = NOT_NOW
    return verdict.error(code) if verdict else None


def _by_day(code: str, now: datetime) -> Verdict | None:
    """Judge what ends at an hour in Beijing."""
    if code in _NUMBERS_DAY:
        return _in(until_tomorrow(now))
    if code in _ACCOUNTS_DAY:
        wait = until_tomorrow(now)
        return Verdict(FailureReason.RATE_LIMITED, account_wide=True, retry_after=wait)
    if code == _DAYTIME:
        is_before = now.astimezone(BEIJING).hour < _MORNING.total_seconds() // 3600
        wait = until_tomorrow(now) + _MORNING - (timedelta(days=1) if is_before else timedelta())
        return Verdict(FailureReason.TEMPORARY, retry_after=wait)
    return None
