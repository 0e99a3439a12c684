"""What Tencent Cloud says of messages it took: pushed, or asked for by number.

Sources: cloud.tencent.com/document/product/382 (callbacks of status and reply), and
PullSmsSendStatusByPhoneNumber of its API.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from channels.inbound import Report, Uplink
from channels.vendor_sms import code_of, instant

_ARRIVED = {"SUCCESS": True, "FAIL": False}
_LATEST = 4_102_444_800  # the year 2100


def pushed(body: bytes) -> tuple[list[Report], list[Uplink]] | None:
    """Read a push: a list of statuses, or one answer; unreadable ones are left out.

    None: nothing in it can be read.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    items = said if isinstance(said, list) else [said]
    read = [one for item in items if (one := _one(item)) is not None]
    if items and not read:
        return None
    reports = [one for one in read if isinstance(one, Report)]
    return reports, [one for one in read if isinstance(one, Uplink)]


def pulled(response: Mapping[str, Any]) -> Iterator[Report]:
    """Answer what became of messages to one number, as far as a carrier has said."""
    found = response.get("PullSmsSendStatusSet")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and (reference := code_of(one.get("SerialNo"))):
            yield Report(
                _arrived(one.get("ReportStatus")),
                reference,
                code_of(one.get("SessionContext")),
                code_of(one.get("Description")),
                _at(one.get("UserReceiveTime")),
            )


def _one(item: object) -> Report | Uplink | None:
    if not isinstance(item, dict):
        return None
    arrived, reference = _arrived(item.get("report_status")), code_of(item.get("sid"))
    if arrived is not None and reference:
        reason, at = code_of(item.get("errmsg")), instant(item.get("user_receive_time"))
        return Report(arrived, reference, reason=reason, at=at)
    sender, text = item.get("mobile"), item.get("text")
    if isinstance(sender, str) and isinstance(text, str) and sender:
        return Uplink(sender, text, at=_at(item.get("time")))
    return None


def _arrived(said: object) -> bool | None:
    return _ARRIVED.get(said) if isinstance(said, str) else None


def _at(seconds: object) -> datetime | None:
    if isinstance(seconds, int) and 0 < seconds < _LATEST:
        return datetime.fromtimestamp(seconds, UTC)
    return None
