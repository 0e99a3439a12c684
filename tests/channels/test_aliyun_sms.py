"""SMS through Aliyun: signed, by approved text, asked for before anything is sent twice."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from channels.aliyun_sms import AliyunSmsChannel
from channels.inbound import Report
from channels.protocol import ChannelError, FailureReason, Receipt, Refused, Unknown
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import ALIYUN, MESSAGE, aliyun_settings, outcome_of
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Act, HttpFault


def test_a_clock_that_is_off_holds_the_channel() -> None:
    """Requests count for a quarter of an hour."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> Receipt | ChannelError:
        late = Ticking(start=NOW + timedelta(minutes=16)).tools()
        other = AliyunSmsChannel(aliyun_settings(server.url), late)
        outcome = await outcome_of(other, MESSAGE)
        await other.close()
        return outcome

    outcome = ALIYUN.tried(trial)
    assert isinstance(outcome, Refused)
    assert (outcome.detail, outcome.account_wide) == ("InvalidTimeStamp.Expired", True)


def test_the_vendors_limit_for_a_number_waits_and_is_known_before() -> None:
    """Delivery keeps it by itself: the usual rate is the vendor's."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> Receipt | ChannelError:
        for number in range(50):
            await channel.send(dataclasses.replace(MESSAGE, out_id=f"n-{number}"))
        assert server.violations == []
        return await outcome_of(channel, dataclasses.replace(MESSAGE, out_id="n-50"))

    outcome = ALIYUN.tried(trial)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.permanent) == (FailureReason.RATE_LIMITED, False)
    assert outcome.retry_after == timedelta(hours=2)
    assert [str(rate) for rate in aliyun_settings().limits_per_person()] == ["50 per day"]


@pytest.mark.parametrize(("act", "taken"), [(Act.LOSE, True), (Act.DROP, False)])
def test_after_a_lost_answer_it_is_asked_first(act: Act, taken: bool) -> None:
    """By our out-id; what is not there after five minutes never came."""
    clock = Ticking()

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        server.fail(HttpFault(act))
        assert isinstance(await outcome_of(channel, MESSAGE), Unknown)
        clock.now = NOW + timedelta(minutes=5)
        found = await channel.find(MESSAGE, since=NOW)
        assert (found is not None) is taken
        assert len(server.sent) == taken

    ALIYUN.tried(trial, clock=clock)


def test_too_early_to_tell_is_unknown() -> None:
    """The vendor may not show yet what it took."""
    clock = Ticking()

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        await channel.send(MESSAGE)
        server.hides = True
        clock.now = NOW + timedelta(minutes=4, seconds=59)
        with pytest.raises(Unknown):
            await channel.find(MESSAGE, since=NOW)

    ALIYUN.tried(trial, clock=clock)


def test_it_is_found_on_the_vendors_day_across_midnight_and_pages() -> None:
    """23:59 and 00:01 in Beijing are two days; fifty messages are one page."""
    clock = Ticking(start=datetime(2027, 6, 1, 15, 59, tzinfo=UTC))

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        since = clock.now
        clock.now += timedelta(minutes=2)
        for number in range(49):
            await channel.send(dataclasses.replace(MESSAGE, out_id=f"before-{number}"))
        plain = dataclasses.replace(MESSAGE, template="default", variables=())
        for number in range(10):
            await channel.send(dataclasses.replace(plain, out_id=f"other-{number}"))
        await channel.send(MESSAGE)
        assert await channel.find(MESSAGE, since=since) == Receipt()

    ALIYUN.tried(trial, clock=clock)


def test_pushed_receipts_are_heard() -> None:
    """And answered as Aliyun wants it."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        server.settle()
        heard = channel.hear(server.push(), now=NOW)
        assert heard.reports == (Report(True, receipt.reference, "n-1", "DELIVERED", NOW),)
        assert heard.reply.body.decode() == '{"code":0,"msg":"接收成功"}'

    ALIYUN.tried(trial)
