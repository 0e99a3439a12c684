"""SMS through Aliyun: signed, by approved text, asked for before anything is sent twice."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from channels.aliyun_sms import AliyunSmsChannel
from channels.inbound import Asked, Hears, Polls, Report
from channels.protocol import (
    Asks,
    ChannelError,
    FailureReason,
    Load,
    Message,
    Receipt,
    Refused,
    Unknown,
)
from config.channels.aliyun import AliyunSmsSettings
from tests.channels.clocks import NOW, Ticking
from tests.emulators.aliyun import KEY_ID, KEY_SECRET, SIGNATURE, TOKEN, AliyunEmulator
from tests.emulators.http import Act, HttpFault

T = TypeVar("T")
Trial = Callable[[AliyunSmsChannel, AliyunEmulator], Awaitable[T]]
TEMPLATES = {
    "director": {
        "code": "SMS_100",
        "text": "您有${total}户本周需联系走访：${list}。",
        "status": "approved",
    },
    "default": {"code": "SMS_101", "text": "您有待办提醒，请登录系统查看。", "status": "approved"},
    "operator": {"code": "SMS_102", "text": "尚未通过的模板。", "status": "pending"},
}
MESSAGE = Message(
    "n-1",
    "15400000001",
    "",
    "您有3户本周需联系走访：03、05联系。",
    NOW,
    template="director",
    variables=(("total", "3"), ("list", "03、05联系，08走访")),
)


def settings(url: str = "http://127.0.0.1:9", **given: object) -> AliyunSmsSettings:
    """Make settings of the emulator's account."""
    return AliyunSmsSettings.model_validate(
        {
            "type": "aliyun-sms",
            "access_key_id": KEY_ID,
            "access_key_secret": KEY_SECRET,
            "signature": SIGNATURE,
            "templates": TEMPLATES,
            "endpoint": url,
            "receipt_token": TOKEN,
            "timeout": timedelta(seconds=10),
            **given,
        }
    )


def tried(trial: Trial[T], *, clock: Ticking | None = None, **given: object) -> T:
    """Run a trial with a channel and its far side."""
    at = clock or Ticking()

    async def run() -> T:
        async with AliyunEmulator(at) as server:
            channel = AliyunSmsChannel(settings(server.url, **given), at.tools())
            try:
                return await trial(channel, server)
            finally:
                await channel.close()

    return asyncio.run(run())


async def outcome_of(channel: AliyunSmsChannel, message: Message) -> Receipt | ChannelError:
    """Send, and answer what came of it."""
    try:
        return await channel.send(message)
    except ChannelError as error:
        return error


def sent(message: Message = MESSAGE, **given: object) -> Receipt | ChannelError:
    """Send one to the emulator."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> Receipt | ChannelError:
        outcome = await outcome_of(channel, message)
        assert server.violations == []
        return outcome

    return tried(trial, clock=None, **given)


def test_a_strict_account_takes_it() -> None:
    """Under the approved text, with our out-id; the receipt names its own."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        (sms,) = server.sent
        assert (sms.number, sms.out_id, receipt.reference) == ("15400000001", "n-1", sms.reference)
        assert sms.text == "【演示县民政局】您有3户本周需联系走访：03、05联系，08走访。"

    tried(trial)


@pytest.mark.parametrize("written", ["+8615400000001", "8615400000001", "154 0000-0001"])
def test_numbers_may_be_written_as_people_write_them(written: str) -> None:
    """They go out as eleven digits."""
    assert isinstance(sent(dataclasses.replace(MESSAGE, address=written)), Receipt)


def test_a_text_without_variables_is_possible() -> None:
    """Where a vendor approves no other."""
    plain = dataclasses.replace(MESSAGE, template="default", variables=())
    assert isinstance(sent(plain), Receipt)


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({"address": "0310-1234567"}, FailureReason.ADDRESS_REFUSED, "no mobile number"),
        ({"template": ""}, FailureReason.CONTENT_REFUSED, "no approved template"),
        ({"template": "operator"}, FailureReason.CONTENT_REFUSED, "no approved template"),
        ({"variables": ()}, FailureReason.CONTENT_REFUSED, "other variables"),
        (
            {"variables": (("list", "a"), ("total", "b"))},
            FailureReason.CONTENT_REFUSED,
            "other variables",
        ),
        (
            {"variables": (("total", "x" * 36), ("list", "a"))},
            FailureReason.CONTENT_REFUSED,
            "isv.PARAM_LENGTH_LIMIT",
        ),
        (
            {"variables": (("total", "3"), ("list", "http://x.invalid"))},
            FailureReason.CONTENT_REFUSED,
            "isv.PARAM_NOT_SUPPORT_URL",
        ),
    ],
)
def test_what_can_never_be_sent_is_refused_for_good(
    change: dict[str, str], reason: FailureReason, detail: str
) -> None:
    """Most of it before the vendor hears of it."""
    outcome = sent(dataclasses.replace(MESSAGE, **change))  # type: ignore[arg-type]  # any field
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail, outcome.permanent) == (reason, detail, True)


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        ({"access_key_id": "x"}, FailureReason.AUTHENTICATION, "InvalidAccessKeyId.NotFound"),
        ({"access_key_secret": "x"}, FailureReason.AUTHENTICATION, "SignatureDoesNotMatch"),
        ({"signature": "别的单位"}, FailureReason.SENDER_REFUSED, "isv.SMS_SIGNATURE_ILLEGAL"),
    ],
)
def test_what_concerns_the_account_holds_the_channel(
    given: dict[str, str], reason: FailureReason, detail: str
) -> None:
    """And the vendor's words, which repeat number and text, stay behind."""
    outcome = sent(MESSAGE, **given)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail, outcome.account_wide) == (reason, detail, True)
    assert "154" not in str(outcome)


def test_a_clock_that_is_off_holds_the_channel() -> None:
    """Requests count for a quarter of an hour."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> Receipt | ChannelError:
        late = Ticking(start=NOW + timedelta(minutes=16)).tools()
        other = AliyunSmsChannel(settings(server.url), late)
        outcome = await outcome_of(other, MESSAGE)
        await other.close()
        return outcome

    outcome = tried(trial)
    assert isinstance(outcome, Refused)
    assert (outcome.detail, outcome.account_wide) == ("InvalidTimeStamp.Expired", True)


def test_the_vendors_limit_for_a_number_waits_and_is_known_before() -> None:
    """Delivery keeps it by itself: the usual rate is the vendor's."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> Receipt | ChannelError:
        for number in range(50):
            await channel.send(dataclasses.replace(MESSAGE, out_id=f"n-{number}"))
        assert server.violations == []
        return await outcome_of(channel, dataclasses.replace(MESSAGE, out_id="n-50"))

    outcome = tried(trial)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.permanent) == (FailureReason.RATE_LIMITED, False)
    assert outcome.retry_after == timedelta(hours=2)
    assert [str(rate) for rate in settings().limits_per_person()] == ["50 per day"]


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

    tried(trial, clock=clock)


def test_too_early_to_tell_is_unknown() -> None:
    """The vendor may not show yet what it took."""
    clock = Ticking()

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        await channel.send(MESSAGE)
        server.hides = True
        clock.now = NOW + timedelta(minutes=4, seconds=59)
        with pytest.raises(Unknown):
            await channel.find(MESSAGE, since=NOW)

    tried(trial, clock=clock)


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

    tried(trial, clock=clock)


@pytest.mark.parametrize(("arrived", "reason"), [(True, "DELIVERED"), (False, "MK:0001")])
def test_receipts_are_polled(arrived: bool, reason: str) -> None:
    """What is still on its way is no report."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        asked = [Asked("n-1", receipt.reference, MESSAGE.address, NOW)]
        assert (await channel.poll(asked, now=NOW)).reports == ()
        server.settle(arrived=arrived, reason=reason)
        assert (await channel.poll(asked, now=NOW)).reports == (
            Report(arrived, receipt.reference, "n-1", reason, NOW),
        )

    tried(trial)


def test_a_poll_that_learns_nothing_says_so() -> None:
    """Delivery asks again later."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        server.fail(HttpFault(Act.ANSWER, 503))
        with pytest.raises(Refused):
            await channel.poll([Asked("n-1", "", MESSAGE.address, NOW)], now=NOW)

    tried(trial)


def test_pushed_receipts_are_heard() -> None:
    """And answered as Aliyun wants it."""

    async def trial(channel: AliyunSmsChannel, server: AliyunEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        server.settle()
        heard = channel.hear(server.push(), now=NOW)
        assert heard.reports == (Report(True, receipt.reference, "n-1", "DELIVERED", NOW),)
        assert heard.reply.body.decode() == '{"code":0,"msg":"接收成功"}'

    tried(trial)


def test_what_it_can_do_is_declared() -> None:
    """Found by delivery through the protocols; parts are counted with the signature."""
    channel = AliyunSmsChannel(settings(), Ticking().tools())
    assert isinstance(channel, Asks)
    assert isinstance(channel, Hears)
    assert isinstance(channel, Polls)
    assert channel.load(MESSAGE) == Load()
    assert channel.load(dataclasses.replace(MESSAGE, text="访" * 63)) == Load(parts=2)


def test_nothing_shows_in_what_is_printed() -> None:
    """Neither keys nor token."""
    channel = AliyunSmsChannel(settings(), Ticking().tools())
    shown = repr(channel) + repr(settings())
    assert not [one for one in (KEY_ID, KEY_SECRET, TOKEN) if one in shown]
