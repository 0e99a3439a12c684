"""Receipts and answers reach the daemon: pushed to its port, or asked for."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server

import aiohttp
import pytest

from channels.inbound import Asked, Heard, Inbound, Report, Uplink
from channels.memory import MemoryChannel
from channels.protocol import ChannelError, FailureReason, Refused
from config.settings import Web
from service.receiving import Receiver
from service.wiring import Site
from tests.service.at_work import Clocks, states, watching
from tests.service.sites import MONDAY, a_site, add_due_entries
from web.taking import Busy


class Pushing(MemoryChannel):
    """A channel whose far side names in the query what arrived."""

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read one request."""
        return Heard((Report(arrived=True, out_id=inbound.query["arrived"]),))


class Answering(MemoryChannel):
    """A channel that must be asked, and says that all arrived, or fails."""

    def __init__(self, failure: ChannelError | None = None) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.failure = failure

    async def poll(self, asked: Sequence[Asked], *, now: datetime) -> Heard:
        """Answer what became of messages."""
        self.asked += asked
        if self.failure is not None:
            raise self.failure
        return Heard(tuple(Report(arrived=True, out_id=one.out_id) for one in asked))


def test_a_receipt_at_the_port_makes_delivered(tmp_path: Path, bare_database_url: str) -> None:
    """From the rule to the receipt, through a real port."""
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    channel = Pushing()

    async def story(site: Site) -> None:
        async with (
            watching(site, Clocks(), channel) as world,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            await world.until(lambda: states(site.database) == ["sent"])
            arrived = {"arrived": channel.taken[0].out_id}
            async with session.post("/receipts/mail", params=arrived) as answer:
                assert answer.status == 200
            assert states(site.database) == ["delivered"]

    with a_site(tmp_path, bare_database_url, urgent=True) as site:
        add_due_entries(site, 1)
        settings = site.settings.model_copy(update={"web": Web(port=port)})
        asyncio.run(story(replace(site, settings=settings)))


def test_who_does_not_push_is_asked(tmp_path: Path, bare_database_url: str) -> None:
    """A minute after it was taken; once it is known, never again."""
    channel = Answering()
    with a_site(tmp_path, bare_database_url, urgent=True) as site:
        add_due_entries(site, 1)
        asyncio.run(send(site, channel))
        assert [asked_at(site, channel, minutes) for minutes in (0, 2, 4)] == [0, 1, 0]
        assert channel.asked[0].out_id == channel.taken[0].out_id
        assert states(site.database) == ["delivered"]


@pytest.mark.parametrize("reason", [FailureReason.UNREACHABLE, FailureReason.RATE_LIMITED])
def test_a_far_side_that_does_not_answer_is_asked_again(
    tmp_path: Path, bare_database_url: str, reason: FailureReason
) -> None:
    """Nothing is called delivered meanwhile."""
    channel = Answering(Refused(reason))
    with a_site(tmp_path, bare_database_url, urgent=True) as site:
        add_due_entries(site, 1)
        asyncio.run(send(site, channel))
        assert [asked_at(site, channel, minutes) for minutes in (2, 10)] == [1, 1]
        assert states(site.database) == ["sent"]


async def send(site: Site, channel: MemoryChannel) -> None:
    """Let a daemon run until the one message is sent."""
    async with watching(site, Clocks(), channel) as world:
        await world.until(lambda: states(site.database) == ["sent"])


def asked_at(site: Site, channel: Answering, minutes: int) -> int:
    """Ask some minutes later; answer for how many messages."""
    later = replace(site, clock=lambda: MONDAY + timedelta(minutes=minutes))
    receiver = Receiver(lambda: later, lambda: {"mail": channel}, lambda: None)
    return asyncio.run(receiver.ask("mail", channel))


def test_what_cannot_be_written_is_not_called_taken(tmp_path: Path) -> None:
    """A far side that hears “busy” sends it again."""
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}") as site:
        receiver = Receiver(lambda: site, dict, lambda: None)
        with site.database.engine.connect() as connection:
            connection.exec_driver_sql("DROP TABLE receipts")
            connection.commit()
        with pytest.raises(Busy):
            asyncio.run(receiver.take("mail", Heard((Report(arrived=True, out_id="n.1"),))))


def test_an_answer_of_somebody_unknown_changes_nothing(tmp_path: Path) -> None:
    """It is heard, and that is all."""
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}") as site:
        woken: list[str] = []
        receiver = Receiver(lambda: site, dict, lambda: woken.append("woken"))
        asyncio.run(receiver.take("mail", Heard(uplinks=(Uplink("15400000099", "1"),))))
        assert woken == ["woken"]
        assert states(site.database) == []
