"""Approved texts are held against what vendors refuse before anything is sent."""

from dataclasses import fields
from typing import Any

import pytest

from alerts.views import ShortView
from config.channels.sms import SMS_FIELDS
from config.checks_sms import check_sms, kinds_sent
from config.findings import Names
from config.language import speaking
from tests.alerts.county import written

GOOD = "您好，${village}有${total}户待办：${list}，请按时办理。"
ALIYUN = {
    "type": "aliyun-sms",
    "access_key_id": "k",
    "access_key_secret": "s",
    "signature": "演示县民政局",
}
KANNEL = {"type": "http-sms", "url": "http://sms.example.invalid:13013/cgi-bin/sendsms"}
NO_NAMES = Names((), (), (), (), (), (), ())


def approved(text: str, **more: Any) -> dict[str, Any]:
    """Answer an approved text."""
    return {"code": "SMS_1", "text": text, "status": "approved", **more}


def found(channel: dict[str, Any], *, warnings: bool = False, **changes: Any) -> list[str]:
    """Answer what is said of a channel that directors get SMS by."""
    routes = {"director": ["sms", "relay"], "supervisor": ["mail"], "county": ["mail"]}
    configuration = written(
        channels={"mail": {"type": "memory"}, "sms": channel},
        delivery={"routes": routes},
        **changes,
    )
    with speaking("en"):
        return [
            one.sentence for one in check_sms(configuration, NO_NAMES) if one.warning == warnings
        ]


def faults(text: str, **channel: Any) -> list[str]:
    """Answer what is said of a text at Aliyun."""
    return found({**ALIYUN, **channel, "templates": {"default": approved(text)}})


@pytest.mark.parametrize(
    "text", [GOOD, "您有待办提醒，请查看工作台账。", "本周${total}户：${list}。"]
)
def test_good_texts_pass(text: str) -> None:
    """With variables, or without any."""
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("您有${totl}户待办。", "there is no variable “totl”. Did you mean “total”?"),
        ("有${total}户，共${total}户。", "the variable “total” stands here twice"),
        ("待办${total}${list}。", "two variables stand side by side"),
        ("${list}。", "a text of variables only is refused"),
        ("您有${待办}。", "there is no variable “待办”"),
        ("您有${a-b}。", "write a variable as ${name}"),
        ("【民政】您有待办。", "leave 【】 out"),
        ("待办①：联系→走访。", "the vendor refuses these signs: → ①"),
        ("您有待辦提醒。", "write simplified characters instead of: 辦"),
        ("请看 https://a.example.cn/1", "a link (https:) may not stand here"),
        ("请看 a.example.cn", "may not stand here"),
        ("请致电15400000001。", "the vendor refuses texts with a phone number"),
        ("您有待办，拒收请回复R", "the vendor refuses “拒收请回复R”"),
        ("党政机关提醒您。", "the vendor refuses “党政”"),
        ("留守儿童有待办。", "“留守” labels a child"),
        ("待办" * 251, "a text has at most 500 characters"),
        ("待办" * 32, "with the signature this is longer than parts: 1 allows"),
    ],
)
def test_what_a_vendor_refuses_is_said(text: str, said: str) -> None:
    """Each in a sentence of its own."""
    assert any(said in sentence for sentence in faults(text)), faults(text)


def test_links_may_be_allowed() -> None:
    """Where the site says so."""
    assert faults("请看 https://a.example.cn/1", links="on") == []


def test_each_notice_that_goes_this_way_has_a_text() -> None:
    """Its own, or the default; an unknown kind is named."""
    said = found({**ALIYUN, "templates": {"directr": approved(GOOD)}})
    assert said[0].startswith("there is no kind of notice “directr”. Did you mean “director”?")
    assert said[1].startswith("“director” notices go this way and have no text")
    assert found({**ALIYUN, "templates": {}}) == said[1:]


def test_only_approved_texts_are_sent() -> None:
    """One that nobody gets may wait for its approval."""
    pending = approved(GOOD, status="pending")
    said = found({**ALIYUN, "templates": {"director": pending}})
    assert said == [
        "this text is sent but not approved yet (pending); write status: approved once it is"
    ]
    waiting = {"director": approved(GOOD), "supervisor": pending}
    assert found({**ALIYUN, "templates": waiting}) == []
    assert found({**ALIYUN, "templates": {"director": {**approved(GOOD), "code": None}}}) == [
        "an approved text needs the vendor's code"
    ]


def test_a_gateway_of_ones_own_takes_any_text() -> None:
    """Without templates nothing is asked; with them, each notice needs one, and a signature."""
    assert found(KANNEL) == []
    said = found({**KANNEL, "templates": {"supervisor": approved("待办①：${list}")}})
    assert said[0] == "approved texts need a signature"
    assert said[1].startswith("“director” notices go this way and have no text")


ASKS_FOR_CODES = {**KANNEL, "signature": "演示县民政局", "body": '{"tpl": "${template}"}'}


def test_a_gateway_that_is_handed_codes_sends_approved_texts_only() -> None:
    """Each notice needs one with a code, as with a vendor."""
    said = found(ASKS_FOR_CODES)
    assert said[0].startswith("“director” notices go this way and have no text")
    no_code = {"default": {"text": GOOD, "status": "approved"}}
    assert found({**ASKS_FOR_CODES, "templates": no_code}) == [
        "an approved text needs the vendor's code"
    ]
    assert found({**ASKS_FOR_CODES, "templates": {"default": approved(GOOD)}}) == []


def test_a_variable_that_is_named_alone_stands_in_every_text() -> None:
    """Else the gateway would be handed an empty one."""
    channel = {**KANNEL, "signature": "演示县民政局", "body": '{"v": "${variables.village}"}'}
    texts = {"director": approved(GOOD), "default": approved("您有待办提醒。")}
    said = found({**channel, "templates": texts})
    assert len(said) == 1
    assert said[0].startswith("the request names ${variables.village}, which this text has not")


@pytest.mark.parametrize(
    ("refuses", "text", "said"),
    [
        ({"refuses": ["signs"]}, "待办①。", "the vendor refuses these signs: ①"),
        ({"refuses": ["traditional"]}, "您有待辦提醒。", "write simplified characters instead"),
        ({"refuses": ["phones"]}, "请致电15400000001。", "refuses texts with a phone number"),
        ({"refused_words": ["退订"]}, "您有待办，退订请回T。", "the vendor refuses “退订”"),
    ],
)
def test_a_gateway_refuses_what_its_owner_says(
    refuses: dict[str, Any], text: str, said: str
) -> None:
    """And takes it where nothing is written."""
    plain = {**KANNEL, "signature": "演示县民政局", "templates": {"default": approved(text)}}
    assert found(plain) == []
    assert said in found({**plain, **refuses})[0]


def test_what_is_to_be_said_first_must_stand_in_the_text() -> None:
    """A report's 请先拨打110报警 cannot be put before a text that a vendor approved."""
    rule = {
        "kind": "signal",
        "title": "上报",
        "say": "核实",
        "for": {"ledger": "children"},
        "on": {"signal": "report"},
        "urgent": True,
        "first_line": "请先拨打110报警",
        "answer": {"per": "person"},
        "ladder": [{"tell": "director", "repeat": "15 minutes"}],
        "expires_after": "1 day",
    }
    plain: dict[str, Any] = {**ALIYUN, "templates": {"default": approved(GOOD)}}
    rules = {"report": rule}
    assert "请先拨打110报警" in found(plain, warnings=True, rules=rules)[0]
    urgent = approved("${first}，${village}请办：${list}。")
    both = {**plain["templates"], "urgent-director": urgent}
    assert found({**plain, "templates": both}, warnings=True, rules=rules) == []


def test_variables_are_fields_of_a_short_message() -> None:
    """Every name that may be written has a value."""
    assert set(SMS_FIELDS) <= {one.name for one in fields(ShortView)}
    assert {"brief", "dated", "may_repeat", "urgent"} | set(SMS_FIELDS) == {
        one.name for one in fields(ShortView)
    }


def test_kinds_follow_the_levels_of_roles() -> None:
    """A village's role gets the director's text, a county's the summary; the operator's go along."""
    configuration = written(delivery={"routes": {"director": ["mail"], "county": ["mail"]}})
    assert kinds_sent(configuration, "mail") == ("director", "supervisor", "summary", "operator")
    sms = written(channels={"mail": {"type": "memory"}, "sms": KANNEL})
    assert kinds_sent(sms, "sms") == ()
