"""A gateway that sends approved texts only is handed the code and the variables, as it wants them."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.http import Answer
from channels.http_sms import HttpSmsChannel
from channels.http_sms_filling import filling_of
from channels.protocol import ChannelError, FailureReason, Message, Refused
from config.channels.http_sms import HttpSmsSettings
from tests.channels.answering import Answering
from tests.channels.clocks import Ticking
from tests.emulators.gateway import KEY, OTHER_VARIABLES, TemplateGateway
from tests.emulators.http import HERE

TEXT = "您好，青山村有2户待办：03联系、05走访，请按时办理。"
VARIABLES = (("village", "青山村"), ("total", "2"), ("list", "03联系、05走访"))
SMS = Message(
    "n-1",
    "15400000001",
    "",
    TEXT,
    datetime(2027, 6, 7, 1, 10, tzinfo=UTC),
    template="director",
    variables=VARIABLES,
)
APPROVED = {
    "director": {
        "code": "T1",
        "text": "您好，${village}有${total}户待办：${list}，请按时办理。",
        "status": "approved",
    },
    "default": {"code": "T2", "text": "您有待办提醒，请查看工作台账。", "status": "approved"},
    "operator": {"code": "T3", "text": "尚未通过的模板。", "status": "pending"},
}
WAYS: dict[str, dict[str, Any]] = {
    "object": {"body": '{"mobile": "${phone}", "tpl": "${template}", "params": ${variables}}'},
    "list": {
        "body": '{"mobile": "${phone}", "tpl": "${template}", "params": ${variables}}',
        "variables": {"shape": "list"},
    },
    "joined": {
        "form": {"mobile": "${phone}", "tpl": "${template}", "params": "${variables}"},
        "variables": {"shape": "joined"},
    },
}


def settings(url: str = "http://127.0.0.1:9/", **more: Any) -> HttpSmsSettings:
    """Describe the stand-in."""
    return HttpSmsSettings.model_validate(
        {
            "type": "http-sms",
            "url": url,
            "allow_private": HERE,
            "method": "POST",
            "headers": {"Authorization": f"Bearer {KEY}"},
            "signature": "演示县民政局",
            "templates": APPROVED,
            "success": {"field": "code", "equals": "0"},
            "errors": [{"field": "code", "equals": [str(OTHER_VARIABLES)], "means": "content"}],
            **more,
        }
    )


def sent(messages: list[Message], **way: Any) -> list[tuple[str, str]]:
    """Send through the stand-in; answer what it took."""

    async def run() -> list[tuple[str, str]]:
        async with TemplateGateway() as server:
            channel = HttpSmsChannel(settings(f"{server.url}/v1", **way), Ticking().tools())
            try:
                for message in messages:
                    await channel.send(message)
            finally:
                await channel.close()
            return server.sent

    return asyncio.run(run())


@pytest.mark.parametrize("way", WAYS)
def test_code_and_variables_arrive_as_the_gateway_wants(way: str) -> None:
    """As an object, a list, or joined in a form; and a text without variables."""
    plain = replace(SMS, template="default", variables=(), text="您有待办提醒，请查看工作台账。")
    assert sent([SMS, plain], **WAYS[way]) == [(SMS.address, TEXT), (SMS.address, plain.text)]


def test_single_variables_are_named() -> None:
    """Where a gateway has names of its own for them."""
    body = '{"m": "${phone}", "p": {"name1": "${variables.village}", "n": ${variables.total}}}'
    assert json.loads(asked(body)) == {
        "m": SMS.address,
        "p": {"name1": "青山村", "n": 2},
    }


def test_between_quotes_variables_are_a_text_of_json() -> None:
    """As gateways want it that pass them on to a vendor."""
    said = json.loads(asked('{"q": "a \\"b\\" ", "p": "${variables}"}'))
    assert json.loads(said["p"]) == dict(VARIABLES)


def test_what_stands_between_joined_ones_is_in_none_of_them() -> None:
    """One value more would make all after it wrong."""
    chosen = settings(form={"p": "${variables}"}, variables={"shape": "joined", "separator": ","})
    filling = filling_of(chosen, {}, (("village", "a,b"), ("total", "2")))
    assert filling.text("${variables}") == "a、b,2"


@pytest.mark.parametrize(
    "message",
    [
        replace(SMS, template="operator", variables=()),
        replace(SMS, template=""),
        replace(SMS, variables=VARIABLES[:2]),
    ],
    ids=["pending", "none", "other variables"],
)
def test_what_is_not_approved_is_never_asked_for(message: Message) -> None:
    """It would be refused there, and paid for by some."""
    far = Answering(Answer(200, {}, b'{"code": 0}'))
    channel = HttpSmsChannel(settings(**WAYS["object"]), Ticking().tools(), transport=far)
    with pytest.raises(Refused) as refused:
        asyncio.run(channel.send(message))
    assert (refused.value.reason, refused.value.permanent) == (FailureReason.CONTENT_REFUSED, True)
    assert far.asked == []


def test_a_gateway_that_wants_other_variables_says_so() -> None:
    """An object is no list: its refusal is one of content."""
    way = WAYS["joined"] | {"variables": {"shape": "object"}}
    with pytest.raises(ChannelError) as refused:
        sent([SMS], **way)
    assert refused.value.reason is FailureReason.CONTENT_REFUSED


def asked(body: str) -> bytes:
    """Send with a body; answer what went out."""
    far = Answering(Answer(200, {}, b'{"code": 0}'))
    channel = HttpSmsChannel(settings(body=body), Ticking().tools(), transport=far)
    asyncio.run(channel.send(SMS))
    return far.asked[0].body
