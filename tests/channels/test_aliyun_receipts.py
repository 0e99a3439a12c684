"""Aliyun's receipts: what it pushes, and what nobody believes."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.aliyun_receipts import details, pushed, reported
from channels.aliyun_sms import AliyunSmsChannel
from channels.inbound import Inbound, Report, Unheard, Uplink
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import aliyun_settings
from tests.emulators.aliyun import TOKEN
from tests.emulators.aliyun import pushed as push

SAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "sms" / "webhook_samples.json").read_text("utf-8")
)
CHANNEL = AliyunSmsChannel(aliyun_settings(), Ticking().tools())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["phone_number", "success", "err_code", "out_id", "biz_id", "report_time", "content"]
)


def test_the_published_sample_is_read() -> None:
    """Times are Beijing's."""
    heard = CHANNEL.hear(push(SAMPLES["aliyun_sms_report_request"]), now=NOW)
    at = datetime(2016, 12, 31, 16, tzinfo=UTC)
    assert heard.reports == (Report(True, "12345", "67890", "DELIVERED", at),)
    assert json.loads(heard.reply.body) == SAMPLES["aliyun_sms_report_reply"]


def test_answers_of_people_are_read() -> None:
    """SmsUp, whose sequence is a number in older pushes."""
    item = {
        "phone_number": "15400000001",
        "send_time": "2027-06-01 16:00:00",
        "content": "1",
        "sign_name": "演示县民政局",
        "dest_code": "1234",
        "sequence_id": 1234567890,
    }
    heard = CHANNEL.hear(push([item]), now=NOW)
    assert heard.uplinks == (Uplink("15400000001", "1", "1234567890", NOW),)


def test_one_bad_item_costs_no_other() -> None:
    """It would only be sent again."""
    good = {"success": False, "out_id": "n-1", "err_code": "MK:0001"}
    said = pushed(json.dumps([None, {"success": "yes", "out_id": "x"}, good]).encode())
    assert said == ([Report(False, "", "n-1", "MK:0001")], [])


@pytest.mark.parametrize("token", ["", "wrong", "\ud800"])
def test_without_our_token_nothing_is_read(token: str) -> None:
    """Aliyun signs nothing, so the address holds a secret."""
    with pytest.raises(Unheard) as unheard:
        CHANNEL.hear(push(SAMPLES["aliyun_sms_report_request"], token), now=NOW)
    assert (unheard.value.why, unheard.value.reply.status) == ("not proven", 403)


def test_without_a_token_of_its_own_a_channel_believes_nobody() -> None:
    """Not even who names none either."""
    channel = AliyunSmsChannel(aliyun_settings(receipt_token=None), Ticking().tools())
    with pytest.raises(Unheard):
        channel.hear(push([], ""), now=NOW)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1, null]", b"[" * 100_000, b'[{"success": true}]'])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    """So that it is sent again, to whoever can."""
    with pytest.raises(Unheard) as unheard:
        CHANNEL.hear(Inbound("POST", {}, {"token": TOKEN}, body), now=NOW)
    assert unheard.value.reply.status == 400


@given(
    st.binary() | st.lists(st.dictionaries(FIELDS, JSON)).map(lambda it: json.dumps(it).encode())
)
def test_nothing_breaks_the_reader(body: bytes) -> None:
    """What it reads holds codes and ids only."""
    with suppress(Unheard):
        heard = CHANNEL.hear(Inbound("POST", {}, {"token": TOKEN}, body), now=NOW)
        assert all(report.reason.isascii() for report in heard.reports)


@given(st.dictionaries(st.just("SmsSendDetailDTOs"), JSON) | JSON)
def test_nothing_breaks_the_reader_of_details(said: object) -> None:
    """Whatever the vendor answers."""
    assert reported(details(said if isinstance(said, dict) else {}), "n-1", "") is None
