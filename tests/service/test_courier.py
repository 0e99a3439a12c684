"""The courier keeps every lane going, whatever becomes of one of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from alerts.deliver import Lane, Means
from alerts.holding import HeldFor, hold_delivery
from alerts.rounds import DeliveryReport
from channels.memory import MemoryChannel
from channels.protocol import Message, Receipt
from service.courier import LOOK_EVERY, Courier, pause
from service.wiring import Site
from tests.alerts.posting import NOON, Clock, means_of, post, states
from tests.service.sites import a_site

PATIENCE = 20.0


class Heard(MemoryChannel):
    """Tells when it has taken something."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        """Take it, and say so."""
        receipt = await super().send(message)
        self.news.set()
        return receipt

    async def until_taken(self, count: int) -> None:
        """Wait until it has so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.taken) < count:
                self.news.clear()
                await self.news.wait()


class Watched(Lane):
    """A lane that tells when a round is over; the first may end in a fault that nobody foresaw."""

    fault: Exception | None = None

    def __init__(self, name: str, channel: MemoryChannel, means: Means) -> None:
        super().__init__(name, channel, means)
        self.had_a_round = asyncio.Event()

    async def run_once(self) -> DeliveryReport:
        """Fail if told to, once, else work."""
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        report = await super().run_once()
        self.had_a_round.set()
        return report


@pytest.fixture
def site(bare_database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Open a site at noon."""
    with a_site(tmp_path, bare_database_url, clock=lambda: NOON) as opened:
        yield opened


@asynccontextmanager
async def at_work(site: Site, *lanes: Lane) -> AsyncIterator[Courier]:
    """Run a courier for the length of the block, and wait until it has drained."""
    courier = Courier(site, lanes)
    running = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        courier.drain()
        await asyncio.wait_for(running, PATIENCE)


@pytest.mark.parametrize("bare_database_url", ["sqlite"], indirect=True)
def test_what_is_due_goes_out_at_once_and_what_comes_later_when_it_is_woken(site: Site) -> None:
    """It would look by itself, but only after half a minute."""
    post(site.database, 3, tellings_each=1)

    async def trial() -> None:
        channel = Heard()
        async with at_work(site, Lane("email", channel, means_of(site.database, Clock()))) as it:
            await channel.until_taken(3)
            post(site.database, 2, tellings_each=1)
            it.wake()
            await channel.until_taken(5)

    asyncio.run(trial())
    assert states(site.database) == {"sent": 5}


@pytest.mark.parametrize("bare_database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "fault", [KeyError("unforeseen"), OperationalError("SELECT", {}, OSError("away"))]
)
def test_a_lane_that_fails_is_logged_and_goes_on_and_delays_no_other(
    site: Site, fault: Exception
) -> None:
    """Whether it is a fault of ours or the database was away."""
    post(site.database, 1, tellings_each=1)
    post(site.database, 1, tellings_each=1, channel="sms")

    async def trial() -> None:
        means, broken, sound = means_of(site.database, Clock()), Heard(), Heard()
        failing = Watched("email", broken, means)
        failing.fault = fault
        async with at_work(site, failing, Lane("sms", sound, means)) as it:
            await sound.until_taken(1)
            while not broken.taken:
                it.wake()
                await asyncio.sleep(0)
            assert failing.fault is None

    structlog.reset_defaults()  # a simulation in this process wants to hear nothing
    with capture_logs() as logs:
        asyncio.run(trial())
    assert [one["channel"] for one in logs if one["event"] == "lane.failed"] == ["email"]
    assert states(site.database) == {"sent": 2}


@pytest.mark.parametrize("bare_database_url", ["sqlite"], indirect=True)
def test_while_delivery_is_held_nothing_goes_out(site: Site) -> None:
    """And a courier that waits can be drained."""
    post(site.database, 1, tellings_each=1)
    with site.database.writing() as connection:
        hold_delivery(connection, HeldFor.BY_HAND, now=NOON)

    async def trial() -> MemoryChannel:
        channel = MemoryChannel()
        lane = Watched("email", channel, means_of(site.database, Clock()))
        async with at_work(site, lane), asyncio.timeout(PATIENCE):
            await lane.had_a_round.wait()
        return channel

    assert asyncio.run(trial()).tried == []
    assert states(site.database) == {"pending": 1}


@pytest.mark.parametrize(
    ("full", "due", "seconds"),
    [
        (None, None, LOOK_EVERY),
        (None, -60, 2.0),
        (None, 1, 2.0),
        (None, 7, 7.0),
        (None, 3600, LOOK_EVERY),
        (-1, None, 0.05),
        (0.2, None, 0.2),
        (12, None, 12.0),
        (3600, None, LOOK_EVERY),
    ],
)
def test_a_lane_without_work_rests_until_there_may_be_some(
    full: float | None, due: float | None, seconds: float
) -> None:
    """Never longer than half a minute; what is due and must wait is asked for every two seconds."""
    full_until = None if full is None else NOON + timedelta(seconds=full)
    due_at = None if due is None else NOON + timedelta(seconds=due)
    assert pause(NOON, full_until=full_until, due=due_at) == seconds
