"""Signatures: what vendors publish is reproduced to the letter."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.signatures import (
    acs3,
    canonical_request,
    dingtalk,
    feishu,
    is_standard_webhook,
    query_string,
    sha256,
    standard_webhook,
    tc3,
    tc3_scope,
)

_FOLDER = Path(__file__).parent / "signatures"
BEIJING = ZoneInfo("Asia/Shanghai")


def _vectors(name: str, key: str = "vectors") -> list[dict[str, Any]]:
    found = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))[key]
    assert isinstance(found, list)
    return found


def _name(vector: dict[str, Any]) -> str:
    return str(vector.get("name", "vector"))


def _tc3_headers(vector: dict[str, Any]) -> dict[str, str]:
    """Take the headers that a vector signs, as they were sent."""
    sent = {
        "content-type": "application/json; charset=utf-8",
        "host": vector["host"],
        "x-tc-action": "SendSms" if vector["service"] == "sms" else "DescribeInstances",
    }
    return {name: sent[name] for name in vector["signed_headers"].split(";")}


@pytest.mark.parametrize("vector", _vectors("acs3_hmac_sha256"), ids=_name)
def test_aliyun_requests_are_signed_as_published(vector: dict[str, Any]) -> None:
    """The query, the canonical request with its hash, the signature."""
    query, expected = query_string(vector["query"]), vector["expect"]
    canonical = canonical_request(query, vector["headers"], sha256(vector["body"].encode()))
    assert query == expected["canonical_query"]
    assert canonical == expected["canonical_request"]
    assert sha256(canonical.encode()) == expected["canonical_request_sha256"]
    assert acs3(vector["access_key_secret"], query, vector["headers"]) == expected["signature"]


@pytest.mark.parametrize("vector", _vectors("tc3_hmac_sha256"), ids=_name)
def test_tencent_requests_are_signed_as_published(vector: dict[str, Any]) -> None:
    """Whatever the headers signed, and with the date in UTC."""
    at, body = datetime.fromtimestamp(vector["timestamp"], BEIJING), vector["payload"].encode()
    headers, expected = _tc3_headers(vector), vector["expect"]
    lower = {name: value.lower() for name, value in headers.items()}
    assert canonical_request("", lower, sha256(body)) == expected["canonical_request"]
    assert (
        tc3_scope(vector["service"], at) == f"{vector['date_utc']}/{vector['service']}/tc3_request"
    )
    signature = tc3(vector["secret_key"], vector["service"], headers, body, at)
    assert signature == expected["signature"]


@given(st.integers(1_577_808_000, 2_208_960_000))
def test_before_eight_in_beijing_the_credential_is_of_yesterday(seconds: int) -> None:
    """Midnight in UTC is eight in the morning there."""
    at = datetime.fromtimestamp(seconds, BEIJING)
    day = at.date() - timedelta(days=1 if at.hour < 8 else 0)
    assert tc3_scope("sms", at) == f"{day}/sms/tc3_request"
    assert tc3("key", "sms", {"host": "x"}, b"", at) == tc3(
        "key", "sms", {"host": "x"}, b"", at.astimezone(UTC)
    )


@pytest.mark.parametrize("vector", _vectors("chat_robots", "dingtalk"))
def test_dingtalk_robots_are_signed_as_published(vector: dict[str, Any]) -> None:
    """By milliseconds; percent-encoded it goes into the URL."""
    signature = dingtalk(vector["secret"], vector["timestamp_ms"])
    assert signature == vector["expect"]["base64"]
    assert quote(signature, safe="") == vector["expect"]["url_encoded"]


@pytest.mark.parametrize("vector", _vectors("chat_robots", "feishu"))
def test_feishu_robots_are_signed_as_published(vector: dict[str, Any]) -> None:
    """By seconds, with an empty text."""
    assert feishu(vector["secret"], vector["timestamp_s"]) == vector["expect"]["base64"]


@pytest.mark.parametrize("vector", _vectors("standard_webhooks"))
def test_webhooks_are_signed_as_published(vector: dict[str, Any]) -> None:
    """The reference vector; with the right headers it is believed."""
    body, seconds = vector["body"].encode(), vector["timestamp"]
    signature = standard_webhook(vector["secret"], vector["id"], seconds, body)
    assert signature == vector["signature"]
    headers = _webhook(vector["id"], str(seconds), f"v1,AAAA v1a,xx {signature}")
    now = datetime.fromtimestamp(seconds, UTC)
    assert is_standard_webhook(vector["secret"], headers, body, now=now)
    assert not is_standard_webhook(vector["secret"], headers, body + b" ", now=now)
    assert not is_standard_webhook("whsec_other", headers, body, now=now)


def _webhook(message_id: str, seconds: str, signature: str) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature,
    }


@pytest.mark.parametrize(
    ("late", "believed"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_a_webhook_counts_for_five_minutes(late: int, believed: bool) -> None:
    """An old one may be a copy that somebody kept; one ahead is not ours."""
    signature = standard_webhook("key", "a", 1_800_000_000, b"{}")
    now = datetime.fromtimestamp(1_800_000_000 + late, UTC)
    headers = _webhook("a", "1800000000", signature)
    assert is_standard_webhook("key", headers, b"{}", now=now) is believed


@given(st.dictionaries(st.sampled_from(sorted(_webhook("", "", ""))), st.text()), st.binary())
def test_made_up_headers_are_never_believed(headers: dict[str, str], body: bytes) -> None:
    """Whatever they hold, and without an error."""
    assert not is_standard_webhook("key", headers, body, now=datetime(2027, 1, 1, tzinfo=UTC))
