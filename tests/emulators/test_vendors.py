"""The vendors' stand-ins take what the vendors' own SDKs send, and little else."""

import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.channels.clocks import Ticking
from tests.emulators.aliyun import AliyunEmulator
from tests.emulators.http import Asked, HttpEmulator, Said
from tests.emulators.tencent import TencentEmulator

_FILE = Path(__file__).parents[1] / "channels" / "signatures" / "sdk_requests.json"
RECORDED: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))["requests"]


def asked(recorded: dict[str, Any]) -> Asked:
    """Make a recorded request again."""
    path, query, headers = recorded["path"], recorded["query"], recorded["headers"]
    return Asked("POST", path, query, headers, recorded["body"].encode())


def server_for(recorded: dict[str, Any], *, later: timedelta = timedelta()) -> HttpEmulator:
    """Make the stand-in at the time of a recorded request, or later."""
    clock = Ticking(start=datetime.fromisoformat(recorded["at"]) + later)
    is_aliyun = "x-acs-action" in recorded["headers"]
    return AliyunEmulator(clock) if is_aliyun else TencentEmulator(clock)


def code_of(said: Said) -> str:
    """Read the code of an answer of either vendor."""
    body = json.loads(said.body)
    if "Response" not in body:
        return str(body["Code"])
    response = body["Response"]
    return str(response["Error"]["Code"] if "Error" in response else "OK")


def name(recorded: dict[str, Any]) -> str:
    """Name a recorded request."""
    headers = recorded["headers"]
    action = headers.get("x-acs-action") or headers["x-tc-action"]
    return f"{recorded['sdk'].split('-')[0]} {action} {recorded['at']}"


@pytest.mark.parametrize("recorded", RECORDED, ids=name)
def test_what_an_sdk_sends_is_taken(recorded: dict[str, Any]) -> None:
    """Also at one in the morning in Beijing, when the UTC date is yesterday's."""
    assert code_of(server_for(recorded).answer(asked(recorded))) == "OK"


@pytest.mark.parametrize("recorded", RECORDED, ids=name)
def test_any_change_is_refused(recorded: dict[str, Any]) -> None:
    """Of the text, the action or the time."""
    request = asked(recorded)
    other = {name: "X" for name in request.headers if name.endswith("-action")}
    for changed, later in (
        (dataclasses.replace(request, body=request.body + b" "), timedelta()),
        (dataclasses.replace(request, headers={**request.headers, "host": "x"}), timedelta()),
        (dataclasses.replace(request, headers={**request.headers, **other}), timedelta()),
        (request, timedelta(minutes=20)),
    ):
        assert code_of(server_for(recorded, later=later).answer(changed)) != "OK"


def test_aliyun_takes_a_request_once() -> None:
    """The same nonce again is somebody's copy."""
    server = server_for(RECORDED[0])
    server.answer(asked(RECORDED[0]))
    assert code_of(server.answer(asked(RECORDED[0]))) == "SignatureNonceUsed"
