"""`make demo`: WeCom and an SMS gateway beside the mail server."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.labels import labels_in
from service import demo
from service.cli import World
from service.demo_county import make_county
from service.demo_gateways import with_gateways
from service.demo_office import last_week
from tests import demo as whole

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the demo once with all its stand-ins; answer its folder and what it printed."""
    home, out = tmp_path_factory.mktemp("demo") / "county", io.StringIO()
    world = World(out, io.StringIO(), {"LANG": "en_US.UTF-8"}, lambda: NOW)
    assert whole.main(["--lang", "en", str(home)], world) == 0
    return home, out.getvalue()


def test_phones_receive_what_they_can(told: tuple[Path, str]) -> None:
    """WeCom for who has it, else an SMS, else mail, else the supervisor passes it on."""
    _home, words = told
    counted = dict(re.findall(r"(wecom|sms): (\d+) messages", words))
    assert (int(counted["wecom"]) >= 8, int(counted["sms"]) >= 20) == (True, True)
    assert "relayed through the next above" in words


def test_what_the_gateway_confirms_has_arrived(told: tuple[Path, str]) -> None:
    """Its receipts come back to the demo's port."""
    _home, words = told
    assert re.search(r"arrived +\d+", words)


def test_an_sms_is_signed_and_of_one_part(told: tuple[Path, str]) -> None:
    """Seventy characters with the signature, no link."""
    home, _words = told
    lines = (home / demo.MAILS / "sms.txt").read_text("utf-8").splitlines()
    texts = [line for line in lines if line.startswith("【")]
    assert len(texts) >= 20
    assert [text for text in texts if len(text) > 70 or "http" in text] == []


@pytest.mark.parametrize("name", ["sms.txt", "wecom.txt"])
def test_no_phone_shows_a_child(told: tuple[Path, str], name: str) -> None:
    """Neither names nor labelling words."""
    home, _words = told
    said = (home / demo.MAILS / name).read_text("utf-8")
    county = make_county(last_week(NOW.date())[0])
    assert labels_in(said, ()) == []
    assert [c.name for town in county.towns for c in town.children if c.name in said] == []


def test_without_gateways_settings_stay_as_they_are() -> None:
    """`shouwang demo` of an installed Shouwang has only mail."""
    assert with_gateways("channels:\n", (), port=1) == "channels:\n"
