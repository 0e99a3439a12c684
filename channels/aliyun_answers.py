"""What Aliyun's codes mean: wait, never, stop everything, or ask what became of it.

Sources: help.aliyun.com document 101346 (SMS error codes) and the common codes of its gateway.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.http import Answer
from channels.http_statuses import failure_of
from channels.protocol import ChannelError, FailureReason, Unknown
from channels.vendor_sms import code_of, until_tomorrow
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

_TOO_OFTEN = Verdict(FailureReason.RATE_LIMITED, retry_after=timedelta(minutes=1))

CODES: Mapping[str, Verdict] = {
    # Never, for this number.
    "isv.MOBILE_NUMBER_ILLEGAL": WRONG_ADDRESS,
    "isv.MOBILE_COUNT_OVER_LIMIT": WRONG_ADDRESS,
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": WRONG_ADDRESS,
    "isv.CUSTOMER_REFUSED": WRONG_ADDRESS,
    # Never, with this text.
    "isv.BLACK_KEY_CONTROL_LIMIT": WRONG_CONTENT,
    "isv.EXTEND_CODE_ERROR": WRONG_CONTENT,
    "isv.INVALID_JSON_PARAM": WRONG_CONTENT,
    "isv.INVALID_PARAMETERS": WRONG_CONTENT,
    "isv.PARAM_LENGTH_LIMIT": WRONG_CONTENT,
    "isv.PARAM_NOT_SUPPORT_URL": WRONG_CONTENT,
    "isv.SMS_CONTENT_ILLEGAL": WRONG_CONTENT,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": WRONG_CONTENT,
    "isv.SMS_TEMPLATE_ILLEGAL": WRONG_CONTENT,
    "isv.TEMPLATE_MISSING_PARAMETERS": WRONG_CONTENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": WRONG_CONTENT,
    # Stop everything: the key.
    "Forbidden.AccessKeyDisabled": WRONG_KEY,
    "Forbidden.RAM": WRONG_KEY,
    "IncompleteSignature": WRONG_KEY,
    "InvalidAccessKeyId.Inactive": WRONG_KEY,
    "InvalidAccessKeyId.NotFound": WRONG_KEY,
    "NoPermission": WRONG_KEY,
    "SignatureDoesNotMatch": WRONG_KEY,
    "isp.RAM_PERMISSION_DENY": WRONG_KEY,
    # Stop everything: the account, its money, its signature, this machine.
    "isv.ACCOUNT_ABNORMAL": WRONG_SENDER,
    "isv.ACCOUNT_NOT_EXISTS": WRONG_SENDER,
    "isv.AMOUNT_NOT_ENOUGH": WRONG_SENDER,
    "isv.DENY_IP_RANGE": WRONG_SENDER,
    "isv.OUT_OF_SERVICE": WRONG_SENDER,
    "isv.PRODUCT_UNSUBSCRIBE": WRONG_SENDER,
    "isv.PRODUCT_UN_SUBSCRIPT": WRONG_SENDER,
    "isv.SECURITY_FROZEN_ACCOUNT": WRONG_SENDER,
    "isv.SIGN_NAME_ILLEGAL": WRONG_SENDER,
    "isv.SIGN_STATE_ILLEGAL": WRONG_SENDER,
    "isv.SMS_SIGNATURE_ILLEGAL": WRONG_SENDER,
    "isv.SMS_SIGN_ILLEGAL": WRONG_SENDER,
    "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": WRONG_SENDER,
    # Stop everything: this machine's clock, or an interface that is not there.
    "InvalidAction.NotFound": WRONG_SETTINGS,
    "InvalidTimeStamp.Expired": WRONG_SETTINGS,
    "InvalidTimeStamp.Format": WRONG_SETTINGS,
    "InvalidVersion": WRONG_SETTINGS,
    # It may have acted.
    "InternalError": UNSETTLED,
    "SignatureNonceUsed": UNSETTLED,
    "isp.GATEWAY_ERROR": UNSETTLED,
    "isp.SYSTEM_ERROR": UNSETTLED,
    # Wait.
    "ServiceUnavailable": NOT_NOW,
    "Throttling": _TOO_OFTEN,
    "Throttling.Api": _TOO_OFTEN,
    "Throttling.System": _TOO_OFTEN,
    "Throttling.User": _TOO_OFTEN,
}

# The windows slide, so room may come before a whole hour or day is over.
_WAITS = {"分钟": timedelta(minutes=1), "小时": timedelta(minutes=15), "天": timedelta(hours=2)}
_WINDOW = re.compile("(分钟|小时|天)级流控")
_NUMBERS_LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
_ACCOUNTS_LIMITS = frozenset({"isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL"})


def judge(answer: Answer, said: Mapping[str, Any], now: datetime) -> ChannelError | None:
    """Judge an answer by the code in what it says; None: OK. An unlisted `isv.` code is for good."""
    code = code_of(said.get("Code"))
    if code == "OK":
        return failure_of(answer, now)
    if code == _NUMBERS_LIMIT:
        window = _WINDOW.search(str(said.get("Message")))
        wait = _WAITS[window[1]] if window else timedelta(minutes=1)
        return Verdict(FailureReason.RATE_LIMITED, retry_after=wait).error(code)
    if code in _ACCOUNTS_LIMITS:
        wait = until_tomorrow(now)
        limit = Verdict(FailureReason.RATE_LIMITED, account_wide=True, retry_after=wait)
        return limit.error(code)
    if code in CODES:
        return CODES[code].error(code)
    if code.startswith("isv."):
        return WRONG_CONTENT.error(code)
    failure = failure_of(answer, now)
    if failure is not None:
        return failure
    if code:
        return NOT_NOW.error(code)
    return Unknown(FailureReason.UNREADABLE_ANSWER, f"http {answer.status}")
