"""The stand-in for WeCom is as strict as WeCom."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests.emulators.wecom import (
    AGENTID,
    APP,
    CORPID,
    KEY,
    ROBOT,
    SECRET,
    TOKEN,
    WecomEmulator,
    faults,
)

Ask = Callable[..., Awaitable[dict[str, object]]]
Trial = Callable[[WecomEmulator, Ask], Awaitable[None]]
TEXT = {"msgtype": "text", "text": {"content": "走访"}}
TOLD = TEXT | {"agentid": AGENTID, "touser": "director01"}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 30.0

    def __call__(self) -> float:
        return self.seconds


def on_server(trial: Trial, clock: Clock | None = None) -> None:
    """Run a trial with an emulator and what asks it."""

    async def run() -> None:
        async with WecomEmulator(clock=clock or Clock()) as server, aiohttp.ClientSession() as it:

            async def ask(path: str, document: object = None, **query: str) -> dict[str, object]:
                method = "GET" if document is None else "POST"
                url = server.url + path
                async with it.request(method, url, json=document, params=query) as answer:
                    said = json.loads(await answer.read())
                    assert isinstance(said, dict)
                    return said

            await trial(server, ask)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (TEXT, 0),
        ({"msgtype": "text", "text": {"content": "走" * 682}}, 0),
        ({"msgtype": "text", "text": {"content": "走" * 683}}, 40058),
        ({"msgtype": "markdown", "markdown": {"content": "走" * 1366}}, 40058),
        ({"msgtype": "text", "text": {"content": " "}}, 44004),
        ({"msgtype": "letter", "letter": {"content": "a"}}, 40008),
        ({"msgtype": "template_card", "template_card": {"card_type": "text_notice"}}, 40058),
        (["text"], 40008),
    ],
)
def test_a_robot_reads_what_it_is_told(document: object, code: int) -> None:
    """Types, forms and bytes."""

    async def trial(server: WecomEmulator, ask: Ask) -> None:
        assert (await ask(ROBOT, document, key=KEY))["errcode"] == code
        assert (server.violations == []) is (code == 0)
        assert len(server.groups[KEY]) == (code == 0)

    on_server(trial)


def test_a_robot_takes_twenty_in_any_minute() -> None:
    """The next is refused, and all others until the minute of the clock is over."""

    async def trial(server: WecomEmulator, ask: Ask) -> None:
        codes = [(await ask(ROBOT, TEXT, key=KEY))["errcode"] for _ in range(21)]
        assert codes == [0] * 20 + [45009]
        clock.seconds = 59.0
        assert (await ask(ROBOT, TEXT, key=KEY))["errcode"] == 45009
        assert server.violations == ["robot: more than its rate", "robot: sent while blocked"]
        clock.seconds = 91.0
        assert (await ask(ROBOT, TEXT, key=KEY))["errcode"] == 0

    clock = Clock()
    on_server(trial, clock)


def test_a_wrong_key_is_no_robot() -> None:
    """93000."""

    async def trial(_server: WecomEmulator, ask: Ask) -> None:
        assert (await ask(ROBOT, TEXT, key="other"))["errcode"] == 93000

    on_server(trial)


def test_a_token_must_be_asked_for_and_ends() -> None:
    """With the right secret; after two hours it is none."""

    async def trial(_server: WecomEmulator, ask: Ask) -> None:
        assert (await ask(TOKEN, corpid=CORPID, corpsecret="x"))["errcode"] == 40001
        assert (await ask(TOKEN, corpid="x", corpsecret=SECRET))["errcode"] == 40013
        assert (await ask(APP, TOLD, access_token="x"))["errcode"] == 40014
        token = str((await ask(TOKEN, corpid=CORPID, corpsecret=SECRET))["access_token"])
        assert (await ask(APP, TOLD, access_token=token))["errcode"] == 0
        clock.seconds += 7200
        assert (await ask(APP, TOLD, access_token=token))["errcode"] == 42001

    clock = Clock()
    on_server(trial, clock)


def test_beyond_a_members_rate_nothing_arrives_and_nobody_says_so() -> None:
    """Thirty a minute; the rest is dropped with a success."""

    async def trial(server: WecomEmulator, ask: Ask) -> None:
        token = str((await ask(TOKEN, corpid=CORPID, corpsecret=SECRET))["access_token"])
        for _ in range(32):
            assert (await ask(APP, TOLD, access_token=token))["errcode"] == 0
        assert len(server.members["director01"]) == 30
        assert server.dropped == 2
        assert server.violations == ["member: more than the rate, dropped"] * 2

    on_server(trial)


def test_who_is_not_there_is_named() -> None:
    """In a success if others were told; alone it is 81013."""

    async def trial(server: WecomEmulator, ask: Ask) -> None:
        server.unknown_members.add("Nobody")
        token = str((await ask(TOKEN, corpid=CORPID, corpsecret=SECRET))["access_token"])
        both = await ask(APP, TOLD | {"touser": "Nobody|director01"}, access_token=token)
        assert (both["errcode"], both["invaliduser"]) == (0, "nobody")
        alone = await ask(APP, TOLD | {"touser": "Nobody"}, access_token=token)
        assert alone["errcode"] == 81013

    on_server(trial)


def test_faults_come_as_often_as_told() -> None:
    """One in ten, of every kind."""
    assert sum(fault.share for fault in faults(0.1)) == pytest.approx(0.1)
    assert len(set(faults(0.1))) == len(faults(0.1))
