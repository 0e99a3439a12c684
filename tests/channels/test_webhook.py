"""Webhooks: what a site's own system is sent, and what it may say back."""

import asyncio
import dataclasses
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.http import Answer, Request
from channels.inbound import Hears, Inbound, Report, Unheard, Uplink
from channels.protocol import (
    ChannelError,
    FailureReason,
    Message,
    ReaderClass,
    Refused,
    Tools,
    Unknown,
)
from channels.stores import MemoryStore
from channels.webhook import WebhookChannel
from config.channels.webhook import WebhookSettings
from tests.channels.answering import Answering
from tests.emulators.http import HERE
from tests.emulators.webhook import WebhookEmulator, signed

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
SECRET = "whsec_bWFya2Vyemvicg=="
MESSAGE = Message("n-1", "15400000001", "", "青山镇：本周有 3 项待办", NOW)
TOOLS = Tools(MemoryStore(lambda: NOW), lambda: NOW)


def channel_to(url: str = "http://127.0.0.1:9", **given: object) -> WebhookChannel:
    """Make a channel to a URL."""
    return WebhookChannel(settings(url, **given), TOOLS)


def settings(url: str = "http://127.0.0.1:9", **given: object) -> WebhookSettings:
    """Make settings with a secret."""
    return WebhookSettings.model_validate(
        {"type": "webhook", "url": url, "secret": SECRET, "allow_private": HERE, **given}
    )


def sent(**given: object) -> Request:
    """Answer the request that a message becomes."""
    far, written = Answering(Answer(200)), settings("http://127.0.0.1:9", **given)
    asyncio.run(WebhookChannel(written, TOOLS, transport=far).send(MESSAGE))
    return far.asked[0]


def with_emulator(trial: Callable[[WebhookEmulator], Any]) -> WebhookEmulator:
    """Run a trial against the emulator."""

    async def run() -> WebhookEmulator:
        async with WebhookEmulator(SECRET, lambda: NOW) as server:
            await trial(server)
        return server

    return asyncio.run(run())


def test_a_message_arrives_signed_and_once() -> None:
    """A strict receiver takes it; the same again it recognises by its id."""

    async def trial(server: WebhookEmulator) -> None:
        channel = channel_to(server.url)
        await channel.send(MESSAGE)
        await channel.send(MESSAGE)
        await channel.close()

    server = with_emulator(trial)
    assert (len(server.documents), server.repeats, server.violations) == (1, 1, [])
    assert server.documents[0] == {
        "type": "notice",
        "id": "n-1",
        "dated": "2027-06-01T08:00:00+00:00",
        "subject": "",
        "text": "青山镇：本周有 3 项待办",
    }


@pytest.mark.parametrize(("address", "has"), [("none", False), ("phone", True), ("email", True)])
def test_an_address_goes_along_only_where_it_is_wanted(address: str, has: bool) -> None:
    """By default it is for a group."""
    document = json.loads(sent(address=address).body)
    assert ("to" in document) is has


def test_readers_are_a_group_unless_said_otherwise() -> None:
    """So that a forgotten key shows too little, never too much."""
    assert channel_to().reader_class is ReaderClass.GROUP
    assert channel_to(reader_class="person").reader_class is ReaderClass.PERSON


def test_own_headers_go_along_and_never_replace_the_signed_ones() -> None:
    """A key for a gateway in between, for example."""
    request = sent(headers={"Authorization": "Bearer x", "webhook-id": "forged"})
    assert request.headers["Authorization"] == "Bearer x"
    assert request.headers["webhook-id"] == "n-1"


def test_without_a_secret_nothing_is_signed_and_nothing_is_believed() -> None:
    """Receipts need a key."""
    assert "webhook-signature" not in sent(secret=None).headers
    body = b'{"type": "status", "message": "n-1", "status": "delivered"}'
    with pytest.raises(Unheard):
        channel_to(secret=None).hear(signed(body, "", NOW), now=NOW)


@pytest.mark.parametrize("headers", [{"X-Key": "a\r\nb"}, {"X-Key": "密"}])
def test_a_header_that_cannot_be_sent_holds_the_channel(headers: dict[str, str]) -> None:
    """Before anything goes out."""
    with pytest.raises(Refused) as refusal:
        sent(headers=headers)
    assert refusal.value.reason is FailureReason.MISCONFIGURED
    assert refusal.value.account_wide


@pytest.mark.parametrize(
    ("answer", "reason", "unknown"),
    [
        (Answer(429, {"retry-after": "7"}), FailureReason.RATE_LIMITED, False),
        (Answer(500), FailureReason.NO_ANSWER, True),
        (Answer(302), FailureReason.MISCONFIGURED, False),
        (Answer(413), FailureReason.CONTENT_REFUSED, False),
    ],
)
def test_only_2xx_is_taken(answer: Answer, reason: FailureReason, unknown: bool) -> None:
    """Any other status is judged as for all of HTTP."""
    channel = WebhookChannel(settings(), TOOLS, transport=Answering(answer))
    with pytest.raises(ChannelError) as failure:
        asyncio.run(channel.send(MESSAGE))
    assert failure.value.reason is reason
    assert isinstance(failure.value, Unknown) is unknown


def test_statuses_and_answers_are_heard() -> None:
    """In one request, as the emulator signs it."""
    channel = channel_to()
    assert isinstance(channel, Hears)
    said = WebhookEmulator(SECRET, lambda: NOW).says(
        {
            "type": "status",
            "message": "n-1",
            "status": "delivered",
            "at": "2027-06-01T16:00:00+08:00",
        },
        {"type": "status", "message": "n-2", "status": "failed", "reason": "E1"},
        {"type": "answer", "from": "15400000001", "text": "1", "id": "u-1"},
    )
    heard = channel.hear(said, now=NOW)
    assert heard.reports == (
        Report(True, out_id="n-1", at=NOW),
        Report(False, out_id="n-2", reason="E1"),
    )
    assert heard.uplinks == (Uplink("15400000001", "1", "u-1"),)
    assert heard.reply.status == 200


def test_a_request_sent_again_says_nothing_new() -> None:
    """An answer without an id is known by its request; two in one request are two."""
    said = {"type": "answer", "from": "15400000001", "text": "1"}
    request = WebhookEmulator(SECRET, lambda: NOW).says(said, {**said, "id": "u-1"}, said)
    first, again = (channel_to().hear(request, now=NOW).uplinks for _ in range(2))
    sent_as = request.headers["webhook-id"]
    assert [one.id for one in first] == [f"{sent_as}.0", "u-1", f"{sent_as}.2"]
    assert first == again


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[1]",
        b'{"type": "status"}',
        b'{"type": "status", "message": "n", "status": "read"}',
        b'{"type": "status", "message": "n", "status": "failed", "reason": "\xe6\x9d\x8e"}',
        b'{"type": "status", "message": "n", "status": "failed", "at": "0001-01-01T00:00:00+14:00"}',
        b'{"type": "status", "message": "n 1", "status": "failed"}',
        b'{"type": "status", "message": "n\\u0000", "status": "failed"}',
        b'{"type": "answer", "from": "a", "text": "\\ud800"}',
        b'{"type": "answer", "from": "a", "text": "1", "id": "\\u0000"}',
    ],
)
def test_what_is_not_agreed_counts_for_nothing(body: bytes) -> None:
    """Signed or not."""
    with pytest.raises(Unheard) as unheard:
        channel_to().hear(signed(body, SECRET, NOW), now=NOW)
    assert (unheard.value.why, unheard.value.reply.status) == ("unreadable", 400)


def test_a_request_without_our_signature_is_not_read() -> None:
    """Nor one that somebody kept for an hour."""
    body = b'{"type": "status", "message": "n-1", "status": "delivered"}'
    for inbound, now in (
        (Inbound("POST", {}, {}, body), NOW),
        (signed(body, "whsec_other", NOW), NOW),
        (signed(body, SECRET, NOW), NOW + timedelta(hours=1)),
    ):
        with pytest.raises(Unheard) as unheard:
            channel_to().hear(inbound, now=now)
        assert (unheard.value.why, unheard.value.reply.status) == ("not proven", 401)


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_nothing_signed_breaks_the_reader(body: bytes) -> None:
    """Whatever it holds."""
    with suppress(Unheard):
        heard = channel_to().hear(signed(body, SECRET, NOW), now=NOW)
        assert (heard.reports, heard.uplinks) == ((), ())


def test_nothing_shows_in_what_is_printed() -> None:
    """Neither URL nor key nor text."""
    channel = channel_to("https://example.invalid/markerzebra", headers={"X": "markerzebra"})
    message = dataclasses.replace(MESSAGE, text="markerzebra", address="markerzebra")
    shown = repr(channel) + repr(settings("https://example.invalid/markerzebra")) + repr(message)
    assert "markerzebra" not in shown
