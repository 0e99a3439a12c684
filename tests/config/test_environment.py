"""`${NAME}` brings secrets in, and nothing lets them out."""

from pathlib import Path

import pytest

from config.channels.http_sms import HttpSmsSettings
from config.channels.mail import SmtpChannel
from config.errors import ConfigurationErrors
from config.language import speaking
from config.loader import load

SMALLEST = (Path(__file__).parent / "good" / "smallest.yaml").read_text("utf-8")
SECRET = "kein-Wort-davon"


def with_channel(folder: Path, lines: str) -> Path:
    """Write a configuration whose channel has further lines."""
    path = folder / "main.yaml"
    path.write_text(SMALLEST.replace("    type: smtp\n", f"    type: smtp\n{lines}"), "utf-8")
    return path


def test_a_variable_is_filled_in(tmp_path: Path) -> None:
    """Also inside a text, and more than one."""
    path = with_channel(tmp_path, "    username: ${A}@${B_2}\n    password: ${SECRET}\n")
    channel = load(path, {"A": "a", "B_2": "b", "SECRET": SECRET}).channels["email"]
    assert isinstance(channel, SmtpChannel)
    assert channel.username == "a@b"
    assert channel.password is not None
    assert channel.password.get_secret_value() == SECRET
    assert SECRET not in repr(channel)


def test_two_dollars_are_the_text_itself(tmp_path: Path) -> None:
    """`$${` is how a password that holds `${` is written."""
    path = with_channel(tmp_path, "    username: u\n    password: a$${b}$c\n")
    channel = load(path, {}).channels["email"]
    assert isinstance(channel, SmtpChannel)
    assert channel.password is not None
    assert channel.password.get_secret_value() == "a${b}$c"


def test_a_value_of_the_environment_is_no_yaml(tmp_path: Path) -> None:
    """Colons, quotes and line ends in a password change nothing around it."""
    odd = "a: b\n- '\"}{${X}"
    path = with_channel(tmp_path, "    username: u\n    password: ${SECRET}\n")
    channel = load(path, {"SECRET": odd}).channels["email"]
    assert isinstance(channel, SmtpChannel)
    assert channel.password is not None
    assert channel.password.get_secret_value() == odd


@pytest.mark.parametrize("key", ["port", "security", "timeout", "from", "connections", "type"])
def test_a_value_of_the_environment_is_in_no_error(tmp_path: Path, key: str) -> None:
    """Where it does not fit, the sentence says where it came from and no more."""
    path = tmp_path / "main.yaml"
    lines = [line for line in SMALLEST.splitlines() if not line.startswith(f"    {key}:")]
    path.write_text("\n".join([*lines, f"    {key}: ${{SECRET}}", ""]), "utf-8")
    with pytest.raises(ConfigurationErrors) as caught:
        load(path, {"SECRET": SECRET})
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


def test_a_missing_variable_near_another_is_recognised(tmp_path: Path) -> None:
    """Only names are compared, never values."""
    path = with_channel(tmp_path, "    username: u\n    password: ${SMTP_PASWORD}\n")
    with pytest.raises(ConfigurationErrors, match="SMTP_PASSWORD") as caught:
        load(path, {"SMTP_PASSWORD": SECRET})
    assert SECRET not in str(caught.value)


def with_gateway(folder: Path, body: str) -> Path:
    """Write a configuration with a gateway whose request has a body; nobody gets anything by it."""
    texts = "{code: T1, text: '请办：${list}。', status: approved}"
    gateway = f"""channels:
  gateway:
    type: http-sms
    url: http://sms.example.invalid/
    body: '{body}'
    signature: 演示县民政局
    templates: {{default: {texts}}}
"""
    path = folder / "main.yaml"
    path.write_text(SMALLEST.replace("channels:\n", gateway), "utf-8")
    return path


def test_places_of_a_message_are_left_for_it(tmp_path: Path) -> None:
    """Also the variables of an approved text, all or one."""
    body = "${A} ${phone} ${variables} ${variables.list}"
    channel = load(with_gateway(tmp_path, body), {"A": "a"}).channels["gateway"]
    assert isinstance(channel, HttpSmsSettings)
    assert channel.places == {"phone", "variables", "variables.list"}


def test_a_misspelt_variable_of_a_message_is_recognised(tmp_path: Path) -> None:
    """It is none of the environment's."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as caught:
        load(with_gateway(tmp_path, "${variables.vilage}"), {})
    assert "there is no variable “vilage”. Did you mean “village”?" in str(caught.value)
