"""Channels and inner networks: whatever a name server says, nothing inside is connected to."""

import asyncio
import socket
from collections.abc import Sequence

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from channels.http import AiohttpTransport, Request
from channels.protocol import ChannelError, FailureReason, Refused
from channels.reaching import ForbiddenAddress, Found, Resolve, connected
from config.reach import Reach
from tests.emulators.http import Recorder, Said

NAME = "gateway.example.invalid"
INSIDE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "::1", "::ffff:127.0.0.1")


class NameServer(AbstractResolver):
    """Says what it is told to, one thing after the other, the last for ever."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Answer one address."""
        self.asked.append(host)
        address = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing to let go of."""


async def refusal(carrier: AiohttpTransport, url: str) -> Refused:
    """Ask what must be refused; answer how."""
    with pytest.raises(ChannelError) as caught:
        await carrier.ask(Request(url))
    await carrier.close()
    assert isinstance(caught.value, Refused)
    return caught.value


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    """The channel is held, and the operator told why; nothing was connected to."""

    async def trial() -> None:
        async with Recorder() as server:
            carrier = AiohttpTransport(Reach.of(NAME), resolver=NameServer(address))
            error = await refusal(carrier, f"http://{NAME}:{server.port}/")
            assert (error.reason, error.account_wide) == (FailureReason.FORBIDDEN_ADDRESS, True)
            assert address not in str(error)
            assert server.asked == []

    asyncio.run(trial())


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """Each connection is judged by the address that it goes to, not by what was said before."""

    async def trial() -> None:
        async with Recorder() as server:
            names = NameServer("127.0.0.1", "127.0.0.2")
            carrier = AiohttpTransport(Reach.of(NAME, ["127.0.0.1"]), resolver=names)
            assert (await carrier.ask(Request(f"http://{NAME}:{server.port}/"))).status == 200
            await carrier.close()
            error = await refusal(carrier, f"http://{NAME}:{server.port}/")
            assert error.reason is FailureReason.FORBIDDEN_ADDRESS
            assert len(server.asked) == 1

    asyncio.run(trial())


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_an_address_written_as_the_host_is_refused(host: str) -> None:
    """No name server is asked for it, and it is looked at all the same."""

    async def trial() -> None:
        async with Recorder() as server:
            carrier = AiohttpTransport(Reach.of(host))
            error = await refusal(carrier, f"http://{host}:{server.port}/")
            assert error.reason is FailureReason.FORBIDDEN_ADDRESS
            assert server.asked == []

    asyncio.run(trial())


def test_another_host_than_the_configured_one_is_not_asked() -> None:
    """Whatever a template, an answer or a number makes of the URL."""

    async def trial() -> None:
        async with Recorder() as server:
            names = NameServer("127.0.0.1")
            carrier = AiohttpTransport(Reach.of(NAME, ["127.0.0.0/8"]), resolver=names)
            for url in (f"http://other.invalid:{server.port}/", f"http://{NAME}@127.0.0.1/"):
                assert (await refusal(carrier, url)).reason is FailureReason.MISCONFIGURED
            assert (names.asked, server.asked) == ([], [])

    asyncio.run(trial())


def test_a_redirect_inside_is_only_an_answer() -> None:
    """The gateway that was allowed cannot send us on to another machine."""

    async def trial() -> None:
        said = Said(status=302, headers={"Location": "http://169.254.169.254/latest/"})
        async with Recorder([said]) as server:
            carrier = AiohttpTransport(Reach.of("127.0.0.1", ["127.0.0.1"]))
            assert (await carrier.ask(Request(server.url))).status == 302
            await carrier.close()

    asyncio.run(trial())


def _saying(*addresses: str) -> Resolve:
    async def resolve(_host: str, port: int) -> Sequence[Found]:
        stream = socket.SOCK_STREAM
        return [(socket.AF_INET, stream, 0, "", (address, port)) for address in addresses]

    return resolve


def test_a_mail_server_inside_is_refused() -> None:
    """Before anything is connected to."""
    with pytest.raises(ForbiddenAddress):
        asyncio.run(connected(Reach.of(NAME), 25, resolve=_saying("10.0.0.1", "127.0.0.1")))


def test_the_first_permitted_address_that_answers_is_taken() -> None:
    """Forbidden ones are passed over, and those where nobody listens."""

    async def trial() -> None:
        async with Recorder() as server:
            reach = Reach.of(NAME, ["127.0.0.1"])
            line = await connected(
                reach, server.port, resolve=_saying("10.0.0.1", "127.0.0.1", "127.0.0.2")
            )
            assert line.getpeername()[0] == "127.0.0.1"
            line.close()

    asyncio.run(trial())


def test_nobody_listening_is_said_before_what_is_forbidden() -> None:
    """Where a permitted address was tried, that is what the operator looks into."""
    reach = Reach.of(NAME, ["127.0.0.1"])
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(connected(reach, 1, resolve=_saying("10.0.0.1", "127.0.0.1")))
    with pytest.raises(OSError, match="no address"):
        asyncio.run(connected(reach, 1, resolve=_saying()))
