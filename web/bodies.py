"""What a request brings along: read up to a size and within a time, or not at all."""

import asyncio

from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request

PATIENCE = 10.0
"""Seconds in which a request must be here as a whole."""


class Unread(Exception):
    """A body that was not read to its end; `status` is what its sender is told."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_body(request: Request, most: int) -> bytes:
    """Answer what was sent, of at most so many bytes.

    Raises:
        Unread: it is larger, or did not come in time.
    """
    pieces, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise Unread(413)
                pieces.append(piece)
    except (TimeoutError, ClientDisconnect):
        raise Unread(408) from None
    return b"".join(pieces)


async def read_texts(request: Request, most: int) -> dict[str, str]:
    """Answer the texts of a small JSON object.

    Another site's form cannot send JSON without asking first, which is answered by nobody here.

    Raises:
        Unread: it is none, or was not read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Unread(415)
    try:
        found = from_json(await read_body(request, most))  # refuses half a character, too
    except ValueError:
        raise Unread(400) from None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Unread(400)
    return found
