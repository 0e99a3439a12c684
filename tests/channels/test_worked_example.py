"""The worked example in docs/channels.md is code that runs, and names places that exist."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import channels
from channels import registry
from channels.http import Answer
from channels.protocol import (
    AddressKind,
    Channel,
    ChannelError,
    FailureReason,
    Form,
    Message,
    ReaderClass,
    Receipt,
    Repeats,
    Traits,
)
from tests.channels.answering import Answering
from tests.channels.clocks import NOW, Ticking

ROOT = Path(channels.__file__).parent.parent
_SECTION = (
    (ROOT / "docs" / "channels.md").read_text("utf-8").partition("\n## Adding a channel\n")[2]
)
MODEL, CHANNEL, ENTRY, TEST = re.findall(
    r"^```python\n(.*?)^```$", _SECTION, re.DOTALL | re.MULTILINE
)
MESSAGE = Message("n-1", "15400000001", "", "有3户待办", NOW)


def module(name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Make a module of what the page shows, for as long as the test runs."""
    made = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    exec(compile(code, f"docs/channels.md: {name}", "exec"), made.__dict__)  # noqa: S102  # our own page
    return made


def outcome_of(channel: Channel, message: Message) -> Receipt | FailureReason:
    """Send; answer the receipt, or the reason why there is none."""
    try:
        return asyncio.run(channel.send(message))
    except ChannelError as error:
        return error.reason


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model, channel and test, put together as they are on the page."""
    model = module("config.channels.pager", MODEL, monkeypatch)
    channel = module("channels.pager", CHANNEL, monkeypatch)
    given = {
        "pytest": pytest,
        "Answer": Answer,
        "Answering": Answering,
        "FailureReason": FailureReason,
        "MESSAGE": MESSAGE,
        "PagerChannel": channel.PagerChannel,
        "PagerSettings": model.PagerSettings,
        "Receipt": Receipt,
        "Ticking": Ticking,
        "outcome_of": outcome_of,
    }
    exec(compile(TEST, "docs/channels.md: test", "exec"), given)  # noqa: S102  # our own page
    test = given["test_the_gateways_word_counts"]
    assert callable(test)
    (cases,) = test.pytestmark
    for case in cases.args[1]:
        test(*case)


def test_the_entry_finds_model_and_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the registry would."""
    module("config.channels.pager", MODEL, monkeypatch)
    channel = module("channels.pager", CHANNEL, monkeypatch)
    known = {
        "_Kind": registry._Kind,
        "Traits": Traits,
        "Form": Form,
        "AddressKind": AddressKind,
        "ReaderClass": ReaderClass,
        "Repeats": Repeats,
    }
    (kind, entry), *_ = eval(ENTRY, known).items()  # noqa: S307  # our own page
    assert entry.load(kind) == (channel.PagerSettings, channel.PagerChannel)
    assert entry.traits.form is Form.SMS


@pytest.mark.parametrize("code", [MODEL, CHANNEL, TEST], ids=["model", "channel", "test"])
def test_the_example_looks_like_our_code(code: str) -> None:
    """Formatted as everything else is."""
    command = [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "-"]
    settings = ["--config", str(ROOT / "pyproject.toml")]
    assert subprocess.run([*command, *settings], input=code, text=True).returncode == 0


def test_what_the_steps_name_is_there() -> None:
    """Files exist, also the example's when a real channel stands in its place; lists have their names."""
    named = set(re.findall(r"`((?:\w+/)+[\w*.]+\.(?:py|toml|md|txt))`", _SECTION))
    real = {
        path.replace("/pager.py", "/webhook.py").replace("_pager", "_webhook") for path in named
    }
    assert [path for path in sorted(real) if not list(ROOT.glob(path))] == []
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    quoted = re.findall(
        r'"([A-Z][^"]+)"', _SECTION.partition("`pyproject.toml`:")[2].split("\n")[0]
    )
    assert len(quoted) == 2
    assert [name for name in quoted if f'name = "{name}"' not in project] == []
    assert "| WebhookSettings" in (ROOT / "config" / "channels" / "types.py").read_text("utf-8")
