"""One function for each door: bytes in; taken, or refused in so many words, and nothing else."""

import io
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import TypeAdapter

from alerts.errors import Refusal
from alerts.reviewing import Reviewer
from alerts.template_limits import parse_templates
from alerts.views import DirectorView
from channels.inbound import Hears, Inbound, Unheard
from channels.protocol import Tools
from channels.registry import make
from channels.stores import MemoryStore
from config.channels.types import ChannelSettings
from config.errors import ConfigurationErrors
from config.loader import read
from config.reach import Reach
from ledgers.reading.containers import Refused, kind_of
from ledgers.reading.delimited import write_rows
from tests.refusing import expect_refusal

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
TOKEN = "token-of-fuzzing-0001"
_SETTINGS: TypeAdapter[Any] = TypeAdapter(ChannelSettings)
_SIGNED = {"signature": "演示县民政局", "receipt_token": TOKEN}
_ALIYUN = {"type": "aliyun-sms", "access_key_id": "k", "access_key_secret": "s", **_SIGNED}
_TENCENT = {"type": "tencent-sms", "secret_id": "k", "secret_key": "s", **_SIGNED}
_GATEWAY = {"type": "http-sms", "url": "https://sms.example.invalid/", **_SIGNED}
_JSON = {"shape": "json", "items": "a.b", "out_id": "id", "status": "s"}
_HEARING = (
    _ALIYUN,
    {**_TENCENT, "sdk_app_id": "1400000000"},
    _GATEWAY,
    {**_GATEWAY, "receipts": _JSON},
)


def configuration(data: bytes) -> None:
    """A YAML file, as an admin might save it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.yaml"
        path.write_bytes(data)
        expect_refusal(lambda: read(path, {}), ConfigurationErrors)


def text_file(data: bytes) -> None:
    """A csv file, as the child process reads it."""
    expect_refusal(lambda: write_rows(io.BytesIO(data), io.BytesIO(), cells=10_000), Refused)


def container(data: bytes) -> None:
    """A workbook, as far as it is looked at before it is read."""
    expect_refusal(lambda: kind_of(io.BytesIO(data), unpacked_bytes=1 << 24), Refused)


def template(data: bytes) -> None:
    """A template of a site's own."""
    name, refusals = "zh_CN/director/text.txt", list[Refusal]()
    text = data.decode("utf-8", "replace")
    parsed = parse_templates(ImmutableSandboxedEnvironment(), {name: text}, refusals)
    if name in parsed:
        refusals += Reviewer(name, parsed).review(DirectorView)
    assert all(one.sentence for one in refusals)


def receipts(data: bytes) -> None:
    """What a gateway pushes, in the body and in the query."""
    query = {"token": TOKEN, "status": data[:40].decode("latin-1"), "out_id": "n1"}
    inbound = Inbound("POST", {}, query, data)
    for channel in hearing():
        expect_refusal(lambda it=channel: it.hear(inbound, now=NOW), Unheard)  # type: ignore[misc]  # bound


def address(data: bytes) -> None:
    """What a name server says."""
    permitted = Reach.of("far.example.invalid").permits(data.decode("latin-1"))
    assert isinstance(permitted, bool)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (configuration, text_file, container, template, receipts, address)
}


@cache
def hearing() -> tuple[Hears, ...]:
    tools = Tools(MemoryStore(lambda: NOW), lambda: NOW)
    made = [make(_SETTINGS.validate_python(given), tools, {}) for given in _HEARING]
    return tuple(one for one in made if isinstance(one, Hears))
