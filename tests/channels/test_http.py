"""Requests over HTTP against real servers on loopback: what was sent, and what is known of it."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.http import LONGEST_ANSWER, AiohttpTransport, Answer, Request, Unreadable
from channels.http import retry_after_of as wait_of
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from config.reach import Reach
from tests.channels.loops import LOOP_NAMES, LOOPS, NewLoop, run_on
from tests.emulators.certificates import make_certificates
from tests.emulators.http import Act, HttpFault, Recorder, Said

LOOPBACK = Reach.of("127.0.0.1", ["127.0.0.1"])
MARKER = "markerzebra"
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
SOON = timedelta(seconds=0.4)
OnLoop = Callable[[Coroutine[Any, Any, None]], None]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(params=LOOPS, ids=LOOP_NAMES)
def on_loop(request: pytest.FixtureRequest) -> OnLoop:
    """Answer what runs a trial on each event loop in turn."""
    loop: NewLoop = request.param
    return lambda trial: run_on(loop, trial)


@asynccontextmanager
async def raw(serve: Serve, **options: Any) -> AsyncIterator[int]:
    """Listen with nothing but a socket; answer the port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def transport(reach: Reach = LOOPBACK, **options: Any) -> AsyncIterator[AiohttpTransport]:
    """Make what carries requests, impatient."""
    carrier = AiohttpTransport(reach, **({"within": SOON} | options))
    yield carrier
    await carrier.close()


async def failure(carrier: AiohttpTransport, url: str) -> ChannelError:
    """Ask, with a marker wherever a secret may be, and answer the error that must come."""
    with pytest.raises(ChannelError) as caught:
        await carrier.ask(
            Request(f"{url}/{MARKER}?key={MARKER}", MARKER.encode(), {"x-key": MARKER})
        )
    said = [*traceback.format_exception_only(caught.value), repr(caught.value)]
    assert MARKER not in "".join(said)
    assert caught.value.__context__ is None
    return caught.value


def is_refused(error: ChannelError, reason: FailureReason) -> bool:
    """Tell whether certainly nothing was sent, for this reason."""
    return isinstance(error, Refused) and error.reason is reason


def is_unknown(error: ChannelError, reason: FailureReason = FailureReason.NO_ANSWER) -> bool:
    """Tell whether nobody knows, for this reason."""
    return isinstance(error, Unknown) and error.reason is reason


def test_a_request_goes_out_as_it_is(on_loop: OnLoop) -> None:
    """URL with its escapes, headers and body; the answer comes back with names in lower case."""

    async def trial() -> None:
        async with (
            Recorder([Said(b'{"a": 1}', headers={"X-Id": "7"})]) as server,
            transport() as it,
        ):
            url = f"{server.url}/a%2Fb?sign=a%2Bb%3D"
            answer = await it.ask(Request(url, b"body", {"X-Own": "1"}, "PUT"))
            (asked,) = server.asked
        assert (answer.status, answer.headers["x-id"], answer.json()) == (200, "7", {"a": 1})
        assert (asked.method, asked.body, asked.headers["x-own"]) == ("PUT", b"body", "1")
        assert asked.query == {"sign": "a+b="}

    on_loop(trial())


def test_a_redirect_is_an_answer(on_loop: OnLoop) -> None:
    """A message and its key go only where the admin said."""

    async def trial() -> None:
        said = Said(status=307, headers={"Location": "/elsewhere"})
        async with Recorder([said]) as server, transport() as it:
            assert (await it.ask(Request(server.url))).status == 307
            assert len(server.asked) == 1

    on_loop(trial())


def test_a_proxy_of_the_environment_is_not_used(
    on_loop: OnLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell exports does not see messages."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async def trial() -> None:
        async with Recorder() as server, transport() as it:
            assert (await it.ask(Request(server.url))).status == 200

    on_loop(trial())


def test_nobody_listening_means_not_sent(on_loop: OnLoop) -> None:
    """Connection refused: certainly nothing went out."""

    async def trial() -> None:
        async with Recorder() as server:
            await server.stop()
            async with transport() as it:
                error = await failure(it, server.url)
        assert is_refused(error, FailureReason.UNREACHABLE)

    on_loop(trial())


def test_silence_while_connecting_means_not_sent(on_loop: OnLoop) -> None:
    """A handshake that never ends carried no request."""

    async def trial() -> None:
        done = asyncio.Event()

        async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await done.wait()
            writer.close()

        async with raw(silent) as port, transport() as it:
            error = await failure(it, f"https://127.0.0.1:{port}")
            done.set()
        assert is_refused(error, FailureReason.UNREACHABLE)

    on_loop(trial())


def test_waiting_for_a_connection_in_vain_means_not_sent(on_loop: OnLoop) -> None:
    """All connections are taken by requests that hang; those that waited never went out."""

    async def trial() -> None:
        async with Recorder() as server, transport(connections=1) as it:
            server.fail(HttpFault(Act.HANG, times=None))
            errors = await asyncio.gather(*(failure(it, server.url) for _ in range(4)))
            went_out = len(server.asked)
        # A connection may come free just before the time of the next is up: that one is unknown.
        unknown = sum(is_unknown(error) for error in errors)
        refused = sum(is_refused(error, FailureReason.UNREACHABLE) for error in errors)
        assert 1 <= went_out <= unknown < 4
        assert unknown + refused == 4

    on_loop(trial())


@pytest.mark.parametrize("act", [Act.DROP, Act.LOSE, Act.HANG])
def test_no_answer_means_unknown(act: Act, on_loop: OnLoop) -> None:
    """Once anything was written, only an answer tells."""

    async def trial() -> None:
        async with Recorder() as server, transport() as it:
            server.fail(HttpFault(act))
            assert is_unknown(await failure(it, server.url))
            assert len(server.asked) == 1

    on_loop(trial())


def test_nothing_is_sent_again_by_itself(on_loop: OnLoop) -> None:
    """Not even a GET whose kept connection is lost, which aiohttp would repeat: it may be an SMS."""

    async def trial() -> None:
        async with Recorder() as server, transport() as it:
            await it.ask(Request(server.url, method="GET"))
            server.fail(HttpFault(Act.LOSE))
            with pytest.raises(Unknown):
                await it.ask(Request(server.url, method="GET"))
            assert len(server.asked) == 2
            await it.ask(Request(server.url, method="GET"))

    on_loop(trial())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", FailureReason.NO_ANSWER),
        (b"HTTP/1.1 200 OK\r\n", FailureReason.NO_ANSWER),
        (b"?? markerzebra\r\n\r\n", FailureReason.UNREADABLE_ANSWER),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n" + b"a" * 65537,
            FailureReason.UNREADABLE_ANSWER,
        ),
        (
            b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
            FailureReason.UNREADABLE_ANSWER,
        ),
    ],
    ids=["cut body", "cut headers", "no http", "long body", "long header"],
)
def test_half_an_answer_means_unknown(said: bytes, reason: FailureReason, on_loop: OnLoop) -> None:
    """Cut short, too long or no HTTP at all: the far side may have acted."""

    async def trial() -> None:
        async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            writer.close()

        async with raw(say) as port, transport() as it:
            assert is_unknown(await failure(it, f"http://127.0.0.1:{port}"), reason)

    on_loop(trial())


def test_a_certificate_must_be_trusted(on_loop: OnLoop, tmp_path: Path) -> None:
    """With the site's own authority it is; without, nothing is sent."""
    certificates = make_certificates(tmp_path)

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async def trial() -> None:
        reach = Reach.of("localhost", ["localhost"])
        async with raw(say, ssl=certificates.server) as port:
            async with transport(reach=reach, ca_file=certificates.ca_file, within=None) as it:
                answer = await it.ask(Request(f"https://localhost:{port}/"))
                assert answer.status == 204
            async with transport(reach=reach, within=None) as it:
                error = await failure(it, f"https://localhost:{port}")
        assert is_refused(error, FailureReason.TLS)

    on_loop(trial())


@pytest.mark.parametrize("url", ["nowhere", "http://", "http://h:port", "ftp://127.0.0.1"])
def test_a_url_that_is_none_holds_the_channel(url: str, on_loop: OnLoop) -> None:
    """It would not be one for the next message either."""

    async def trial() -> None:
        async with transport() as it:
            error = await failure(it, url)
        assert is_refused(error, FailureReason.MISCONFIGURED)
        assert isinstance(error, Refused)
        assert error.account_wide

    on_loop(trial())


def test_connections_are_kept_and_let_go(on_loop: OnLoop) -> None:
    """One connection serves requests one by one, also anew after closing."""

    async def trial() -> None:
        ports: set[object] = set()

        async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ports.add(writer.get_extra_info("peername"))
            while not reader.at_eof() and await reader.readline():
                while (await reader.readline()).strip():
                    pass
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        async with raw(say) as port, transport() as it:
            for _ in range(3):
                await it.ask(Request(f"http://127.0.0.1:{port}/", method="GET"))
            assert len(ports) == 1
            await it.close()
            await it.ask(Request(f"http://127.0.0.1:{port}/", method="GET"))
            assert len(ports) == 2

    on_loop(trial())


def test_one_object_serves_one_loop_after_another() -> None:
    """A command line runs a loop for each thing it does."""
    it = AiohttpTransport(LOOPBACK, within=SOON)

    async def trial() -> None:
        async with Recorder() as server:
            assert (await it.ask(Request(server.url))).status == 200
            await it.close()

    for loop in LOOPS:
        run_on(loop, trial())


def test_nothing_asked_shows_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    """Not in a repr, and not in a log of all there is, whatever comes of it."""
    caplog.set_level(logging.DEBUG)
    request = Request(f"http://{MARKER}", MARKER.encode(), {"x": MARKER})

    async def trial() -> None:
        asyncio.get_running_loop().set_debug(True)
        async with Recorder([Said(MARKER.encode())]) as server, transport() as it:
            for act in (Act.LOSE, Act.HANG):
                server.fail(HttpFault(act))
                await failure(it, server.url)
            answer = await it.ask(Request(f"{server.url}/{MARKER}?{MARKER}", MARKER.encode()))
            assert MARKER not in repr(answer)

    run_on(LOOPS[0], trial())
    assert MARKER not in repr(request) + caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    """And says so without repeating it."""
    with pytest.raises(Unreadable) as caught:
        Answer(200, body=body).json()
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("Tue, 01 Jun 2027 08:02:00 GMT", 120),
        ("Tue, 01 Jun 2027 08:02:00 -0000", 120),
        ("Tue, 01 Jun 2027 07:00:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_read(said: str, seconds: int | None) -> None:
    """In seconds or as an instant; anything else is not said."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert wait_of(Answer(429, {"retry-after": said}), NOW) == expected


def test_the_longest_answer_is_read_whole(on_loop: OnLoop) -> None:
    """The limit itself is allowed."""

    async def trial() -> None:
        async with Recorder([Said(b"a" * LONGEST_ANSWER)]) as server, transport() as it:
            assert len((await it.ask(Request(server.url))).body) == LONGEST_ANSWER

    on_loop(trial())
