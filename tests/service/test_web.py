"""The port: who is believed when they say for whom they ask."""

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
