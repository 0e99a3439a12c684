"""How others see that the daemon lives: a file that is written anew, and a port that answers."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import asdict, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from config.lean import dataclass
from service.version import __version__

_LONGEST_REQUEST = 4096
_PATIENCE = 5.0
"""Seconds a client may take to ask."""

PASS_AT_LEAST_EVERY = timedelta(hours=25)
"""There is one each night; a daemon without one for longer has lost its evaluation."""

BEAT_AT_LEAST_EVERY = timedelta(minutes=5)
"""Beats come every half minute; one that cannot read the database does not count."""


@dataclass(slots=True)
class Signs:
    """The daemon's last signs of life. Instants are UTC; `failing` since the last good pass."""

    worker: str
    started_at: datetime
    beat_at: datetime
    last_pass_at: datetime | None = None
    last_sent_at: datetime | None = None
    oldest_unsent_at: datetime | None = None
    unsent: int = 0
    held: str | None = None
    failing: str | None = None
    matters: list[str] = field(default_factory=list)
    configuration_refused: bool = False  # the one before still holds
    other_rules: bool = False  # somebody else goes by them; this daemon waits

    def is_well(self, now: datetime) -> bool:
        """Say whether evaluation and delivery do what they should."""
        passed = self.last_pass_at or self.started_at
        stuck = "nothing-sent" in self.matters or self.failing is not None
        beats = now - self.beat_at < BEAT_AT_LEAST_EVERY
        return beats and not stuck and now - passed < PASS_AT_LEAST_EVERY

    def as_json(self, now: datetime) -> str:
        """Answer all of it, for machines."""
        said = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }
        whole = {"well": self.is_well(now), "version": __version__, "pid": os.getpid(), **said}
        return json.dumps(whole, ensure_ascii=False)


def write_file(path: Path, text: str) -> None:
    """Write the liveness file whole or not at all; its time of change is the last beat."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered to one path."""

    status: HTTPStatus
    media_type: str
    body: bytes


async def serve(host: str, port: int, page: Callable[[str], Page]) -> asyncio.Server:
    """Answer GET on a port, one request for each connection; the caller closes the server."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                request = await reader.readline()
                while (await reader.readline()).strip():
                    pass
                writer.write(_response(request, page))
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass  # a client that is slow, gone or too long-winded is not answered
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=_LONGEST_REQUEST)


def _response(request: bytes, page: Callable[[str], Page]) -> bytes:
    words = request.decode("latin-1").split()
    if len(words) != 3 or words[0] not in {"GET", "HEAD"}:
        found = Page(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"")
    else:
        found = page(words[1].partition("?")[0])
    head = (
        f"HTTP/1.1 {found.status.value} {found.status.phrase}\r\n"
        f"Content-Type: {found.media_type}; charset=utf-8\r\n"
        f"Content-Length: {len(found.body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if words[:1] == ["HEAD"] else found.body)
