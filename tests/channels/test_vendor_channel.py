"""SMS through any vendor of approved texts: what holds for each of them."""

import dataclasses

import pytest

from channels.inbound import Asked, Hears, Inbound, Polls, Report, Unheard
from channels.protocol import Asks, FailureReason, Load, Receipt, Refused
from tests.channels.clocks import NOW, Ticking
from tests.channels.vendor_trials import (
    ALIYUN,
    MESSAGE,
    NOWHERE,
    TENCENT,
    AnyVendor,
    Vendor,
    outcome_of,
)
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Act, HttpFault
from tests.emulators.tencent import TencentEmulator
from tests.emulators.vendor import VendorEmulator

Either = Vendor[AnyVendor, AliyunEmulator] | Vendor[AnyVendor, TencentEmulator]
each = pytest.mark.parametrize("vendor", [ALIYUN, TENCENT], ids=["aliyun", "tencent"])

_KEY, _SENDER = FailureReason.AUTHENTICATION, FailureReason.SENDER_REFUSED
_LONG = {"variables": (("total", "x" * 36), ("list", "a"))}
_LINKED = {"variables": (("total", "3"), ("list", "http://x.invalid"))}
_UNAPPROVED = {"template": "summary", "variables": ()}
_OTHER_SIGNATURE, _OTHER_APP = {"signature": "别的单位"}, {"sdk_app_id": "1400000001"}


@each
def test_a_strict_account_takes_it(vendor: Either) -> None:
    """Under the approved text, with our out-id; the receipt names its own."""

    async def trial(channel: AnyVendor, server: VendorEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        (sms,) = server.sent
        assert (sms.number, sms.out_id, receipt.reference) == ("15400000001", "n-1", sms.reference)
        assert sms.text == "【演示县民政局】您有3户本周需联系走访：03、05联系，08走访。"
        assert server.violations == []

    vendor.tried(trial)


@each
@pytest.mark.parametrize("written", ["+8615400000001", "8615400000001", "154 0000-0001"])
def test_numbers_may_be_written_as_people_write_them(vendor: Either, written: str) -> None:
    """They go out as eleven digits."""
    assert isinstance(vendor.sent(dataclasses.replace(MESSAGE, address=written)), Receipt)


@each
def test_a_text_without_variables_is_possible(vendor: Either) -> None:
    """Some accounts get no other approved."""
    plain = dataclasses.replace(MESSAGE, template="default", variables=())
    assert isinstance(vendor.sent(plain), Receipt)


@each
@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({"address": "0310-1234567"}, FailureReason.ADDRESS_REFUSED, "no mobile number"),
        ({"address": "110"}, FailureReason.ADDRESS_REFUSED, "no mobile number"),
        ({"template": ""}, FailureReason.CONTENT_REFUSED, "no approved template"),
        ({"template": "operator"}, FailureReason.CONTENT_REFUSED, "no approved template"),
        ({"variables": ()}, FailureReason.CONTENT_REFUSED, "other variables"),
        (
            {"variables": (("list", "a"), ("total", "b"))},
            FailureReason.CONTENT_REFUSED,
            "other variables",
        ),
    ],
)
def test_what_can_never_be_sent_is_refused_before_the_vendor_hears_of_it(
    vendor: Either, change: dict[str, str], reason: FailureReason, detail: str
) -> None:
    """For good."""

    async def trial(channel: AnyVendor, server: VendorEmulator) -> None:
        outcome = await outcome_of(channel, dataclasses.replace(MESSAGE, **change))  # type: ignore[arg-type]  # any field
        assert isinstance(outcome, Refused)
        assert (outcome.reason, outcome.detail, outcome.permanent) == (reason, detail, True)
        assert server.asked == []

    vendor.tried(trial)


@pytest.mark.parametrize(
    ("vendor", "change", "code"),
    [
        (ALIYUN, _LONG, "isv.PARAM_LENGTH_LIMIT"),
        (ALIYUN, _LINKED, "isv.PARAM_NOT_SUPPORT_URL"),
        (ALIYUN, _UNAPPROVED, "isv.SMS_TEMPLATE_ILLEGAL"),
        (TENCENT, _LONG, "InvalidParameterValue.TemplateParameterLengthLimit"),
        (TENCENT, _LINKED, "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"),
        (TENCENT, _UNAPPROVED, "FailedOperation.TemplateIncorrectOrUnapproved"),
    ],
)
def test_what_the_vendor_never_takes_is_refused_for_good(
    vendor: Either, change: dict[str, str], code: str
) -> None:
    """In an answer that says 200: its code decides."""
    outcome = vendor.sent(dataclasses.replace(MESSAGE, **change))  # type: ignore[arg-type]  # any field
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.permanent) == (FailureReason.CONTENT_REFUSED, True)
    assert outcome.detail == code


@pytest.mark.parametrize(
    ("vendor", "given", "reason", "code"),
    [
        (ALIYUN, {"access_key_id": "x"}, _KEY, "InvalidAccessKeyId.NotFound"),
        (ALIYUN, {"access_key_secret": "x"}, _KEY, "SignatureDoesNotMatch"),
        (ALIYUN, _OTHER_SIGNATURE, _SENDER, "isv.SMS_SIGNATURE_ILLEGAL"),
        (TENCENT, {"secret_id": "x"}, _KEY, "AuthFailure.SecretIdNotFound"),
        (TENCENT, {"secret_key": "x"}, _KEY, "AuthFailure.SignatureFailure"),
        (TENCENT, _OTHER_SIGNATURE, _SENDER, "FailedOperation.SignatureIncorrectOrUnapproved"),
        (TENCENT, _OTHER_APP, _SENDER, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
    ],
)
def test_what_concerns_the_account_holds_the_channel(
    vendor: Either, given: dict[str, str], reason: FailureReason, code: str
) -> None:
    """And the vendor's words, which repeat number and text, stay behind."""
    outcome = vendor.sent(given=given)
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.detail, outcome.account_wide) == (reason, code, True)
    assert "154" not in str(outcome)


@each
@pytest.mark.parametrize(("arrived", "reason"), [(True, ""), (False, "MK:0001")])
def test_receipts_are_polled(vendor: Either, arrived: bool, reason: str) -> None:
    """What is still on its way is no report."""

    async def trial(channel: AnyVendor, server: VendorEmulator) -> None:
        receipt = await channel.send(MESSAGE)
        asked = [Asked("n-1", receipt.reference, MESSAGE.address, NOW)]
        assert (await channel.poll(asked, now=NOW)).reports == ()
        server.settle(arrived=arrived, reason=reason)
        assert (await channel.poll(asked, now=NOW)).reports == (
            Report(arrived, receipt.reference, "n-1", reason or server.ARRIVED, NOW),
        )

    vendor.tried(trial)


@each
def test_a_poll_that_learns_nothing_says_so(vendor: Either) -> None:
    """Delivery asks again later."""

    async def trial(channel: AnyVendor, server: VendorEmulator) -> None:
        server.fail(HttpFault(Act.ANSWER, 503))
        with pytest.raises(Refused):
            await channel.poll([Asked("n-1", "", MESSAGE.address, NOW)], now=NOW)

    vendor.tried(trial)


@each
def test_nobody_is_asked_about_what_is_no_number(vendor: Either) -> None:
    """A message to it can never have been sent."""

    async def trial(channel: AnyVendor, server: VendorEmulator) -> None:
        assert await channel.find(dataclasses.replace(MESSAGE, address="110"), since=NOW) is None
        assert (await channel.poll([Asked("n-1", "", "110", NOW)], now=NOW)).reports == ()
        assert server.asked == []

    vendor.tried(trial)


@each
@pytest.mark.parametrize(
    ("token", "body", "status"), [("wrong", b"[]", 403), ("", b"[]", 403), (None, b"{", 400)]
)
def test_what_is_not_proven_or_unreadable_is_not_heard(
    vendor: Either, token: str | None, body: bytes, status: int
) -> None:
    """The answer says so with its status, and nothing else."""
    channel = vendor.channel(NOWHERE, Ticking().tools())
    known = vendor.secrets[-1] if token is None else token
    with pytest.raises(Unheard) as refusal:
        channel.hear(Inbound("POST", {}, {"token": known}, body), now=NOW)
    assert (refusal.value.reply.status, refusal.value.reply.body) == (status, b"")


@each
def test_what_it_can_do_is_declared(vendor: Either) -> None:
    """Found by delivery through the protocols; parts are counted with the signature."""
    channel = vendor.channel(NOWHERE, Ticking().tools())
    assert isinstance(channel, Asks)
    assert isinstance(channel, Hears)
    assert isinstance(channel, Polls)
    assert channel.load(MESSAGE) == Load()
    assert channel.load(dataclasses.replace(MESSAGE, text="访" * 63)) == Load(parts=2)


@each
def test_nothing_shows_in_what_is_printed(vendor: Either) -> None:
    """Neither keys nor token."""
    channel = vendor.channel(NOWHERE, Ticking().tools())
    shown = repr(channel) + repr(vars(channel))
    assert not [one for one in vendor.secrets if one in shown]
