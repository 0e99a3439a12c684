"""What Aliyun says of messages it took: pushed (SmsReport, SmsUp) or asked for (QuerySendDetails).

Sources: help.aliyun.com, documents 101867 (SmsReport), 101847 (SmsUp), 419277 (QuerySendDetails).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from channels.inbound import Report, Uplink
from channels.vendor_sms import code_of, instant

_ID = 256
_FAILED, _ARRIVED = 2, 3


def pushed(body: bytes) -> tuple[list[Report], list[Uplink]] | None:
    """Read a push: a list of receipts or answers, of which unreadable ones are left out.

    None: it is no list, or nothing in it can be read.
    """
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(items, list):
        return None
    said = [one for item in items if (one := _one(item)) is not None]
    if items and not said:
        return None
    reports = [one for one in said if isinstance(one, Report)]
    return reports, [one for one in said if isinstance(one, Uplink)]


def details(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Answer the messages in an answer of QuerySendDetails."""
    holder = said.get("SmsSendDetailDTOs")
    found = holder.get("SmsSendDetailDTO") if isinstance(holder, dict) else None
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def reported(found: Iterable[Mapping[str, Any]], out_id: str, reference: str) -> Report | None:
    """Answer what QuerySendDetails says of one message; None: not there, or still on its way."""
    for one in found:
        if one.get("OutId") == out_id and one.get("SendStatus") in (_FAILED, _ARRIVED):
            return Report(
                one["SendStatus"] == _ARRIVED,
                reference=reference,
                out_id=out_id,
                reason=code_of(one.get("ErrCode")),
                at=instant(one.get("ReceiveDate")),
            )
    return None


def _one(item: object) -> Report | Uplink | None:
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("success"), bool):
        out_id, reference = _id(item.get("out_id")), _id(item.get("biz_id"))
        if not (out_id or reference):
            return None
        reason, at = code_of(item.get("err_code")), instant(item.get("report_time"))
        return Report(item["success"], reference, out_id, reason, at)
    sender, text = item.get("phone_number"), item.get("content")
    if isinstance(sender, str) and isinstance(text, str) and sender:
        return Uplink(sender, text, _id(item.get("sequence_id")), instant(item.get("send_time")))
    return None


def _id(said: object) -> str:
    """Read an id, which some messages hold as a number."""
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) < 10**30:
        return str(said)
    return said if isinstance(said, str) and len(said) <= _ID and said.isprintable() else ""
