"""SMS through Tencent Cloud: the UTC date, the number's own code, receipts by serial number."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from channels.tencent_sms import TencentSmsChannel
from config.channels.tencent import TencentSmsSettings
from tests.channels.clocks import NOW, Ticking
from tests.emulators.http import Act, HttpFault
from tests.emulators.tencent import (
    APP_ID,
    SECRET_ID,
    SECRET_KEY,
    SIGNATURE,
    TOKEN,
    TencentEmulator,
)

T = TypeVar("T")
Trial = Callable[[TencentSmsChannel, TencentEmulator], Awaitable[T]]
TEMPLATES = {
    "director": {
        "code": "100",
        "text": "您有${total}户本周需联系走访：${list}。",
        "status": "approved",
    },
    "default": {"code": "101", "text": "您有待办提醒，请登录系统查看。", "status": "approved"},
    "operator": {"code": "102", "text": "尚未通过的模板。", "status": "approved"},
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


def written(url: str = "http://127.0.0.1:9", **given: object) -> TencentSmsSettings:
    """Make settings of the emulator's application."""
    return TencentSmsSettings.model_validate(
        {
            "type": "tencent-sms",
            "secret_id": SECRET_ID,
            "secret_key": SECRET_KEY,
            "sdk_app_id": APP_ID,
            "signature": SIGNATURE,
            "templates": TEMPLATES,
            "endpoint": url,
            "receipt_token": TOKEN,
            "timeout": timedelta(seconds=10),
            **given,
        }
    )


def tried(
    trial: Trial[T], *, clock: Ticking | None = None, remembers: bool = True, **given: object
) -> T:
    """Run a trial with a channel and its far side."""
    at = clock or Ticking()

    async def run() -> T:
        async with TencentEmulator(at, remembers=remembers) as server:
            channel = TencentSmsChannel(written(server.url, **given), at.tools())
            try:
                return await trial(channel, server)
            finally:
                await channel.close()

    return asyncio.run(run())


async def outcome_of(channel: TencentSmsChannel, message: Message) -> Receipt | ChannelError:
    """Send, and answer what came of it."""
    try:
        return await channel.send(message)
    except ChannelError as error:
        return error


def sent(message: Message, *, clock: Ticking | None = None, **given: object) -> object:
    """Send one to the emulator; answer what came of it."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> object:
        return await outcome_of(channel, message)

    return tried(trial, clock=clock, remembers=True, **given)


def test_a_strict_application_takes_it() -> None:
    """Under the approved text, to an E.164 number, with our out-id."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        (sms,) = server.sent
        assert (sms.number, sms.out_id, receipt.reference) == ("15400000001", "n-1", sms.reference)
        assert sms.text == "【演示县民政局】您有3户本周需联系走访：03、05联系，08走访。"
        assert server.violations == []

    tried(trial)


@given(st.integers(0, 8 * 3600 - 1))
@settings(max_examples=12)
def test_before_eight_in_beijing_it_is_taken_too(seconds: int) -> None:
    """The strict stand-in wants the UTC date, which is yesterday's then."""
    midnight = datetime(2027, 5, 31, 16, tzinfo=UTC)
    clock = Ticking(start=midnight + timedelta(seconds=seconds))
    assert isinstance(sent(MESSAGE, clock=clock), Receipt)


def test_a_text_without_variables_is_possible() -> None:
    """Some accounts get no other approved."""
    assert isinstance(sent(dataclasses.replace(MESSAGE, template="default", variables=())), Receipt)


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({"address": "110"}, FailureReason.ADDRESS_REFUSED, "no mobile number"),
        ({"template": "county"}, FailureReason.CONTENT_REFUSED, "no approved template"),
        (
            {"template": "operator", "variables": ()},
            FailureReason.CONTENT_REFUSED,
            "FailedOperation.TemplateIncorrectOrUnapproved",
        ),
        (
            {"variables": (("total", "x" * 36), ("list", "a"))},
            FailureReason.CONTENT_REFUSED,
            "InvalidParameterValue.TemplateParameterLengthLimit",
        ),
        (
            {"variables": (("total", "3"), ("list", "www.x.invalid"))},
            FailureReason.CONTENT_REFUSED,
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        ),
    ],
)
def test_what_can_never_be_sent_is_refused_for_good(
    change: dict[str, str], reason: FailureReason, detail: str
) -> None:
    """In an answer that says 200: the number's own code decides."""
    outcome = sent(dataclasses.replace(MESSAGE, **change))  # type: ignore[arg-type]  # any field
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail, outcome.permanent) == (reason, detail, True)


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        ({"secret_id": "x"}, FailureReason.AUTHENTICATION, "AuthFailure.SecretIdNotFound"),
        ({"secret_key": "x"}, FailureReason.AUTHENTICATION, "AuthFailure.SignatureFailure"),
        (
            {"signature": "别的单位"},
            FailureReason.SENDER_REFUSED,
            "FailedOperation.SignatureIncorrectOrUnapproved",
        ),
        (
            {"sdk_app_id": "1400000001"},
            FailureReason.SENDER_REFUSED,
            "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
        ),
    ],
)
def test_what_concerns_the_account_holds_the_channel(
    given: dict[str, str], reason: FailureReason, detail: str
) -> None:
    """Nothing else would be taken either."""
    outcome = sent(MESSAGE, clock=None, **given)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail, outcome.account_wide) == (reason, detail, True)


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

    outcome = tried(trial, clock=clock)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.retry_after) == (FailureReason.RATE_LIMITED, wait)
    usual = [str(rate) for rate in written().limits_per_person()]
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

    tried(trial)


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize(("arrived", "reason"), [(True, "DELIVRD"), (False, "MK:0001")])
def test_receipts_are_polled(arrived: bool, reason: str, remembers: bool) -> None:
    """By our out-id, or by the vendor's number where an account is not told ours."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        asked = [Asked("n-1", receipt.reference, MESSAGE.address, NOW)]
        assert (await channel.poll(asked, now=NOW)).reports == ()
        server.settle(arrived=arrived, reason=reason)
        assert (await channel.poll(asked, now=NOW)).reports == (
            Report(arrived, receipt.reference, "n-1", reason, NOW),
        )

    tried(trial, remembers=remembers)


def test_pushed_receipts_are_heard() -> None:
    """They name the vendor's number; the answer is what Tencent wants."""

    async def trial(channel: TencentSmsChannel, server: TencentEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        server.settle(arrived=False, reason="MK:0001")
        heard = channel.hear(server.push(), now=NOW)
        assert heard.reports == (Report(False, receipt.reference, reason="MK:0001", at=NOW),)
        assert heard.reply.body == b'{"result":0,"errmsg":"OK"}'

    tried(trial)


def test_what_it_can_do_is_declared() -> None:
    """Found by delivery through the protocols."""
    channel = TencentSmsChannel(written(), Ticking().tools())
    assert isinstance(channel, Asks)
    assert isinstance(channel, Hears)
    assert isinstance(channel, Polls)
    assert channel.load(dataclasses.replace(MESSAGE, text="访" * 63)) == Load(parts=2)


def test_nothing_shows_in_what_is_printed() -> None:
    """Neither keys nor token."""
    channel = TencentSmsChannel(written(), Ticking().tools())
    shown = repr(channel) + repr(written())
    assert not [one for one in (SECRET_ID, SECRET_KEY, TOKEN) if one in shown]
