"""Messages of a WeCom application: the token, who is reached, and what comes twice."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from channels.http import Answer
from channels.protocol import ChannelError, FailureReason, Load, Message, Refused, Tools
from channels.stores import MemoryStore
from channels.wecom_app import WecomAppChannel
from config.channels.wecom import WecomAppSettings
from tests.channels.answering import Answering
from tests.channels.clocks import NOW, Ticking
from tests.channels.grounds_wecom import app_settings, contents
from tests.emulators.http import Act, HttpFault
from tests.emulators.wecom import APP, TOKEN, WecomEmulator, body_of

MESSAGE = Message("n-1", "director01", "本周要走访 3 户", "08 走访，最迟 6 月 30 日", NOW)
LONG = dataclasses.replace(MESSAGE, text="\n\n".join(f"{n}. " + "走访" * 300 for n in range(4)))
LINK = "https://example.invalid/desk"
Trial = Callable[["Scene"], Awaitable[None]]


class Scene:
    """An application, its emulator and the clock of both."""

    def __init__(self, server: WecomEmulator, now: list[datetime]) -> None:
        self.server = server
        self._now = now
        self.tools = Tools(MemoryStore(self.clock), self.clock)
        self.channels: list[WecomAppChannel] = []

    def clock(self) -> datetime:
        """Answer the instant."""
        return self._now[0]

    def pass_time(self, **spans: int) -> None:
        """Let time pass."""
        self._now[0] += timedelta(**spans)

    def channel(self, **given: object) -> WecomAppChannel:
        """Make one worker's channel; all share the store."""
        made = WecomAppChannel(app_settings(self.server, **given), self.tools)
        self.channels.append(made)
        return made

    def tokens_asked(self) -> int:
        """Count the tokens that were asked for."""
        return sum(asked.path == TOKEN for asked in self.server.asked)

    def told(self, member: str = MESSAGE.address) -> list[str]:
        """Answer what a member was told."""
        return contents(self.server.members[member])


def on_scene(trial: Trial) -> None:
    """Run a trial with a strict emulator; whatever it refuses or drops fails the test."""

    async def run() -> None:
        now = [NOW]
        async with WecomEmulator(clock=lambda: now[0].timestamp()) as server:
            scene = Scene(server, now)
            await trial(scene)
            for channel in scene.channels:
                await channel.close()
            assert server.violations == []

    asyncio.run(run())


async def failure(channel: WecomAppChannel, message: Message = MESSAGE) -> Refused:
    """Send; answer the refusal that must come."""
    with pytest.raises(Refused) as caught:
        await channel.send(message)
    return caught.value


def numbered(count: int) -> list[Message]:
    """Make messages that differ."""
    return [
        dataclasses.replace(MESSAGE, out_id=f"n-{n}", text=f"第{n}条", address=f"d{n}")
        for n in range(count)
    ]


def test_a_member_is_told_and_the_message_gets_a_number() -> None:
    """The receipt names WeCom's own id."""

    async def trial(scene: Scene) -> None:
        receipt = await scene.channel().send(MESSAGE)
        assert receipt.reference.startswith("msg-")
        assert scene.told() == [MESSAGE.text]

    on_scene(trial)


def test_one_token_serves_all_workers_and_tasks() -> None:
    """Forty messages of four workers at once ask for it once."""

    async def trial(scene: Scene) -> None:
        workers = [scene.channel() for _ in range(4)]
        await asyncio.gather(
            *(workers[n % 4].send(message) for n, message in enumerate(numbered(40)))
        )
        assert scene.tokens_asked() == 1

    on_scene(trial)


def test_a_token_is_replaced_before_it_ends() -> None:
    """Five minutes early, so that none ends on the way."""

    async def trial(scene: Scene) -> None:
        channel, (first, second, third) = scene.channel(), numbered(3)
        await channel.send(first)
        scene.pass_time(minutes=114)
        await channel.send(second)
        assert scene.tokens_asked() == 1
        scene.pass_time(minutes=2)
        await channel.send(third)
        assert scene.tokens_asked() == 2

    on_scene(trial)


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_ended_early_is_replaced_once(code: int) -> None:
    """By one of the workers; the others find the new one."""

    async def trial(scene: Scene) -> None:
        one, other = scene.channel(), scene.channel()
        first, second, third, fourth = numbered(4)
        await one.send(first)
        await other.send(second)
        scene.server.end_tokens()
        if code == 42001:
            scene.server.fail(HttpFault(Act.ANSWER, body=body_of(code), path=APP))
        await one.send(third)
        await other.send(fourth)
        assert scene.tokens_asked() == 2
        assert scene.told(fourth.address) == [fourth.text]

    on_scene(trial)


def test_a_token_that_never_counts_holds_the_channel() -> None:
    """After one new one it is not the token's age."""

    async def trial(scene: Scene) -> None:
        scene.server.fail(HttpFault(Act.ANSWER, body=body_of(40014), path=APP, times=None))
        error = await failure(scene.channel())
        assert (error.reason, error.account_wide) == (FailureReason.AUTHENTICATION, True)
        assert scene.tokens_asked() == 2

    on_scene(trial)


@pytest.mark.parametrize(
    ("fault", "reason", "account_wide"),
    [
        (HttpFault(Act.ANSWER, body=body_of(40001)), FailureReason.AUTHENTICATION, True),
        (HttpFault(Act.ANSWER, body=body_of(40013)), FailureReason.AUTHENTICATION, True),
        (HttpFault(Act.ANSWER, body=body_of(45009)), FailureReason.RATE_LIMITED, True),
        (HttpFault(Act.ANSWER, body=body_of(60020)), FailureReason.SENDER_REFUSED, True),
        (HttpFault(Act.ANSWER, body=b"<html>"), FailureReason.UNREADABLE_ANSWER, False),
        (HttpFault(Act.ANSWER, body=body_of(0)), FailureReason.UNREADABLE_ANSWER, False),
        (HttpFault(Act.ANSWER, 502), FailureReason.NO_ANSWER, False),
        (HttpFault(Act.HANG), FailureReason.UNREACHABLE, False),
    ],
)
def test_without_a_token_nothing_was_sent(
    fault: HttpFault, reason: FailureReason, account_wide: bool
) -> None:
    """Which is certain, also where nobody knows what became of asking for it."""

    async def trial(scene: Scene) -> None:
        scene.server.fail(fault)
        error = await failure(scene.channel())
        assert (error.reason, error.account_wide) == (reason, account_wide)
        assert [asked.path for asked in scene.server.asked] == [TOKEN]

    on_scene(trial)


def test_it_can_be_tried_without_telling_anybody() -> None:
    """A token is asked for each time, and none is kept."""

    async def trial(scene: Scene) -> None:
        channel = scene.channel()
        await channel.check()
        scene.server.secret = "changed"
        with pytest.raises(Refused):
            await channel.check()
        assert scene.tokens_asked() == 2

    on_scene(trial)


@pytest.mark.parametrize("name", ["invaliduser", "unlicenseduser"])
def test_a_success_that_left_the_member_out_is_a_failure(name: str) -> None:
    """`errcode` 0 alone does not mean that this one was told."""

    async def trial(scene: Scene) -> None:
        body = body_of(0, **{name: "director01"})
        scene.server.fail(HttpFault(Act.ANSWER, body=body, path=APP))
        error = await failure(scene.channel())
        assert (error.reason, error.permanent) == (FailureReason.ADDRESS_REFUSED, True)
        assert error.detail == name

    on_scene(trial)


def test_an_unknown_member_is_refused_for_good() -> None:
    """81013: none of the receivers."""

    async def trial(scene: Scene) -> None:
        scene.server.unknown_members.add("director01")
        error = await failure(scene.channel())
        assert (error.reason, error.permanent) == (FailureReason.ADDRESS_REFUSED, True)

    on_scene(trial)


@pytest.mark.parametrize("address", ["@all", "a|b", "", "a b", "走访"])
def test_what_is_no_single_member_reaches_nobody(address: str) -> None:
    """Least of all everybody."""

    async def trial(scene: Scene) -> None:
        message = dataclasses.replace(MESSAGE, address=address)
        assert (await failure(scene.channel(), message)).permanent
        assert scene.server.asked == []

    on_scene(trial)


def test_a_repeat_within_half_an_hour_is_dropped_by_wecom() -> None:
    """The answer was lost; the member reads it once."""

    async def trial(scene: Scene) -> None:
        channel = scene.channel()
        scene.server.fail(HttpFault(Act.LOSE, path=APP))
        with pytest.raises(ChannelError):
            await channel.send(MESSAGE)
        scene.pass_time(minutes=29)
        await channel.send(MESSAGE)
        assert scene.told() == [MESSAGE.text]
        scene.pass_time(minutes=2)
        await channel.send(MESSAGE)
        assert scene.told() == [MESSAGE.text] * 2

    on_scene(trial)


def test_all_parts_reach_the_member() -> None:
    """Each within 2048 bytes; they count against the member's rate."""

    async def trial(scene: Scene) -> None:
        channel = scene.channel()
        assert channel.load(LONG) == Load(messages=4)
        await channel.send(LONG)
        assert [text[:5] for text in scene.told()] == [f"({n}/4)" for n in range(1, 5)]

    on_scene(trial)


def test_members_are_spared_by_default() -> None:
    """30 a minute and 1000 an hour: beyond, WeCom drops without a word."""
    settings = WecomAppSettings(type="wecom-app", corpid="ww", secret="s", agentid=1)
    assert [(rate.count, rate.window) for rate in settings.limits_per_person()] == [
        (30, timedelta(minutes=1)),
        (1000, timedelta(hours=1)),
    ]


def documents(message: Message, **given: object) -> list[dict[str, object]]:
    """Send; answer the documents that went out."""
    token = Answer(200, body=body_of(0, access_token="t", expires_in=7200))
    carrier = Answering(token, Answer(200, body=body_of(0)))
    settings = WecomAppSettings.model_validate(
        {"type": "wecom-app", "corpid": "ww", "secret": "s", "agentid": 1} | given
    )
    channel = WecomAppChannel(settings, Ticking().tools(), transport=carrier)
    asyncio.run(channel.send(message))
    return [json.loads(request.body) for request in carrier.asked[1:]]


def test_every_message_asks_for_the_duplicate_check() -> None:
    """For as long as the site says."""
    (document,) = documents(MESSAGE, duplicates_within="10 minutes")
    assert document["enable_duplicate_check"] == 1
    assert document["duplicate_check_interval"] == 600
    assert document["touser"] == "director01"


def test_a_text_card_opens_a_page() -> None:
    """Title, text and link."""
    (document,) = documents(MESSAGE, format="textcard", link=LINK)
    assert document["textcard"] == {
        "title": MESSAGE.subject,
        "description": MESSAGE.text,
        "url": LINK,
    }


def test_what_fits_no_card_goes_as_text_with_the_page() -> None:
    """Whole: WeCom would cut it off without a word."""
    found = documents(LONG, format="textcard", link=LINK)
    assert {document["msgtype"] for document in found} == {"text"}
    assert contents(found)[-1].endswith(LINK)


def test_markdown_has_a_limit_of_its_own() -> None:
    """As a site may set it."""
    found = documents(LONG, format="markdown", markdown_bytes=1000)
    assert {document["msgtype"] for document in found} == {"markdown"}
    assert len(found) > 4


def test_a_card_needs_a_page() -> None:
    """WeCom refuses one without."""
    with pytest.raises(ValidationError):
        documents(MESSAGE, format="textcard")
