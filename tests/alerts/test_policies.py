"""How delivery treats each channel, from what an admin wrote beside it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.budgets import DailyParts
from alerts.policies import FREE, Policy, policies_of
from alerts.rates import Limits
from config.rates import Rate
from tests.alerts.county import written

ZONE = ZoneInfo("Asia/Shanghai")
SMS = {
    "type": "aliyun-sms",
    "access_key_id": "x",
    "access_key_secret": "x",
    "signature": "演示县民政局",
}


def _policy(**channel: Any) -> Policy:
    configuration = written(channels={"mail": {"type": "memory"}, "sms": channel})
    return policies_of(configuration, ZONE)["sms"]


def test_a_channel_without_limits_is_free() -> None:
    """It costs nothing to ask nobody."""
    assert _policy(type="memory") == FREE


def test_limits_budget_and_waiting_are_read() -> None:
    """The counter is the account's where there is one; the shortest window is the far side's pace."""
    policy = _policy(
        **SMS,
        account="县民政局",
        rates=["每秒10条", "每小时100条"],
        rates_per_person=[],
        budget={"parts": "每天2000条", "warn_at": 90},
        confirm_within="2小时",
    )
    budget = DailyParts(2000, 90, ZONE)
    rates = (Rate(10, "second"), Rate(100, "hour"))
    assert policy == Policy(Limits("account:县民政局", rates, (), budget), timedelta(hours=2))
    assert policy.window == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("written_", "counter"), [({}, "channel:sms"), ({"account": "x"}, "account:x")]
)
def test_usual_limits_hold_where_none_are_written(written_: dict[str, str], counter: str) -> None:
    """A type's own, as its vendor has them."""
    limits = _policy(**SMS, **written_).limits
    assert limits is not None
    assert limits.counter == counter
    assert limits.per_person
