"""SMS through a real gateway: Debian's Kannel, with its own stand-in for the phones."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Connection

from alerts import receipts
from alerts.deliver import Lane, run_until_idle
from alerts.errors import CannotCompose
from channels.http_sms import HttpSmsChannel
from channels.inbound import Inbound, Report, Uplink
from channels.protocol import Message, Tools
from channels.stores import MemoryStore
from config.channels.http_sms import HttpSmsSettings
from ledgers.database import Database
from tests.alerts.posting import Clock, GivenRoutes, compose_plainly, means_of, post, states
from tests.emulators.http import HERE
from tests.emulators.kannel_boxes import PASSWORD, USER, kannel, phones_of, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "installed")

_TOKEN = "a-long-random-word"
_WITHIN = 30.0


def compose_sms(
    connection: Connection, revisions: Mapping[str, int], *, now: object
) -> dict[str, Message | CannotCompose | None]:
    """Write an SMS of one part to a number of nobody's, another for each notice."""
    composed = compose_plainly(connection, revisions, now=Clock().now)
    return {
        notice: replace(
            message, address=_number(notice), text=f"青山村请办{len(notice)}户：03、05走访。"
        )
        if isinstance(message, Message)
        else message
        for notice, message in composed.items()
    }


def _number(notice: str) -> str:
    return f"154{int(notice.replace('-', '')[-10:], 16) % 10**8:08d}"


class Gate:
    """Where Kannel's receipts and answers arrive, until as many ended as were wanted."""

    def __init__(self) -> None:
        self.channel: HttpSmsChannel | None = None
        self.reports: list[Report] = []
        self.uplinks: list[Uplink] = []
        self.heard = asyncio.Condition()

    async def hear(self, request: web.Request) -> web.Response:
        """Hand one request to the channel."""
        assert self.channel is not None
        inbound = Inbound("GET", {}, dict(request.query), await request.read())
        found = self.channel.hear(inbound, now=Clock().now)
        async with self.heard:
            self.reports += found.reports
            self.uplinks += found.uplinks
            self.heard.notify_all()
        return web.Response(body=found.reply.body)

    def arrived(self) -> set[str]:
        """Answer the out-ids of what reached its phone."""
        return {report.out_id for report in self.reports if report.arrived}

    async def until_arrived(self, count: int) -> None:
        """Wait until so many reached their phones."""
        async with asyncio.timeout(_WITHIN), self.heard:
            await self.heard.wait_for(lambda: len(self.arrived()) >= count)


@asynccontextmanager
async def listening(gate: Gate) -> AsyncIterator[str]:
    """Listen for receipts; answer where."""
    app = web.Application()
    app.router.add_get("/receipts/sms", gate.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/receipts/sms"
    finally:
        await runner.cleanup()


def channel_to(gateway: str, receipts_at: str) -> HttpSmsChannel:
    """Make the channel as an admin would write it."""
    settings = HttpSmsSettings.model_validate(
        {
            "allow_private": HERE,
            "type": "http-sms",
            "url": gateway,
            "username": USER,
            "password": PASSWORD,
            "signature": "演示县民政局",
            "receipt_url": receipts_at,
            "receipt_token": _TOKEN,
        }
    )
    clock = Clock()
    return HttpSmsChannel(settings, Tools(MemoryStore(clock), clock))


def take(database: Database, reports: list[Report]) -> None:
    """Hand what was heard to delivery, as the daemon does."""
    with database.writing() as connection:
        receipts.take(connection, "sms", reports, routes=GivenRoutes(), now=Clock().now)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_receipts_of_the_gateway_turn_everything_to_delivered(
    database: Database, tmp_path: Path
) -> None:
    """A thousand SMS, one part each: all sent, then all delivered; an answer is heard as well."""
    count = 1000
    post(database, count, channel="sms", tellings_each=1)

    async def trial() -> list[Uplink]:
        gate = Gate()
        async with listening(gate) as url:
            uplinks = f"{url}?token={_TOKEN}&from=%p&text=%b&id=%I"
            with kannel(tmp_path, uplinks=uplinks) as gateway:
                gate.channel = channel_to(gateway.url, url)
                with phones_of(gateway, tmp_path):
                    means = means_of(database, Clock(), compose=compose_sms)
                    await run_until_idle([Lane("sms", gate.channel, means)])
                    assert states(database) == {"sent": count}
                    await gate.until_arrived(count)
                await gate.channel.close()
        take(database, gate.reports)
        return gate.uplinks

    heard = asyncio.run(trial())
    assert states(database) == {"delivered": count}
    assert [(one.sender, one.text) for one in heard] == [("15400000001", "1")]


def test_with_the_phones_down_nothing_is_called_delivered(
    database: Database, tmp_path: Path
) -> None:
    """Kannel takes and queues; that alone is no delivery. It arrives once the phones are back."""
    post(database, 20, channel="sms", tellings_each=1)

    async def trial() -> None:
        gate = Gate()
        async with listening(gate) as url:
            with kannel(tmp_path) as gateway:
                gate.channel = channel_to(gateway.url, url)
                means = means_of(database, Clock(), compose=compose_sms)
                await run_until_idle([Lane("sms", gate.channel, means)])
                take(database, gate.reports)
                assert states(database) == {"sent": 20}
                assert gate.arrived() == set()
                with phones_of(gateway, tmp_path):
                    await gate.until_arrived(20)
                await gate.channel.close()
        take(database, gate.reports)

    asyncio.run(trial())
    assert states(database) == {"delivered": 20}
