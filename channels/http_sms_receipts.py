"""Reads what a gateway pushes: receipts, and what people answered. Pure."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from channels.http_sms_answers import found_in, said
from channels.inbound import Heard, Inbound, Reply, Report, Unheard, Uplink
from channels.vendor_sms import is_token
from config.channels.http_sms import HttpSmsSettings, Receipts, Uplinks

_OURS = re.compile(r"[\x21-\x7e]{1,128}")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_NOT_PROVEN = Reply(b"", "text/plain", 401)
_UNREADABLE = Reply(b"", "text/plain", 400)
_DELIVERED, _FAILED, _SMSC_REFUSED, _UNDER_WAY = 1, 2, 16, 4 | 8
"""Bits of Kannel's `%d`; an expired message has more beside `_FAILED`."""


def hear(settings: HttpSmsSettings, inbound: Inbound) -> Heard:
    """Read one request.

    Raises:
        Unheard: without the token, or unreadable.
    """
    if not is_token(inbound, settings.receipt_token):
        raise Unheard("not proven", _NOT_PROVEN)
    rules = settings.receipts
    shape = rules.shape if rules else "query"
    reply = Reply(rules.reply.encode() if rules else b"", "text/plain")
    reports, uplinks = [], []
    for item in _items(inbound, shape, rules.items if rules else None):
        report = _kannel(item) if rules is None else _report(rules, item)
        if report is not None:
            reports.append(report)
        elif uplink := _uplink(settings.uplinks or Uplinks(), item):
            uplinks.append(uplink)
    if not reports and not uplinks:
        raise Unheard("unreadable", _UNREADABLE)
    return Heard(tuple(reports), tuple(uplinks), reply)


def _items(inbound: Inbound, shape: str, path: str | None) -> list[object]:
    if shape == "query":
        return [inbound.query]
    if shape == "form":
        text = inbound.body.decode("utf-8", "replace")
        return [{**inbound.query, **dict(parse_qsl(text))}]
    try:
        document: object = json.loads(inbound.body)
    except (ValueError, RecursionError):
        return []
    found = document if path is None else found_in(document, path)
    return list(found) if isinstance(found, list) else [found]


def _kannel(item: object) -> Report | None:
    out_id, status = _word(item, "out_id"), _word(item, "status")
    if not out_id or not status.isdecimal() or len(status) > 4:
        return None
    bits = int(status)
    if bits & _DELIVERED:
        return Report(True, out_id=out_id)
    if bits & (_FAILED | _SMSC_REFUSED):
        return Report(False, out_id=out_id, reason=f"kannel-{bits}")
    return Report(None, out_id=out_id) if bits & _UNDER_WAY else None


def _report(rules: Receipts, item: object) -> Report | None:
    out_id = _word(item, rules.out_id)
    reference = _word(item, rules.reference)
    found = None if item is None else found_in(item, rules.status)
    if found is None or not (out_id or reference):
        return None
    status = said(found)
    arrived: bool | None = status in rules.delivered
    if not arrived:
        is_pending = status in rules.pending or (rules.failed and status not in rules.failed)
        arrived = None if is_pending else False
    reason = _word(item, rules.reason) or (status if arrived is False else "")
    known = reason if _CODE.fullmatch(reason) else ""
    return Report(arrived, reference=reference, out_id=out_id, reason=known)


def _uplink(rules: Uplinks, item: object) -> Uplink | None:
    if not isinstance(item, Mapping):
        return None
    sender, text = found_in(item, rules.sender), found_in(item, rules.text)
    if not isinstance(sender, str | int) or not isinstance(text, str):
        return None
    return Uplink(str(sender)[:32], text[:1000], _word(item, rules.id))


def _word(item: object, path: str | None) -> str:
    found = None if path is None else found_in(item, path)
    text = "" if found is None else said(found)
    return text if _OURS.fullmatch(text) else ""
