"""WeCom robots: forms, limits in bytes, mentions, and what each code means."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from channels.http import Answer
from channels.protocol import (
    Channel,
    ChannelError,
    FailureReason,
    Faltered,
    Load,
    Message,
    Refused,
    Unknown,
)
from channels.wecom_robot import WecomRobotChannel
from config.channels.wecom import WecomRobotSettings
from tests.channels.answering import Answering
from tests.channels.clocks import NOW, Ticking
from tests.channels.grounds_wecom import contents
from tests.emulators.http import HERE
from tests.emulators.wecom import KEY, WecomEmulator, body_of

MESSAGE = Message("n-1", "", "本周待办", "青山镇：本周有 3 项待办", NOW)
LONG = dataclasses.replace(MESSAGE, text="\n\n".join(f"{n}. " + "走访" * 300 for n in range(4)))
LINK = "https://example.invalid/desk"


def settings(**given: object) -> WecomRobotSettings:
    """Make settings of a robot."""
    where = {} if "key" in given else {"url": "https://example.invalid/x?key=k"}
    return WecomRobotSettings.model_validate(
        {"type": "wecom-robot", "allow_private": HERE} | where | given
    )


def asked(message: Message, **given: object) -> list[dict[str, object]]:
    """Send; answer the documents that went out."""
    carrier = Answering(Answer(200, body=body_of(0)))
    channel = WecomRobotChannel(settings(**given), Ticking().tools(), transport=carrier)
    asyncio.run(channel.send(message))
    return [json.loads(request.body) for request in carrier.asked]


def outcome(answer: Answer, clock: Ticking | None = None) -> ChannelError | None:
    """Send one message that is answered so; answer what became of it."""
    tools = (clock or Ticking()).tools()
    return failure(WecomRobotChannel(settings(), tools, transport=Answering(answer)), MESSAGE)


def failure(channel: Channel, message: Message) -> ChannelError | None:
    """Send one message; answer what went wrong."""
    try:
        asyncio.run(channel.send(message))
    except ChannelError as error:
        return error
    return None


def test_a_strict_robot_takes_all_parts() -> None:
    """Numbered, each within 2048 bytes, cut between records."""

    async def run() -> WecomEmulator:
        async with WecomEmulator() as server:
            given = settings(url=server.robot_url)
            channel = WecomRobotChannel(given, Ticking().tools())
            await channel.send(LONG)
            await channel.close()
        return server

    server = asyncio.run(run())
    said = contents(server.groups[KEY])
    assert [text.split("\n")[:2] for text in said] == [
        [f"({n + 1}/4)", f"{n}. " + "走访" * 300] for n in range(4)
    ]
    assert server.violations == []


@pytest.mark.parametrize("kind", ["text", "markdown", "markdown_v2"])
def test_each_form_has_its_own_limit(kind: str) -> None:
    """4096 bytes for both kinds of markdown, 2048 for text; a site may set others."""
    usual = asked(LONG, format=kind)
    assert len(usual) == (4 if kind == "text" else 2)
    assert {document["msgtype"] for document in usual} == {kind}
    assert len(asked(LONG, format=kind, text_bytes=1000, markdown_bytes=1000)) > len(usual)


def test_the_cost_is_known_before() -> None:
    """Each part counts against the robot's rate."""
    channel = WecomRobotChannel(settings(), Ticking().tools(), transport=Answering())
    assert channel.load(LONG) == Load(messages=4)
    assert channel.load(MESSAGE) == Load(messages=1)
    assert [str(rate) for rate in settings().limits()] == [str(settings().limits()[0])]
    assert settings().limits()[0].count == 20


def test_a_text_calls_by_mobile_and_by_user_id() -> None:
    """With its last part, so that everything has been said."""
    called = dataclasses.replace(LONG, mentions=("15400000001", "director01", "@all", "a|b"))
    first, *_, last = (document["text"] for document in asked(called))
    assert isinstance(first, dict)
    assert isinstance(last, dict)
    assert first.keys() == {"content"}
    assert last["mentioned_mobile_list"] == ["15400000001"]
    assert last["mentioned_list"] == ["director01", "@all"]


@pytest.mark.parametrize(("kind", "calls"), [("markdown", True), ("markdown_v2", False)])
def test_only_one_markdown_calls_and_only_by_user_id(kind: str, calls: bool) -> None:
    """A number in the text would call nobody and show it to all."""
    called = dataclasses.replace(MESSAGE, mentions=("15400000001", "director01"))
    (text,) = contents(asked(called, format=kind))
    assert text.endswith("<@director01>") is calls
    assert "15400000001" not in text


def test_a_card_has_title_lines_and_a_page() -> None:
    """Lines `name：value` become lines of the card."""
    message = dataclasses.replace(MESSAGE, text="已到期：3户\n未到期：5户\n请各村尽快办理")
    (document,) = asked(message, format="template_card", link=LINK)
    card = document["template_card"]
    assert isinstance(card, dict)
    assert card["main_title"] == {"title": "本周待办"}
    assert card["horizontal_content_list"][1] == {"keyname": "未到期", "value": "5户"}
    assert card["sub_title_text"] == "请各村尽快办理"
    assert card["card_action"] == {"type": 1, "url": LINK}


@pytest.mark.parametrize(("link", "fits"), [("http://intranet.invalid/", True), ("desk", False)])
def test_a_page_of_the_intranet_will_do(link: str, fits: bool) -> None:
    """It is for readers, not for keys; but it must be an address."""
    try:
        assert settings(format="template_card", link=link).link == link
        assert fits
    except ValidationError:
        assert not fits


def test_what_fits_no_card_goes_as_text() -> None:
    """Whole: a card would lose the rest."""
    documents = asked(LONG, format="template_card", link=LINK)
    assert {document["msgtype"] for document in documents} == {"text"}
    assert len(documents) == 4


@pytest.mark.parametrize(
    ("code", "reason", "permanent", "account_wide"),
    [
        (93000, FailureReason.MISCONFIGURED, True, True),
        (45009, FailureReason.RATE_LIMITED, False, True),
        (40008, FailureReason.CONTENT_REFUSED, True, False),
        (40058, FailureReason.CONTENT_REFUSED, True, False),
        (-1, FailureReason.TEMPORARY, False, False),
        (99999, FailureReason.TEMPORARY, False, False),
    ],
)
def test_the_code_decides(
    code: int, reason: FailureReason, permanent: bool, account_wide: bool
) -> None:
    """Whatever the HTTP status is; the words beside it go nowhere."""
    for status in (200, 500):
        error = outcome(Answer(status, body=body_of(code)))
        assert isinstance(error, Refused)
        assert (error.reason, error.detail) == (reason, f"errcode {code}")
        assert (error.permanent, error.account_wide) == (permanent, account_wide)


@pytest.mark.parametrize("code", [-1, 99999])
def test_busy_is_tried_a_few_times_only(code: int) -> None:
    """As WeCom asks; then the next route is taken."""
    assert isinstance(outcome(Answer(200, body=body_of(code))), Faltered)


def test_too_often_waits_for_the_next_minute() -> None:
    """Until then nothing is taken from this robot."""
    clock = Ticking(start=datetime(2027, 6, 1, 8, 3, 48, tzinfo=UTC))
    error = outcome(Answer(200, body=body_of(45009)), clock)
    assert isinstance(error, Refused)
    assert error.retry_after == timedelta(seconds=12)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"errcode": "0"}', b'{"errcode": null}']
)
def test_without_a_code_nobody_knows(body: bytes) -> None:
    """A 200 alone says nothing."""
    error = outcome(Answer(200, body=body))
    assert isinstance(error, Unknown)
    assert error.reason is FailureReason.UNREADABLE_ANSWER


def test_a_status_counts_where_there_is_no_code() -> None:
    """A gateway on the way, not WeCom."""
    error = outcome(Answer(503, {"retry-after": "9"}, b"<html>"))
    assert isinstance(error, Refused)
    assert error.retry_after == timedelta(seconds=9)


def test_a_repeat_goes_on_behind_the_parts_that_were_taken() -> None:
    """The group reads each part once."""
    ok, busy = (Answer(200, body=body_of(code)) for code in (0, -1))
    carrier = Answering(ok, busy, ok)
    channel = WecomRobotChannel(settings(), Ticking().tools(), transport=carrier)
    assert isinstance(failure(channel, LONG), Unknown)
    assert failure(channel, LONG) is None
    said = contents(json.loads(request.body) for request in carrier.asked)
    assert [text[:5] for text in said] == ["(1/4)", "(2/4)", "(2/4)", "(3/4)", "(4/4)"]


@pytest.mark.parametrize(
    ("code", "well"), [(40008, True), (0, True), (93000, False), (45009, False)]
)
def test_it_can_be_tried_without_a_word(code: int, well: bool) -> None:
    """A robot that minds what is said knows the key."""
    carrier = Answering(Answer(200, body=body_of(code)))
    channel = WecomRobotChannel(settings(), Ticking().tools(), transport=carrier)
    try:
        asyncio.run(channel.check())
        assert well
    except Refused:
        assert not well
    assert carrier.asked[0].body == b"{}"


def test_a_key_alone_is_enough() -> None:
    """The rest of the URL is always the same."""
    carrier = Answering(Answer(200, body=body_of(0)))
    channel = WecomRobotChannel(settings(key="k-1"), Ticking().tools(), transport=carrier)
    asyncio.run(channel.send(MESSAGE))
    assert carrier.asked[0].url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"url": "https://example.invalid", "key": "k"},
        {"url": "http://example.invalid/x"},
        {"key": "k", "format": "template_card"},
        {"key": "k", "text_bytes": 63},
    ],
)
def test_settings_must_make_sense(given: Mapping[str, object]) -> None:
    """One way to the robot, with TLS, and a page for its cards."""
    with pytest.raises(ValidationError):
        WecomRobotSettings.model_validate({"type": "wecom-robot"} | dict(given))
