"""Tencent Cloud's receipts: what it pushes, and what nobody believes."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.inbound import Inbound, Report, Unheard, Uplink
from channels.tencent_receipts import pulled
from channels.tencent_sms import TencentSmsChannel
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import tencent_settings
from tests.emulators.tencent import TOKEN
from tests.emulators.tencent import pushed as push

SAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "sms" / "webhook_samples.json").read_text("utf-8")
)
CHANNEL = TencentSmsChannel(tencent_settings(), Ticking().tools())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
PUSHED = ["user_receive_time", "mobile", "report_status", "errmsg", "sid", "text", "time"]
PULLED = ["SerialNo", "ReportStatus", "SessionContext", "Description", "UserReceiveTime"]


def test_the_published_sample_is_read() -> None:
    """Times are Beijing's."""
    heard = CHANNEL.hear(push(SAMPLES["tencent_status_request"]), now=NOW)
    at = datetime(2015, 10, 17, 0, 3, 4, tzinfo=UTC)
    assert heard.reports == (Report(True, "xxxxxxx", reason="DELIVRD", at=at),)
    assert json.loads(heard.reply.body) == SAMPLES["tencent_status_reply"]


def test_an_answer_of_a_person_is_read() -> None:
    """One object, with the seconds since 1970."""
    said = {
        "extend": "",
        "mobile": "15400000001",
        "nationcode": "86",
        "sign": "演示县民政局",
        "text": "1",
        "time": int(NOW.timestamp()),
    }
    heard = CHANNEL.hear(push(said), now=NOW)
    assert heard.uplinks == (Uplink("15400000001", "1", at=NOW),)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_our_token_nothing_is_read(token: str) -> None:
    """Tencent signs no push either."""
    with pytest.raises(Unheard) as unheard:
        CHANNEL.hear(push(SAMPLES["tencent_status_request"], token), now=NOW)
    assert (unheard.value.why, unheard.value.reply.status) == ("not proven", 403)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1, null]", b"[" * 100_000, b'[{"sid": "x"}]'])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    """So that it is sent again, to whoever can."""
    with pytest.raises(Unheard) as unheard:
        CHANNEL.hear(Inbound("POST", {}, {"token": TOKEN}, body), now=NOW)
    assert unheard.value.reply.status == 400


@given(
    st.binary()
    | st.lists(st.dictionaries(st.sampled_from(PUSHED), JSON)).map(
        lambda it: json.dumps(it).encode()
    )
)
def test_nothing_breaks_the_reader(body: bytes) -> None:
    """What it reads holds codes and ids only."""
    with suppress(Unheard):
        heard = CHANNEL.hear(Inbound("POST", {}, {"token": TOKEN}, body), now=NOW)
        assert all(report.reason.isascii() for report in heard.reports)


@given(st.lists(st.dictionaries(st.sampled_from(PULLED), JSON), max_size=3) | JSON)
def test_nothing_breaks_the_reader_of_what_was_asked_for(found: object) -> None:
    """Whatever the vendor answers."""
    for report in pulled({"PullSmsSendStatusSet": found}):
        assert report.reference.isascii()
