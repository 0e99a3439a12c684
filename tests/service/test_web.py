"""The port: who is believed when they say for whom they ask, and how long it waits."""

import asyncio

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from service.web import serving
from web.limiting import source_of


def _who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(source_of(request))


@pytest.mark.parametrize(
    ("proxies", "said", "source"),
    [
        ("", "203.0.113.9", "127.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", None, "127.0.0.1"),
    ],
)
def test_only_a_configured_proxy_is_believed(proxies: str, said: str | None, source: str) -> None:
    """Of what it was told itself, only the last word is its own."""

    async def ask() -> str:
        headers = {} if said is None else {"X-Forwarded-For": said}
        app = Starlette(routes=[Route("/", _who)])
        async with (
            serving(app, "127.0.0.1", 0, proxies=proxies) as port,
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/", headers=headers) as answer,
        ):
            return await answer.text()

    assert asyncio.run(ask()) == source


def test_who_says_nothing_is_not_waited_for() -> None:
    """Nor who says a letter now and then: a hundred of them would shut everybody else out."""

    async def trial() -> None:
        async with serving(_app(), "127.0.0.1", 0, head_within=0.2) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()

    asyncio.run(trial())


def test_a_second_request_has_no_more_time_than_the_first() -> None:
    """On a connection that is kept."""

    async def trial() -> None:
        async with serving(_app(), "127.0.0.1", 0, head_within=0.2) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT")
            async with asyncio.timeout(5):
                assert (await reader.read()).count(b"HTTP/1.1 ") == 1
            writer.close()

    asyncio.run(trial())


def test_long_headers_are_refused() -> None:
    """Before they are whole."""

    async def trial() -> None:
        async with serving(_app(), "127.0.0.1", 0) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 40_000)
            async with asyncio.timeout(5):
                assert (await reader.readline()).startswith(b"HTTP/1.1 4")
            writer.close()

    asyncio.run(trial())


def _app() -> Starlette:
    return Starlette()
