"""A request to an application in this process, as a server would hand it in: perhaps in pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `breaks_off`: the client is gone before the last piece of the body."""

    path: str
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    pieces: Sequence[bytes] = (b"",)
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_off: bool = False


async def ask(app: ASGIApp, request: Ask) -> int:
    """Hand a request in; answer the status that came back."""
    left = [{"type": "http.request", "body": one, "more_body": True} for one in request.pieces]
    if request.breaks_off:
        left[-1:] = [{"type": "http.disconnect"}]
    else:
        left[-1]["more_body"] = False
    told: list[int] = []

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await app(_scope(request), receive, send)
    (status,) = told
    return status


def _scope(request: Ask) -> dict[str, object]:
    query = {key: text.encode("utf-8", "replace") for key, text in request.query.items()}
    headers = [
        (key.encode(), value.encode("latin-1", "replace")) for key, value in request.headers.items()
    ]
    return {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": quote(request.path, errors="replace").encode(),
        "query_string": urlencode(query).encode(),
        "headers": headers,
        "client": ("192.0.2.7", 40000),
    }
