"""`send-test` through a gateway of SMS: in the text that was approved, where one is needed."""

from pathlib import Path

import pytest

from tests.emulators.http import beside
from tests.emulators.kannel import PASSWORD, USER, KannelEmulator
from tests.service.commands.desk import Desk

_SMS = """
  sms:
    type: http-sms
    url: ${GATEWAY}
    allow_private: 127.0.0.1
    username: %s
    password: ${PASSWORD}
    signature: 演示县民政局
"""
_TEXT = """\
    templates:
      default:
        code: SMS_1
        text: 您好，${village}有${total}户待办：${list}。
        status: approved
"""


def desk_with(begun: Desk, gateway: KannelEmulator, more: str = "") -> Desk:
    """Answer a desk whose directors get SMS."""
    settings = Path("本县设置.yaml")
    text = settings.read_text("utf-8")
    channels = "channels:" + _SMS % USER + more
    text = text.replace("channels:\n", channels, 1)
    text = text.replace("director:\n      - email\n", "director:\n      - sms\n", 1)
    settings.write_text(text, "utf-8")
    environment = {"GATEWAY": f"{gateway.url}/cgi-bin/sendsms", "PASSWORD": PASSWORD}
    return Desk(begun.folder, environment=environment)


@pytest.mark.parametrize(
    ("more", "said"), [("", "测试"), (_TEXT, "【演示县民政局】您好，青山村有12户待办：")]
)
def test_a_test_is_sent_in_the_words_a_gateway_takes(
    begun_desk: Desk, more: str, said: str
) -> None:
    """Any words, or the approved text filled with made-up data."""
    gateway = KannelEmulator()
    with beside(gateway):
        desk = desk_with(begun_desk, gateway, more)
        assert desk.done("--json", "send-test", "sms", "15400000001").json["sent"] is True
    (sms,) = gateway.sent
    assert sms.to == "15400000001"
    assert said in sms.text
    assert gateway.violations == []
