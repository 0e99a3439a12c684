"""SMS through Tencent Cloud: the UTC date, the number's own code, receipts by serial number."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.inbound import Asked, Report
from channels.protocol import ChannelError, FailureReason, Receipt, Refused, Unknown
from channels.tencent_sms import TencentSmsChannel
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import MESSAGE, TENCENT, outcome_of, tencent_settings
from tests.emulators.http import Act, HttpFault
from tests.emulators.tencent import TencentEmulator


@given(st.integers(0, 8 * 3600 - 1))
@settings(max_examples=12)
def test_before_eight_in_beijing_it_is_taken_too(seconds: int) -> None:
    """The strict stand-in wants the UTC date, which is yesterday's then."""
    midnight = datetime(2027, 5, 31, 16, tzinfo=UTC)
    clock = Ticking(start=midnight + timedelta(seconds=seconds))
    assert isinstance(TENCENT.sent(MESSAGE, clock=clock), Receipt)


@pytest.mark.parametrize(
    ("step", "count", "wait"),
    [
        (timedelta(seconds=2), 1, timedelta(seconds=30)),
        (timedelta(minutes=5), 5, timedelta(minutes=15)),
    ],
)
def test_a_numbers_limits_wait(step: timedelta, count: int, wait: timedelta) -> None:
    """Delivery keeps them by itself, so that the vendor never has to refuse."""
    clock = Ticking()

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> Receipt | ChannelError:
        for number in range(count):
            await channel.send(dataclasses.replace(MESSAGE, out_id=f"n-{number}"))
            clock.now += step
        return await outcome_of(channel, MESSAGE)

    outcome = TENCENT.tried(trial, clock=clock)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.retry_after) == (FailureReason.RATE_LIMITED, wait)
    usual = [str(rate) for rate in tencent_settings().limits_per_person()]
    assert usual == ["1 per 30 seconds", "5 per hour", "10 per day"]


def test_after_a_lost_answer_only_a_receipt_settles_it() -> None:
    """What no carrier has reported yet may still be on its way."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        server.fail(HttpFault(Act.LOSE))
        assert isinstance(await outcome_of(channel, MESSAGE), Unknown)
        with pytest.raises(Unknown):
            await channel.find(MESSAGE, since=NOW)
        server.settle()
        assert await channel.find(MESSAGE, since=NOW) == Receipt(server.sent[0].reference)

    TENCENT.tried(trial)


def test_receipts_are_polled_by_the_vendors_number() -> None:
    """Where an account is not told ours."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        asked = [Asked("n-1", receipt.reference, MESSAGE.address, NOW)]
        server.settle()
        assert (await channel.poll(asked, now=NOW)).reports == (
            Report(True, receipt.reference, "n-1", "DELIVRD", NOW),
        )

    TENCENT.tried(trial, far={"remembers": False})


def test_pushed_receipts_are_heard() -> None:
    """They name the vendor's number; the answer is what Tencent wants."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        server.settle(arrived=False, reason="MK:0001")
        heard = channel.hear(server.push(), now=NOW)
        assert heard.reports == (Report(False, receipt.reference, reason="MK:0001", at=NOW),)
        assert heard.reply.body == b'{"result":0,"errmsg":"OK"}'

    TENCENT.tried(trial)
