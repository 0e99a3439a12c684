"""The only door to the channels, and what every kind brings along."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import channels
from channels.errors import BadSettings, UnknownKind, UnsafeHeader
from channels.protocol import ReaderClass
from channels.registry import build, kinds, make, settings_of
from config.channels.types import ChannelSettings
from config.language import speaking
from tests.channels.clocks import Ticking
from tests.channels.test_echoes import CHANNELS
from tests.emulators.certificates import make_certificates

ROOT = Path(channels.__file__).parent.parent
PAGES = ("channels.md", "channels-sms.md")
SMTP = {"host": "localhost", "from": "noreply@example.invalid"}


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_documented_and_tested(kind: str) -> None:
    """A row and a section in the documentation, and a test module of its own."""
    pages = [(ROOT / "docs" / page).read_text("utf-8") for page in PAGES]
    text = "".join(pages)
    assert re.search(rf"^\| `{kind}` \|", text, re.MULTILINE)
    assert f"\n## {kind}\n" in text
    assert (ROOT / "tests" / "channels" / f"test_{kind.replace('-', '_')}.py").exists()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"host": "localhost"}, ["from"]),
        (SMTP | {"from": "nobody"}, ["from"]),
        (SMTP | {"connections": 0, "port": 70_000}, ["connections", "port"]),
        (SMTP | {"timeout": -1}, ["timeout"]),
        (SMTP | {"prot": 25}, ["prot"]),
        (SMTP | {"security": "some"}, ["security"]),
        (SMTP | {"ca_file": "/nowhere/at/all"}, ["ca_file"]),
    ],
)
def test_settings_that_do_not_fit_are_named(given: dict[str, object], wrong: list[str]) -> None:
    """All at once, by the names an admin writes."""
    with pytest.raises(BadSettings) as refusal:
        build("smtp", given)
    assert list(refusal.value.fields) == wrong


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_file_of_authorities_is_looked_for_beside_the_configuration(
    kind: str, tmp_path: Path
) -> None:
    """Whatever is asked over HTTP; where the file is not, or is none, the field is named."""
    given = {"type": kind, "ca_file": "ca.pem", **CHANNELS[kind]("https://x.invalid")}
    written = TypeAdapter[ChannelSettings](ChannelSettings).validate_python(given)
    tools = Ticking().tools()
    ca_file = make_certificates(tmp_path).ca_file
    assert make(written, tools, {"ca_file": ca_file}).kind == kind
    with pytest.raises(BadSettings) as refusal:
        make(written, tools, {"ca_file": tmp_path / "elsewhere.pem"})
    assert refusal.value.fields == ("ca_file",)


def test_settings_are_known_by_the_names_an_admin_writes() -> None:
    """`from`, which Python keeps for itself, not `from_`."""
    assert settings_of("file") == {"folder", "from", "language"}


def test_a_refusal_of_settings_keeps_the_password() -> None:
    """Neither the sentence nor what is attached to it repeats a value."""
    with pytest.raises(BadSettings) as refusal:
        build("smtp", SMTP | {"password": ["markerzebra"], "port": "markerzebra"})
    assert "markerzebra" not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_none_means_the_default() -> None:
    """Fields that an admin left out may be passed on as they are."""
    channel = build("memory", {"reader_class": None})
    assert channel.reader_class is ReaderClass.PERSON


def test_who_sends_mail_only_does_not_pay_for_http() -> None:
    """aiohttp takes 12 MB of a daemon that may have 100."""
    program = (
        "import sys, service.daemon, service.outgoing; from channels.registry import build;"
        "build('smtp', {'host': 'localhost', 'from': 'a@example.invalid'});"
        "print('aiohttp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    """With what can be chosen instead."""
    with speaking("en"), pytest.raises(UnknownKind) as refusal:
        build("pigeon", {})
    assert str(refusal.value) == (
        f"There is no channel of kind pigeon. Choose one of: {', '.join(kinds())}."
    )


def test_sentences_name_what_to_mend() -> None:
    """In English here; the catalogue holds the Chinese."""
    with speaking("en"):
        assert str(BadSettings("smtp", ["from"])) == (
            "The settings of the smtp channel do not fit; correct these fields: from."
        )
        assert str(UnsafeHeader("Subject")).startswith("The mail header Subject cannot hold")
