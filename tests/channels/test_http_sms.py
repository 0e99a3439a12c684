"""A gateway is spoken to as its owner described it, and understood the same way."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from channels.http import Answer, Request
from channels.http_sms import HttpSmsChannel
from channels.inbound import Inbound, Report, Unheard, Uplink
from channels.protocol import ChannelError, FailureReason, Load, Message, Receipt, Refused, Unknown
from config.channels.http_sms import HttpSmsSettings
from tests.channels.answering import Answering
from tests.channels.clocks import Ticking

NOW = datetime(2027, 6, 7, 1, 10, tzinfo=UTC)
TOKEN = "a-long-random-word"
SMS = Message(
    out_id="0190-abc.1",
    address="154 0000 0001",
    subject="",
    text="青山村请办2户：“好”&<3>",
    dated=NOW,
)
OK = Answer(202, {}, b"0: Accepted for delivery")
JSON_GATEWAY: dict[str, Any] = {
    "method": "POST",
    "body": '{"mobile": "${phone}", "content": "${signed_text}", "extid": "${out_id}"}',
    "signature": "演示县民政局",
    "success": {"field": "code", "equals": "0"},
    "reference": {"field": "data.id"},
    "errors": [
        {"field": "code", "equals": ["101", "102"], "means": "account"},
        {"field": "code", "equals": "201", "means": "address"},
        {"field": "code", "equals": "429", "means": "too-fast"},
        {"pattern": "稍后", "means": "later"},
    ],
    "receipt_token": TOKEN,
    "receipts": {
        "shape": "json",
        "items": "reports",
        "reference": "id",
        "status": "stat",
        "delivered": ["DELIVRD"],
        "pending": ["ACCEPTD"],
        "reply": "0",
    },
}


def gateway(answer: Answer = OK, **settings: Any) -> tuple[HttpSmsChannel, Answering]:
    """Answer a channel, and the far side that it asks."""
    far = Answering(answer)
    wanted = {"type": "http-sms", "url": "http://127.0.0.1:9/cgi-bin/sendsms", **settings}
    return HttpSmsChannel(
        HttpSmsSettings.model_validate(wanted), Ticking().tools(), transport=far
    ), far


def asked(message: Message = SMS, **settings: Any) -> Request:
    """Send a message and answer the request that was made of it."""
    channel, far = gateway(**settings)
    asyncio.run(channel.send(message))
    return far.asked[0]


def query(request: Request, encoding: str = "utf-8") -> dict[str, str]:
    """Read a request's query."""
    return dict(parse_qsl(urlsplit(request.url).query, encoding=encoding, strict_parsing=True))


def judged(answer: Answer, **settings: Any) -> Receipt | ChannelError:
    """Send a message and answer what came of it."""
    channel, _far = gateway(answer, **settings)
    try:
        return asyncio.run(channel.send(SMS))
    except ChannelError as error:
        return error


def test_without_a_description_it_speaks_as_kannel_wants() -> None:
    """Number, signed text, coding; and where receipts go, with the token."""
    request = asked(
        username="u",
        password="p&w",
        signature="演示县民政局",
        receipt_url="http://127.0.0.1:8080/receipts/sms",
        receipt_token=TOKEN,
    )
    said = query(request)
    assert request.method == "GET"
    assert said["to"] == "15400000001"
    assert said["text"] == "【演示县民政局】青山村请办2户：“好”&<3>"
    assert (said["username"], said["password"]) == ("u", "p&w")
    assert (said["coding"], said["charset"], said["dlr-mask"]) == ("2", "UTF-8", "31")
    assert said["dlr-url"] == (
        f"http://127.0.0.1:8080/receipts/sms?token={TOKEN}&out_id=0190-abc.1&status=%d"
    )


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16-be"])
def test_texts_go_out_in_the_gateways_coding(charset: str) -> None:
    """Numbers and ids stay plain."""
    request = asked(charset=charset, query={"to": "${phone}", "msg": "${text}"})
    raw = dict(parse_qsl(urlsplit(request.url).query, encoding="latin-1"))
    assert raw["to"] == "15400000001"
    assert raw["msg"].encode("latin-1").decode(charset) == SMS.text


def test_a_json_body_stays_json_whatever_is_said() -> None:
    """Quotes and line ends are escaped."""
    message = replace(SMS, text='他说："好"\n\\')
    request = asked(message, body='{"to": "+86${phone}", "text": "${text}"}', method="POST")
    assert json.loads(request.body) == {"to": "+8615400000001", "text": message.text}
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_form_and_xml_are_encoded_as_they_want() -> None:
    """Each by its own rules."""
    form = asked(form={"m": "${phone}", "c": "${text}"}, method="POST", prefix="86")
    assert dict(parse_qsl(form.body.decode())) == {"m": "8615400000001", "c": SMS.text}
    xml = asked(body="<sms to='${phone}'>${text}</sms>", body_type="xml", method="POST")
    assert "“好”&amp;&lt;3&gt;</sms>" in xml.body.decode()


def test_a_number_that_takes_no_sms_is_refused_before() -> None:
    """A landline, or something that is no number."""
    channel, far = gateway()
    with pytest.raises(Refused) as refused:
        asyncio.run(channel.send(replace(SMS, address="0311-5550000")))
    assert refused.value.permanent
    assert far.asked == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"code": 0, "data": {"id": "m-1"}}', Receipt("m-1")),
        ('{"code": 0}', Receipt()),
    ],
)
def test_success_and_reference_are_found_where_described(body: str, expected: Receipt) -> None:
    """In fields with dots; one that has none gave none."""
    assert judged(Answer(200, {}, body.encode()), **JSON_GATEWAY) == expected


def test_a_pattern_finds_the_reference() -> None:
    """The end of the last line is none of it; what stands after a long story is not looked for."""
    rules = {"success": {"pattern": "ok"}, "reference": {"pattern": "id=([a-z0-9]+)$"}}
    given = {"url": "http://127.0.0.1:9", "query": {}, **rules}
    assert judged(Answer(200, {}, b"ok id=m7\r\n"), **given) == Receipt("m7")
    assert isinstance(judged(Answer(200, {}, b"x" * 8192 + b"ok id=m7"), **given), Unknown)


@pytest.mark.parametrize(
    ("body", "reason", "permanent", "account_wide"),
    [
        ('{"code": 102}', FailureReason.AUTHENTICATION, False, True),
        ('{"code": "201"}', FailureReason.ADDRESS_REFUSED, True, False),
        ('{"code": 429}', FailureReason.RATE_LIMITED, False, False),
        ("请稍后再试", FailureReason.TEMPORARY, False, False),
    ],
)
def test_refusals_mean_what_their_rule_says(
    body: str, reason: FailureReason, permanent: bool, account_wide: bool
) -> None:
    """And their detail says which rule, never what the gateway said."""
    error = judged(Answer(200, {}, body.encode()), **JSON_GATEWAY)
    assert isinstance(error, Refused)
    assert (error.reason, error.permanent, error.account_wide) == (reason, permanent, account_wide)
    assert error.detail.startswith("http 200, rule ")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b'{"code": 7}'),
        Answer(200, {}, b"<html>"),
        Answer(500, {}, b'{"code": 7}'),
    ],
)
def test_an_answer_nobody_described_is_unknown(answer: Answer) -> None:
    """It may have been taken."""
    assert isinstance(judged(answer, **JSON_GATEWAY), Unknown)


@pytest.mark.parametrize("body", [b"0: Accepted for delivery", b"3: Queued for later delivery"])
def test_kannel_takes_or_queues(body: bytes) -> None:
    """Both mean that it has the message."""
    assert judged(Answer(202, {}, body)) == Receipt()
    assert isinstance(judged(Answer(202, {}, b"Hello")), Unknown)


def test_parts_are_counted_with_the_signature() -> None:
    """For rates and the day's budget."""
    channel, _far = gateway(signature="演示县民政局")
    assert channel.load(replace(SMS, text="字" * 62)) == Load(parts=1)
    assert channel.load(replace(SMS, text="字" * 63)) == Load(parts=2)


def heard(channel: HttpSmsChannel, body: bytes = b"", **said: str) -> list[Report | Uplink]:
    """Let a channel hear one request with the token."""
    inbound = Inbound("POST" if body else "GET", {}, {"token": TOKEN, **said}, body)
    found = channel.hear(inbound, now=NOW)
    return [*found.reports, *found.uplinks]


@pytest.mark.parametrize(
    ("status", "arrived", "reason"),
    [
        ("1", True, ""),
        ("2", False, "kannel-2"),
        ("4", None, ""),
        ("8", None, ""),
        ("16", False, "kannel-16"),
        ("34", False, "kannel-34"),
    ],
)
def test_kannels_receipts_are_bits(status: str, arrived: bool | None, reason: str) -> None:
    """1 delivered, 2 and 16 failed (34: expired), 4 and 8 under way."""
    channel, _far = gateway(receipt_token=TOKEN)
    report = Report(arrived, out_id="0190-abc.1", reason=reason)
    assert heard(channel, out_id="0190-abc.1", status=status) == [report]


def test_answers_of_people_are_heard() -> None:
    """As Kannel's get-url hands them on."""
    channel, _far = gateway(receipt_token=TOKEN)
    said = {"from": "15400000001", "text": "1", "id": "u-1"}
    assert heard(channel, b"", **said) == [Uplink("15400000001", "1", "u-1")]


def test_described_receipts_are_read_from_their_fields() -> None:
    """Several in one document; each value means what was written."""
    channel, _far = gateway(**JSON_GATEWAY)
    body = {
        "reports": [{"id": f"m-{stat}", "stat": stat} for stat in ("DELIVRD", "ACCEPTD", "UNDELIV")]
    }
    assert heard(channel, json.dumps(body).encode()) == [
        Report(True, reference="m-DELIVRD"),
        Report(None, reference="m-ACCEPTD"),
        Report(False, reference="m-UNDELIV", reason="UNDELIV"),
    ]


@pytest.mark.parametrize("said", [{"token": "guess", "status": "1"}, {"status": "1"}])
def test_without_the_token_nothing_counts(said: dict[str, str]) -> None:
    """The word in the address is the proof."""
    channel, _far = gateway(receipt_token=TOKEN)
    with pytest.raises(Unheard) as unheard:
        channel.hear(Inbound("GET", {}, {"out_id": "a.1", **said}, b""), now=NOW)
    assert unheard.value.reply.status == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"reports": [{"stat": "DELIVRD"}]}', b"[" * 5000])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    """With the token, but without sense."""
    channel, _far = gateway(**JSON_GATEWAY)
    with pytest.raises(Unheard):
        heard(channel, body)
