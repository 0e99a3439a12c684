"""A strict stand-in for Tencent Cloud's SMS: TC3 signatures, five minutes, templates, rates.

It refuses as cloud.tencent.com/document/product/382 says; each limit that a client exceeded stands
in `violations`.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.inbound import Inbound
from channels.signatures import tc3
from tests.emulators.http import Act, Asked, HttpFault, Said
from tests.emulators.limits import Sliding
from tests.emulators.texts import Sms, Template, has_link
from tests.emulators.vendor import VendorEmulator

SECRET_ID, SECRET_KEY, APP_ID = "secret-id-of-a-test", "secret-key-of-a-test", "1400000000"
SIGNATURE = "演示县民政局"
TOKEN = "token-of-many-tests"
TEMPLATES = {
    "100": Template("您有{1}户本周需联系走访：{2}。"),
    "101": Template("您有待办提醒，请登录系统查看。"),
    "102": Template("尚未通过的模板。", approved=False),
}
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]*)/(\d{4}-\d\d-\d\d)/sms/tc3_request, "
    r"SignedHeaders=([a-z0-9;-]*), Signature=([0-9a-f]{64})"
)
_NUMBER = re.compile(r"\+86(1\d{10})")
_RATES = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": (1, timedelta(seconds=30)),
    "LimitExceeded.PhoneNumberOneHourLimit": (5, timedelta(hours=1)),
    "LimitExceeded.PhoneNumberDailyLimit": (10, timedelta(hours=24)),
}


class TencentEmulator(VendorEmulator):
    """The application. `remembers`: whether receipts name our out-id."""

    ARRIVED = "DELIVRD"

    def __init__(
        self, clock: Callable[[], datetime], *, seed: int = 0, remembers: bool = True
    ) -> None:
        super().__init__(clock, seed=seed)
        self._remembers = remembers
        self._rates = {code: Sliding(*rate) for code, rate in _RATES.items()}

    def answer(self, asked: Asked) -> Said:
        """Prove who asks, then do it. HTTP is 200 whatever comes of it."""
        if (wrong := self._unproven(asked)) is not None:
            return _error(wrong, "密钥或签名")
        try:
            parameters = json.loads(asked.body)
        except ValueError:
            return _error("FailedOperation.JsonParseFail")
        if parameters.get("SmsSdkAppId") != APP_ID:
            return _error("UnauthorizedOperation.SmsSdkAppIdVerifyFail")
        action = asked.headers.get("x-tc-action")
        if action == "SendSms":
            return self._send(parameters)
        if action == "PullSmsSendStatusByPhoneNumber":
            return self._statuses(parameters)
        return _error("InvalidAction")

    def push(self) -> Inbound:
        """Make the request that hands in all statuses there are."""
        return pushed(
            [
                {
                    "user_receive_time": _stamp(sms.said_at),
                    "nationcode": "86",
                    "mobile": sms.number,
                    "report_status": "SUCCESS" if sms.arrived else "FAIL",
                    "errmsg": sms.reason,
                    "description": "用户短信送达成功" if sms.arrived else "失败",
                    "sid": sms.reference,
                }
                for sms in self.sent
                if sms.arrived is not None
            ]
        )

    def _unproven(self, asked: Asked) -> str | None:
        headers = asked.headers
        given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        stamp = headers.get("x-tc-timestamp", "")
        if given is None or not stamp.isdigit():
            return "AuthFailure.InvalidAuthorization"
        at = datetime.fromtimestamp(int(stamp), UTC)
        if abs(self._clock() - at) > timedelta(minutes=5):
            return "AuthFailure.SignatureExpire"
        if given[1] != SECRET_ID:
            return "AuthFailure.SecretIdNotFound"
        names = given[3].split(";")
        signed = {name: headers.get(name, "") for name in names}
        if not {"content-type", "host"} <= set(names) or names != sorted(names):
            return "AuthFailure.SignatureFailure"
        is_of_day = given[2] == at.strftime("%Y-%m-%d")  # the UTC date
        if not is_of_day or tc3(SECRET_KEY, "sms", signed, asked.body, at) != given[4]:
            return "AuthFailure.SignatureFailure"
        return None if headers.get("x-tc-version") == "2021-01-11" else "NoSuchVersion"

    def _send(self, parameters: Mapping[str, Any]) -> Said:
        numbers = [_NUMBER.fullmatch(number) for number in parameters.get("PhoneNumberSet", ())]
        if len(numbers) != 1:
            return _error("InvalidParameterValue.IncorrectPhoneNumber")
        code = "Ok"
        if (number := numbers[0]) is None:
            code = "InvalidParameterValue.IncorrectPhoneNumber"
        elif len(parameters.get("SessionContext", "").encode()) >= 512:
            return _error("InvalidParameter")
        else:
            code = _wrong_text(parameters) or self._too_often(number[1]) or "Ok"
        status = {"PhoneNumber": parameters["PhoneNumberSet"][0], "Code": code, "Fee": 0}
        if code == "Ok" and number is not None:
            sms = self._take(number[1], parameters)
            status |= {"SerialNo": sms.reference, "Fee": 1, "Message": "send success"}
        return _says(SendStatusSet=[status | {"SessionContext": parameters["SessionContext"]}])

    def _too_often(self, number: str) -> str | None:
        for code, rate in self._rates.items():
            if not rate.take(self._clock(), number):
                self.violations.append(code)
                return code
        return None

    def _take(self, number: str, parameters: Mapping[str, Any]) -> Sms:
        template = TEMPLATES[parameters["TemplateId"]]
        values = dict(zip(template.variables, parameters["TemplateParamSet"], strict=True))
        sms = Sms(
            number,
            parameters["SessionContext"],
            f"5000:{1045710669157053657849499619 + len(self.sent)}",
            parameters["TemplateId"],
            f"【{SIGNATURE}】{template.filled(values)}",
            self._clock(),
        )
        self.sent.append(sms)
        return sms

    def _statuses(self, parameters: Mapping[str, Any]) -> Said:
        begin, end, now = parameters["BeginTime"], parameters["EndTime"], self._clock().timestamp()
        if begin > end or begin < now - 7 * 86400 or parameters["Limit"] > 100:
            return _error("InvalidParameterValue.BeginTimeVerifyFail")
        return _says(
            PullSmsSendStatusSet=[
                {
                    "UserReceiveTime": int(sms.said_at.timestamp()),
                    "CountryCode": "86",
                    "SubscriberNumber": sms.number,
                    "PhoneNumber": f"+86{sms.number}",
                    "SerialNo": sms.reference,
                    "ReportStatus": "SUCCESS" if sms.arrived else "FAIL",
                    "Description": sms.reason,
                    "SessionContext": sms.out_id if self._remembers else "",
                }
                for sms in self.sent
                if sms.said_at is not None
                and f"+86{sms.number}" == parameters["PhoneNumber"]
                and begin <= sms.at.timestamp() <= end
            ]
        )


def _of_number(code: str) -> HttpFault:
    status = {"SerialNo": "", "Code": code, "Message": code, "Fee": 0}
    return HttpFault(Act.ANSWER, 200, _says(SendStatusSet=[status]).body)


def _of_request(code: str) -> HttpFault:
    return HttpFault(Act.ANSWER, 200, _error(code).body)


def pushed(said: object, token: str = TOKEN) -> Inbound:
    """Make the request by which Tencent Cloud pushes anything."""
    return Inbound("POST", {}, {"token": token}, json.dumps(said).encode())


def _wrong_text(parameters: Mapping[str, Any]) -> str | None:
    if parameters.get("SignName") != SIGNATURE:
        return "FailedOperation.SignatureIncorrectOrUnapproved"
    template = TEMPLATES.get(parameters.get("TemplateId", ""))
    if template is None or not template.approved:
        return "FailedOperation.TemplateIncorrectOrUnapproved"
    values = parameters.get("TemplateParamSet", [])
    if len(values) != len(template.variables):
        return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
    if any(len(value) > 35 for value in values):
        return "InvalidParameterValue.TemplateParameterLengthLimit"
    if any(has_link(value) for value in values):
        return "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
    return None


def _stamp(at: datetime | None) -> str:
    there = None if at is None else at + timedelta(hours=8)
    return "" if there is None else f"{there:%Y-%m-%d %H:%M:%S}"


def _error(code: str, words: str = "") -> Said:
    return _says(Error={"Code": code, "Message": words or code})


def _says(**response: object) -> Said:
    said = {"Response": response | {"RequestId": "00000000-0000"}}
    return Said(json.dumps(said, ensure_ascii=False).encode())


REFUSALS = {
    code: _of_number(code)
    for code in (
        "LimitExceeded.PhoneNumberThirtySecondLimit",
        "LimitExceeded.PhoneNumberOneHourLimit",
        "LimitExceeded.PhoneNumberDailyLimit",
        "LimitExceeded.PhoneNumberSameContentDailyLimit",
        "LimitExceeded.DeliveryFrequencyLimit",
        "FailedOperation.MarketingSendTimeConstraint",
        "FailedOperation.InsufficientBalanceInSmsPackage",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
    )
} | {
    code: _of_request(code)
    for code in (
        "UnsupportedOperation.UnsupportedTemplateVariable",
        "UnauthorizedOperation.RequestIpNotInWhitelist",
        "AuthFailure.SignatureExpire",
        "RequestLimitExceeded",
        "InternalError.Timeout",
    )
}
"""Documented refusals, by code; none of them takes the message."""
