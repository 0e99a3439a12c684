"""A strict stand-in for Aliyun's SMS: ACS3 signatures, templates, 50 a day, receipts.

It refuses as help.aliyun.com says (documents 2593177, 101346, 419277); each limit that a client
exceeded stands in `violations`.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from channels.inbound import Inbound
from channels.signatures import acs3, canonical_request, query_string, sha256
from tests.emulators.http import Act, Asked, HttpFault, Said
from tests.emulators.limits import Sliding
from tests.emulators.texts import Sms, Template, has_link
from tests.emulators.vendor import VendorEmulator

KEY_ID, KEY_SECRET = "key-id-of-a-test", "key-secret-of-a-test"
SIGNATURE = "演示县民政局"
TOKEN = "token-of-many-tests"
TEMPLATES = {
    "SMS_100": Template("您有${total}户本周需联系走访：${list}。"),
    "SMS_101": Template("您有待办提醒，请登录系统查看。"),
    "SMS_102": Template("尚未通过的模板。", approved=False),
}
_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]*),SignedHeaders=([^,]*),Signature=([0-9a-f]{64})"
)
_BEIJING = timezone(timedelta(hours=8))
_NUMBER = re.compile(r"(?:\+?86|0086)?(1\d{10})")


class AliyunEmulator(VendorEmulator):
    """The account; `hides`: as if it had not got round to showing what it took."""

    ARRIVED = "DELIVERED"

    def __init__(self, clock: Callable[[], datetime], *, seed: int = 0) -> None:
        super().__init__(clock, seed=seed)
        self.hides = False
        self._nonces: set[str] = set()
        self._a_day = Sliding(50, timedelta(hours=24))

    def answer(self, asked: Asked) -> Said:
        """Prove who asks, then do it."""
        if (wrong := self._unproven(asked)) is not None:
            return wrong
        parameters = asked.query
        action = asked.headers.get("x-acs-action")
        if action == "SendSms":
            return self._send(parameters)
        if action == "QuerySendDetails":
            return self._details(parameters)
        return _says("InvalidAction.NotFound", status=404)

    def push(self) -> Inbound:
        """Make the request that hands in all receipts there are."""
        return pushed(
            [
                {
                    "phone_number": sms.number,
                    "send_time": _stamp(sms.at),
                    "report_time": _stamp(sms.said_at),
                    "success": sms.arrived,
                    "err_code": sms.reason,
                    "err_msg": "用户接收成功" if sms.arrived else "失败",
                    "sms_size": "1",
                    "biz_id": sms.reference,
                    "out_id": sms.out_id,
                }
                for sms in self.sent
                if sms.arrived is not None
            ]
        )

    def _unproven(self, asked: Asked) -> Said | None:
        headers, now = asked.headers, self._clock()
        given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if given is None:
            return _says("IncompleteSignature", status=400)
        if given[1] != KEY_ID:
            return _says("InvalidAccessKeyId.NotFound", status=404)
        signed = {name: headers.get(name, "") for name in given[2].split(";")}
        must = {"host", "x-acs-content-sha256"} | {
            it for it in headers if it == "content-type" or it.startswith("x-acs-")
        }
        if not must <= signed.keys() or signed["x-acs-content-sha256"] != sha256(asked.body):
            return _says("IncompleteSignature", status=400)
        if acs3(KEY_SECRET, query_string(asked.query), signed) != given[3]:
            return _mismatch(asked, signed)
        stamp = datetime.strptime(signed["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(now - stamp) > timedelta(minutes=15):
            return _says("InvalidTimeStamp.Expired", status=400)
        if signed["x-acs-signature-nonce"] in self._nonces:
            return _says("SignatureNonceUsed", status=400)
        self._nonces.add(signed["x-acs-signature-nonce"])
        return None if signed["x-acs-version"] == "2017-05-25" else _says("InvalidVersion")

    def _send(self, parameters: Mapping[str, str]) -> Said:
        number = _NUMBER.fullmatch(parameters.get("PhoneNumbers", ""))
        if number is None:
            return _says("isv.MOBILE_NUMBER_ILLEGAL")
        if parameters.get("SignName") != SIGNATURE:
            return _says("isv.SMS_SIGNATURE_ILLEGAL")
        template = TEMPLATES.get(code := parameters.get("TemplateCode", ""))
        if template is None or not template.approved:
            return _says("isv.SMS_TEMPLATE_ILLEGAL")
        if len(parameters.get("OutId", "")) >= 256:
            return _says("isv.INVALID_PARAMETERS")
        values = json.loads(parameters.get("TemplateParam", "{}"))
        if (wrong := _wrong_values(template, values)) is not None:
            return _says(wrong)
        now = self._clock()
        if not self._a_day.take(now, f"{code} {number[1]}"):
            self.violations.append("a day")
            return _says("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:50")
        sms = Sms(
            number[1],
            parameters.get("OutId", ""),
            f"{900619746936498440 + len(self.sent)}^0",
            code,
            f"【{SIGNATURE}】{template.filled(values)}",
            now,
        )
        self.sent.append(sms)
        return _says("OK", BizId=sms.reference)

    def _details(self, parameters: Mapping[str, str]) -> Said:
        found = [
            sms
            for sms in self.sent
            if sms.number == parameters["PhoneNumber"]
            and f"{sms.at.astimezone(_BEIJING):%Y%m%d}" == parameters["SendDate"]
            and parameters.get("BizId", sms.reference) == sms.reference
            and not self.hides
        ]
        size, page = int(parameters["PageSize"]), int(parameters["CurrentPage"])
        if not 1 <= size <= 50:
            return _says("isv.INVALID_PARAMETERS")
        shown = found[(page - 1) * size : page * size]
        listed = {"SmsSendDetailDTO": [_detail(sms) for sms in shown]}
        return _says("OK", SmsSendDetailDTOs=listed, TotalCount=str(len(found)))


REFUSALS = {
    code: HttpFault(Act.ANSWER, status, json.dumps({"Code": code, "Message": words}).encode())
    for code, status, words in (
        ("isv.BUSINESS_LIMIT_CONTROL", 200, "触发小时级流控Permits:5"),
        ("isv.DAY_LIMIT_CONTROL", 200, "触发日发送限额"),
        ("isv.MONTH_LIMIT_CONTROL", 200, "触发月发送限额"),
        ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", 200, "签名和模板类型不一致"),
        ("isv.EXTEND_CODE_ERROR", 200, "扩展码使用错误"),
        ("isv.SIGN_STATE_ILLEGAL", 200, "签名状态为不可用"),
        ("isv.DENY_IP_RANGE", 200, "IP地址所在的地区被禁用"),
        ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", 200, "不支持发送境内号码"),
        ("isv.INVALID_PARAMETERS", 200, "参数格式不正确"),
        ("isv.AMOUNT_NOT_ENOUGH", 200, "账户余额不足"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", 200, "黑名单管控"),
        ("isp.SYSTEM_ERROR", 200, "系统错误"),
        ("Throttling.User", 400, "Request was denied due to user flow control."),
        ("ServiceUnavailable", 503, "temporary failure of the server"),
    )
}
"""Documented refusals, by code; none of them takes the message."""


def pushed(items: object, token: str = TOKEN) -> Inbound:
    """Make the request by which Aliyun pushes anything."""
    return Inbound("POST", {}, {"token": token}, json.dumps(items).encode())


def _wrong_values(template: Template, values: Mapping[str, object]) -> str | None:
    if set(values) < set(template.variables):
        return "isv.TEMPLATE_MISSING_PARAMETERS"
    for value in values.values():
        if not isinstance(value, str) or not 1 <= len(value) <= 35:
            return "isv.PARAM_LENGTH_LIMIT"
        if has_link(value):
            return "isv.PARAM_NOT_SUPPORT_URL"
        if "【" in value or "】" in value:
            return "isv.TEMPLATE_PARAMS_ILLEGAL"
    return None


def _detail(sms: Sms) -> dict[str, object]:
    status = 1 if sms.arrived is None else 3 if sms.arrived else 2
    detail = {
        "PhoneNum": sms.number,
        "SendStatus": status,
        "TemplateCode": sms.code,
        "Content": sms.text,
        "SendDate": _stamp(sms.at),
        "OutId": sms.out_id,
    }
    settled = {"ErrCode": sms.reason, "ReceiveDate": _stamp(sms.said_at)}
    return detail | (settled if sms.arrived is not None else {})


def _stamp(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"


def _mismatch(asked: Asked, signed: Mapping[str, str]) -> Said:
    """Say what it would have signed, as Aliyun does: number and text included."""
    canonical = canonical_request(query_string(asked.query), signed, sha256(asked.body))
    return _says("SignatureDoesNotMatch", f"server string to sign: {canonical}", status=400)


def _says(code: str, words: str = "", *, status: int = 200, **more: object) -> Said:
    said = {"Code": code, "Message": words or code, "RequestId": "00000000-0000", **more}
    return Said(json.dumps(said, ensure_ascii=False).encode(), status)
