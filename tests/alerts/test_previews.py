"""Every notice of every channel can be seen, and is checked, before anything is sent."""

from pathlib import Path
from typing import Any

import pytest

from alerts.previews import Preview, faults, previews
from alerts.render import Templates
from channels.protocol import Form
from config.model import Configuration
from tests.alerts.county import TOWN, written

TEMPLATES = Templates.load()
KANNEL: dict[str, Any] = {
    "type": "http-sms",
    "url": "http://sms.example.invalid:13013/cgi-bin/sendsms",
    "signature": "演示县民政局",
}
ROBOT = {
    "type": "wecom-robot",
    "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K",
    "region": TOWN,
    "role": "supervisor",
}


def county(**sms: Any) -> Configuration:
    """Answer a county whose directors have SMS, and whose supervisors share a group."""
    routes = {"director": ["sms", "relay"], "supervisor": ["mail", "robot"], "county": ["mail"]}
    channels = {"mail": {"type": "memory"}, "sms": {**KANNEL, **sms}, "robot": ROBOT}
    return written(channels=channels, delivery={"routes": routes})


def seen(**sms: Any) -> list[Preview]:
    """Answer all previews in Chinese."""
    return list(previews(county(**sms), TEMPLATES, languages=("zh_CN",)))


def test_each_channel_shows_what_routes_bring_to_it() -> None:
    """Directors' by SMS, the others' by mail, totals in the group; each also as an urgent one."""
    shown = {(one.channel, one.kind, one.form) for one in seen()}
    assert shown == {
        ("sms", "director", Form.SMS),
        ("mail", "supervisor", Form.MAIL),
        ("mail", "summary", Form.MAIL),
        ("mail", "operator", Form.MAIL),
        ("robot", "group", Form.CHAT),
    }
    assert {one.urgent for one in seen() if one.channel == "sms"} == {False, True}


def test_an_sms_is_shown_as_it_arrives() -> None:
    """With its signature, in one part, for a director with twelve children."""
    first = next(one for one in seen() if one.channel == "sms")
    assert first.text.startswith("【演示县民政局】青山村请办12户：")
    assert (first.parts, len(first.text) <= 70) == (1, True)


def test_a_good_site_has_no_faults() -> None:
    """With the shipped templates, in both languages."""
    assert faults(county(), TEMPLATES) == []


def test_an_approved_text_is_filled_and_named() -> None:
    """The fault of one that is too long is said with its place in the configuration."""
    text = "您好，这里是演示县民政局儿童福利工作的待办提醒，请您按时办理：${village}${list}。"
    texts = {"default": {"code": "1", "text": text, "status": "approved"}}
    (one, *_) = [one for one in seen(templates=texts) if one.channel == "sms"]
    assert one.template == "channels.sms.templates.default"
    assert one.parts == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("见 https://a.example.cn/{{ total }}", "https:"),
        ("【{{ office }}】{{ list }}", "【】"),
        ("{{ office }}" * 12, "…"),
        ("{% if older > 99 %}x{% endif %}", ""),
    ],
)
def test_a_template_that_would_be_refused_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With the line it is written in: its own file."""
    file = tmp_path / "zh_CN" / "director" / "sms.txt"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    found = faults(county(), Templates.load(tmp_path))
    assert {one.template for one in found} == {"zh_CN/director/sms.txt"}
    assert said in "".join(one.sentence for one in found) + "…"
