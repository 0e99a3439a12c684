"""A file and a port tell monitors whether the daemon does its work."""

import asyncio
import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from service.liveness import Page, Signs, serve, write_file
from tests.service.sites import MONDAY


@pytest.fixture
def signs() -> Signs:
    """Answer the signs of a daemon that has just started."""
    return Signs("worker", started_at=MONDAY, beat_at=MONDAY)


def test_a_daemon_that_works_is_well(signs: Signs) -> None:
    """It beats, it passes, it sends."""
    signs.last_pass_at = MONDAY
    assert signs.is_well(MONDAY + timedelta(minutes=1))


@pytest.mark.parametrize(
    "ill",
    [
        {"failing": "OperationalError"},
        {"matters": ["nothing-sent"]},
        {"beat_at": MONDAY - timedelta(minutes=6)},
        {"last_pass_at": MONDAY - timedelta(hours=26)},
    ],
    ids=["pass-fails", "nothing-sent", "no-beat", "no-pass"],
)
def test_a_daemon_that_fails_at_its_work_is_not(signs: Signs, ill: dict[str, object]) -> None:
    """Whatever of it stands still shows."""
    for name, value in ill.items():
        setattr(signs, name, value)
    assert not signs.is_well(MONDAY)


def test_the_file_holds_everything_and_leaves_nothing_beside_it(
    tmp_path: Path, signs: Signs
) -> None:
    """Machines read JSON; a monitor may also look at its age only."""
    signs.unsent, signs.held = 3, "restored"
    for _ in range(2):
        write_file(tmp_path / "alive", signs.as_json(MONDAY))
    said = json.loads((tmp_path / "alive").read_text("utf-8"))
    assert (said["well"], said["unsent"], said["held"]) == (True, 3, "restored")
    assert said["beat_at"] == "2027-06-07T01:30:00+00:00"
    assert [path.name for path in tmp_path.iterdir()] == ["alive"]


@pytest.mark.parametrize(
    ("request_", "begins", "ends"),
    [
        (b"GET /healthz?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK", b"/healthz"),
        (b"HEAD /healthz HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK", b"\r\n\r\n"),
        (b"POST /healthz HTTP/1.1\r\n\r\n", b"HTTP/1.1 405", b"\r\n\r\n"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 405", b"\r\n\r\n"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", b"", b""),
    ],
    ids=["get", "head", "post", "nonsense", "endless"],
)
def test_the_port_answers_one_question(request_: bytes, begins: bytes, ends: bytes) -> None:
    """GET and HEAD are answered, the rest refused, an endless line cut off."""
    answer = asyncio.run(_ask(request_))
    assert answer.startswith(begins)
    assert answer.endswith(ends)


async def _ask(request: bytes) -> bytes:
    def page(path: str) -> Page:
        return Page(HTTPStatus.OK, "text/plain", path.encode())

    server = await serve("127.0.0.1", 0, page)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        try:
            answer = await reader.read()
        except ConnectionResetError:
            answer = b""
        writer.close()
    return answer
