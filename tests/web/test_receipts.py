"""Where gateways hand in receipts: proven by the channel, written down before it is answered."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest

from channels.inbound import Heard, Hears, Inbound, Reply, Report, Unheard, Uplink
from service import logs
from service.web import serving
from web.limiting import PATIENT
from web.receipts import LARGEST_BODY, Counter, receipts_app
from web.taking import Busy

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
TAKEN = Reply(b'{"code":0}')
Trial = Callable[[aiohttp.ClientSession, "Place"], Awaitable[None]]


@dataclass
class Gateway:
    """A channel whose far side proves itself by a token in the query."""

    heard: list[Inbound] = field(default_factory=list)

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Read one request."""
        if inbound.query.get("token") != "geheim":
            raise Unheard("token", Reply(b"", "text/plain", 403))
        self.heard.append(inbound)
        return Heard((Report(arrived=True, out_id="n1.1"),), (Uplink("15400000001", "1"),), TAKEN)


@dataclass
class Place:
    """A counter on a port of this machine."""

    gateway: Gateway = field(default_factory=Gateway)
    taken: list[tuple[str, Heard]] = field(default_factory=list)
    is_busy: bool = False
    url: str = ""

    async def take(self, channel: str, heard: Heard) -> None:
        """Write down what was heard, unless busy."""
        if self.is_busy:
            raise Busy
        self.taken.append((channel, heard))

    def channels(self) -> dict[str, Hears]:
        """Answer the channels that can hear."""
        return {"短信": self.gateway}


@pytest.fixture
def at_the_counter() -> Callable[[Trial], None]:
    """Answer what lets a trial talk to a counter that is really served."""

    def run(trial: Trial) -> None:
        async def serve() -> None:
            place = Place()
            app = receipts_app(Counter(place.channels, place.take, lambda: NOW))
            async with (
                serving(app, "127.0.0.1", 0) as port,
                aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
            ):
                await trial(session, place)

        asyncio.run(serve())

    return run


def test_what_is_proven_is_written_down(at_the_counter: Callable[[Trial], None]) -> None:
    """POST or GET, whichever a gateway has; it hears what it wants to hear."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        async with session.post("/receipts/短信?token=geheim", data=b"[]") as answer:
            assert (answer.status, await answer.read()) == (200, TAKEN.body)
        async with session.get("/receipts/短信?token=geheim&type=1") as answer:
            assert answer.status == 200
        posted, got = place.gateway.heard
        assert (posted.method, posted.body) == ("POST", b"[]")
        assert (got.method, got.query["type"]) == ("GET", "1")
        assert [channel for channel, _ in place.taken] == ["短信", "短信"]

    at_the_counter(trial)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/receipts/短信", 403),
        ("/receipts/短信?token=other", 403),
        ("/receipts/email?token=geheim", 404),
        ("/receipts/", 404),
        ("/", 404),
    ],
)
def test_what_is_not_proven_counts_for_nothing(
    at_the_counter: Callable[[Trial], None], path: str, status: int
) -> None:
    """Nothing is written, and nobody outside is told why."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        async with session.post(path, data=b"x") as answer:
            assert answer.status == status
        assert place.taken == []

    at_the_counter(trial)


def test_what_cannot_be_written_is_asked_for_again(
    at_the_counter: Callable[[Trial], None],
) -> None:
    """The gateway hears no “taken” before it is."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        place.is_busy = True
        async with session.post("/receipts/短信?token=geheim") as answer:
            assert answer.status == 503

    at_the_counter(trial)


def test_a_huge_body_is_not_read_to_its_end(at_the_counter: Callable[[Trial], None]) -> None:
    """With or without a length told beforehand."""

    async def pieces() -> object:
        for _ in range(LARGEST_BODY // 1024 + 2):
            yield b"x" * 1024

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        for data in (b"x" * (LARGEST_BODY + 1), pieces()):
            async with session.post("/receipts/短信?token=geheim", data=data) as answer:
                assert answer.status == 413
        assert place.gateway.heard == []

    at_the_counter(trial)


def test_whoever_fails_too_often_waits(at_the_counter: Callable[[Trial], None]) -> None:
    """Wrong tokens, unknown channels, huge bodies; even a right token is not looked at meanwhile."""
    wrong = (
        ("/receipts/短信?token=no", b"x", 403),
        ("/receipts/nowhere", b"x", 404),
        ("/receipts/短信?token=geheim", b"x" * (LARGEST_BODY + 1), 413),
    )

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        for number in range(PATIENT.free):
            path, data, status = wrong[number % len(wrong)]
            async with session.post(path, data=data) as answer:
                assert answer.status == status
        async with session.post("/receipts/短信?token=geheim") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert place.taken == []

    at_the_counter(trial)


def test_a_gateway_among_failures_is_forgiven_them(at_the_counter: Callable[[Trial], None]) -> None:
    """What is proven in between clears its source: a slip does not add up over days."""

    async def trial(session: aiohttp.ClientSession, place: Place) -> None:
        for _ in range(3):
            for _ in range(PATIENT.free - 1):
                async with session.post("/receipts/短信?token=no", data=b"x") as answer:
                    assert answer.status == 403
            async with session.post("/receipts/短信?token=geheim") as answer:
                assert answer.status == 200
        assert len(place.taken) == 3

    at_the_counter(trial)


def test_the_log_holds_nothing_of_a_request(at_the_counter: Callable[[Trial], None]) -> None:
    """No token, no number, no word of what somebody wrote."""

    written = io.StringIO()

    async def trial(session: aiohttp.ClientSession, _: Place) -> None:
        await session.post("/receipts/短信?token=geheim", data=b"15400000001 1")
        await session.post("/receipts/短信?token=markerzebra", data=b"markerzebra")

    logs.configure("debug", form="json", stream=written)
    at_the_counter(trial)
    lines = written.getvalue().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["receipts.heard", "receipts.unheard"]
    assert [line for line in lines if "geheim" in line or "zebra" in line] == []
