"""Sockets that go nowhere but where a channel may: looked at is the address that is connected to.

A name is resolved once, and what it stood for is judged right before the connection is made; so a
name server that answers differently the second time gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from config.reach import Reach

Where = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
"""The address of a socket as the system gives it; the last is of a system without IPv6."""

Found = tuple[int, int, int, str, Where]
"""What the system says of one address: family, type, protocol, name, address."""

Resolve = Callable[[str, int], Awaitable[Sequence[Found]]]


class ForbiddenAddress(OSError):
    """The far side's name leads to an address of this machine or a network behind it.

    It holds no address: what a name server said is not repeated to anybody.
    """


def socket_within(reach: Reach, found: Found) -> socket.socket:
    """Make a socket for an address.

    Raises:
        ForbiddenAddress: `reach` does not permit it.
    """
    family, kind, protocol, _name, where = found
    if not isinstance(where[0], str) or not reach.permits(where[0]):
        raise ForbiddenAddress
    return socket.socket(family, kind, protocol)


async def resolved(host: str, port: int) -> Sequence[Found]:
    """Ask the system for all addresses of a host.

    Raises:
        OSError: it knows none.
    """
    with suppress(socket.gaierror):  # an address asks nobody, so it needs no thread
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    loop = asyncio.get_running_loop()
    return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


async def connected(reach: Reach, port: int, *, resolve: Resolve = resolved) -> socket.socket:
    """Connect to the host of `reach`, at its first address that answers.

    Raises:
        ForbiddenAddress: all its addresses are forbidden.
        OSError: it has none, or no permitted one answers.
    """
    trouble: list[OSError] = []
    for found in await resolve(reach.host, port):
        try:
            return await _connect(reach, found)
        except OSError as error:
            trouble.append(error)
    trouble.sort(key=lambda error: isinstance(error, ForbiddenAddress))
    raise trouble[0] if trouble else OSError("no address")


async def _connect(reach: Reach, found: Found) -> socket.socket:
    made = socket_within(reach, found)
    is_connected = False
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, found[4])
        is_connected = True
    finally:
        if not is_connected:
            made.close()
    return made
