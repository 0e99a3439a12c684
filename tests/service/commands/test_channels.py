"""Channels over HTTP at the command line: tried with a test message, looked at by `doctor`."""

from collections.abc import Iterator

import pytest

from tests.channels.grounds_wecom import contents
from tests.emulators.http import beside
from tests.emulators.wecom import AGENTID, CORPID, KEY, SECRET, WecomEmulator
from tests.service.commands.desk import Desk

_MARKER = "markerzebra"
_CHANNELS = f"""channels:
  group:
    type: wecom-robot
    url: ${{ROBOT}}
    allow_private: 127.0.0.1
    region: "990101001"
    role: supervisor
  wecom:
    type: wecom-app
    corpid: {CORPID}
    secret: ${{SECRET}}
    agentid: {AGENTID}
    api: ${{API}}
    allow_private: 127.0.0.1
    timeout: 2 seconds
"""


@pytest.fixture
def wecom() -> Iterator[WecomEmulator]:
    """Answer a WeCom that runs beside the commands."""
    emulator = WecomEmulator()
    with beside(emulator):
        yield emulator


@pytest.fixture
def wecom_desk(begun_desk: Desk, wecom: WecomEmulator) -> Desk:
    """Answer a desk with a robot and an application; keys come from the environment."""
    settings = begun_desk.folder / "本县设置.yaml"
    settings.write_text(settings.read_text("utf-8").replace("channels:\n", _CHANNELS, 1), "utf-8")
    environment = {"ROBOT": wecom.robot_url, "SECRET": SECRET, "API": wecom.url}
    return Desk(begun_desk.folder, environment=environment)


def looks(desk: Desk) -> dict[str, tuple[str, str]]:
    """Answer what `doctor` finds of the channels."""
    checks = desk.run("--lang", "en", "--json", "doctor").json["checks"]
    return {
        check["name"].removeprefix("channel "): (check["verdict"], check["sentence"])
        for check in checks
        if check["name"].startswith("channel ")
    }


def test_a_group_is_sent_a_test_without_an_address(wecom_desk: Desk, wecom: WecomEmulator) -> None:
    """There is only one group behind a robot."""
    assert wecom_desk.done("--json", "send-test", "group").json["sent"] is True
    (text,) = contents(wecom.groups[KEY])
    assert "测试" in text


def test_a_member_is_sent_a_test_by_user_id(wecom_desk: Desk, wecom: WecomEmulator) -> None:
    """And the answer names WeCom's own id; without a user id nothing is sent."""
    answer = wecom_desk.done("--json", "send-test", "wecom", "director01").json
    assert answer["reference"].startswith("msg-")
    assert len(wecom.members["director01"]) == 1
    refused = wecom_desk.run("send-test", "wecom")
    assert refused.code == 2
    assert "请再写上地址" in refused.err


def test_doctor_asks_whether_keys_are_taken(wecom_desk: Desk, wecom: WecomEmulator) -> None:
    """A wrong key is found before anybody waits for a message; nobody is told anything."""
    good = ("good", "answers, and takes our key")
    assert looks(wecom_desk)["group"] == looks(wecom_desk)["wecom"] == good
    wecom.keys.clear()
    wecom.secret = "changed"
    found = looks(wecom_desk)
    assert [found[name][0] for name in ("group", "wecom")] == ["bad", "bad"]
    assert "errcode 93000" in found["group"][1]
    assert not wecom.groups
    assert not wecom.members


def test_no_key_shows_at_the_command_line(wecom_desk: Desk, wecom: WecomEmulator) -> None:
    """Whatever goes wrong."""
    wecom.keys.clear()
    wecom.secret = "changed"
    answers = [
        wecom_desk.run("send-test", "group"),
        wecom_desk.run("send-test", "wecom", "director01"),
        wecom_desk.run("doctor"),
        wecom_desk.run("check"),
    ]
    assert [answer.code for answer in answers[:3]] == [1, 1, 1]
    assert not [answer for answer in answers if _MARKER in answer.out + answer.err]


def test_doctor_looks_whether_others_answer(begun_desk: Desk, wecom: WecomEmulator) -> None:
    """By host and port; what else stands in an address is a secret."""
    channels = "channels:\n" + "".join(
        f"  {name}:\n    type: webhook\n    url: http://127.0.0.1:{port}/{_MARKER}\n    allow_private: 127.0.0.1\n"
        "    address: phone\n    reader_class: person\n"
        for name, port in (("here", wecom.port), ("gone", 1))
    )
    settings = begun_desk.folder / "本县设置.yaml"
    settings.write_text(settings.read_text("utf-8").replace("channels:\n", channels, 1), "utf-8")
    found = looks(begun_desk)
    assert found["here"] == ("good", f"127.0.0.1:{wecom.port} answers")
    assert found["gone"] == ("bad", "127.0.0.1:1 does not answer")
