"""Addresses of far sides, and channels over HTTP as an admin writes them."""

from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from config.channels.aliyun import AliyunSmsSettings
from config.channels.endpoints import Proof, SecretAddress, SecretSecureAddress, SecureAddress
from config.channels.robots import DingtalkRobotSettings
from config.channels.tencent import TencentSmsSettings
from config.channels.webhook import WebhookSettings
from config.loader import load

SMALLEST = (Path(__file__).parent / "good" / "smallest.yaml").read_text("utf-8")
SECURE: TypeAdapter[str] = TypeAdapter(SecureAddress)
SECRET: TypeAdapter[SecretStr] = TypeAdapter(SecretAddress)
PROOF: TypeAdapter[SecretStr] = TypeAdapter(Proof)
BOTH: TypeAdapter[SecretStr] = TypeAdapter(SecretSecureAddress)
WRITTEN = """
  钉钉:
    type: dingtalk-robot
    url: ${ROBOT}
    secret: ${KEY}
    region: "990101001"
    role: supervisor
    rates: 每分钟15条
  平台:
    type: webhook
    url: http://10.1.2.3:8080/hook
    allow_private: 10.1.2.3
    secret: ${KEY}
    headers: {Authorization: "Bearer ${KEY}"}
    address: phone
    reader_class: person
    timeout: 5秒
  阿里短信:
    type: aliyun-sms
    access_key_id: ${KEY}
    access_key_secret: ${KEY}
    signature: 【演示县民政局】
    ask_after: 10分钟
    templates:
      default: {code: SMS_1, text: "您有${total}户待办。", status: approved}
  腾讯短信:
    type: tencent-sms
    secret_id: ${KEY}
    secret_key: ${KEY}
    sdk_app_id: 1400006666
    signature: 演示县民政局
"""


@pytest.mark.parametrize("address", ["https://x.invalid", "https://x.invalid:8443/a?b=c"])
def test_an_address_is_https(address: str) -> None:
    """With or without a port, a path, a query."""
    assert SECURE.validate_python(address) == address
    assert BOTH.validate_python(address).get_secret_value() == address


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://localhost/x", "http://[::1]:9"])
def test_a_stand_in_on_this_machine_does_without(address: str) -> None:
    """Nobody listens on the way."""
    assert SECURE.validate_python(address) == address


def test_a_systems_own_network_may_be_trusted() -> None:
    """A webhook inside a county's network often has no certificate."""
    address = "http://10.1.2.3:8080/hook"
    assert SECRET.validate_python(address).get_secret_value() == address
    with pytest.raises(ValidationError):
        BOTH.validate_python(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x.invalid",
        "ftp://x.invalid",
        "https://",
        "https://x:99999",
        "https://我",
        "https://a b",
    ],
)
def test_anything_else_is_no_address(address: str) -> None:
    """And is not repeated: it may hold a key."""
    for adapter in (SECURE, SECRET, BOTH):
        with pytest.raises(ValidationError) as refusal:
            adapter.validate_python(address)
        assert "https://" in str(refusal.value)


def test_channels_are_written_in_yaml(tmp_path: Path) -> None:
    """Keys from the environment, variables of approved texts as they stand."""
    path = tmp_path / "site.yaml"
    path.write_text(SMALLEST + WRITTEN, "utf-8")
    environment = {
        "ROBOT": "https://oapi.invalid/robot?access_token=k",
        "KEY": "key-markerzebra-0001",
    }
    channels = load(path, environment).channels
    robot, hook = channels["钉钉"], channels["平台"]
    aliyun, tencent = channels["阿里短信"], channels["腾讯短信"]
    assert isinstance(robot, DingtalkRobotSettings)
    assert [str(rate) for rate in robot.limits()] == ["15 per minute"]
    assert isinstance(hook, WebhookSettings)
    assert hook.headers["Authorization"].get_secret_value() == "Bearer key-markerzebra-0001"
    assert isinstance(aliyun, AliyunSmsSettings)
    assert (aliyun.signature, aliyun.templates["default"].variables()) == (
        "演示县民政局",
        ("total",),
    )
    assert isinstance(tencent, TencentSmsSettings)
    assert tencent.sdk_app_id == "1400006666"
    assert "markerzebra" not in repr(channels)


@pytest.mark.parametrize(
    "written", ["", " " * 20, "fifteen-letters", "half a letter: \udcff", "x" * 20 + "\n"]
)
def test_a_proof_is_not_guessed(written: str) -> None:
    """A variable of the environment may be set and empty: then anybody would prove anything."""
    with pytest.raises(ValidationError, match="openssl rand"):
        PROOF.validate_python(written)
    assert PROOF.validate_python("sixteen--letters")
