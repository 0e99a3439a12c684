"""Mails as bytes: nothing given can forge a header, and everything given comes out again."""

import dataclasses
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.errors import UnsafeHeader
from channels.mime import Sender, build, mail_address, message_id
from channels.protocol import Attachment, Message

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SENDER = Sender("noreply@example.invalid", "演示县民政局")
MESSAGE = Message(
    out_id="0197-1",
    address="director@example.invalid",
    subject="本周要走访 3 户",
    text="您好：\n08 走访，最迟 6 月 30 日",
    dated=datetime(2027, 6, 1, 8, tzinfo=UTC),
    html="<p>您好</p>",
    attachments=(Attachment("走访登记表.xlsx", XLSX, b"PK\x03\x04" * 400),),
)
HEADERS = ["MIME-Version", "From", "To", "Subject", "Date", "Message-ID"]
CONTROLS = st.characters(categories=["Cc", "Zl", "Zp"])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def parse(mail: bytes) -> EmailMessage:
    """Read a mail as a strict receiver does."""
    parsed = BytesParser(policy=SMTP).parsebytes(mail)
    assert isinstance(parsed, EmailMessage)
    return parsed


def lines(text: str) -> list[str]:
    """Split at the line ends that mail knows."""
    return re.split(r"\r\n|\r|\n", text)


def test_a_mail_has_all_its_parts() -> None:
    """Plain text, HTML and the workbook come out as they went in."""
    mail = parse(build(MESSAGE, SENDER))
    plain, html = mail.get_body(["plain"]), mail.get_body(["html"])
    (attachment,) = mail.iter_attachments()
    assert plain is not None
    assert html is not None
    assert lines(plain.get_content()) == lines(MESSAGE.text)
    assert html.get_content() == MESSAGE.html
    assert attachment.get_filename() == "走访登记表.xlsx"
    assert attachment.get_content_type() == XLSX
    assert attachment.get_content() == MESSAGE.attachments[0].content


def test_a_mail_says_what_it_is() -> None:
    """Headers name sender, reader, time and language, and keep vacation robots quiet."""
    mail = parse(build(MESSAGE, SENDER))
    assert mail["From"].addresses[0].display_name == "演示县民政局"
    assert mail["From"].addresses[0].addr_spec == "noreply@example.invalid"
    assert mail["To"] == "director@example.invalid"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Date"].datetime == MESSAGE.dated
    assert mail["Message-ID"] == "<0197-1@example.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "zh-CN"


def test_text_alone_is_one_part() -> None:
    """Without HTML and attachments there is nothing to choose from."""
    mail = parse(build(dataclasses.replace(MESSAGE, html="", attachments=()), SENDER))
    assert mail.get_content_type() == "text/plain"


def test_the_same_message_makes_the_same_bytes() -> None:
    """A repeat after a lost answer must be equal to the byte."""
    assert build(MESSAGE, SENDER) == build(dataclasses.replace(MESSAGE), SENDER)


@settings(max_examples=150)
@given(subject=TEXT, name=TEXT, text=ANYTHING, html=ANYTHING, content=st.binary(max_size=300))
def test_what_goes_in_comes_out(
    subject: str, name: str, text: str, html: str, content: bytes
) -> None:
    """Any subject, text, HTML and attachment survive, in ASCII lines that every server takes."""
    attachments = (Attachment("表.xlsx", XLSX, content),)
    message = dataclasses.replace(
        MESSAGE, subject=subject, text=text, html=html, attachments=attachments
    )
    try:
        raw = build(message, Sender(SENDER.address, name))
    except UnsafeHeader:
        return  # direction marks and line separators are refused, see below
    mail = parse(raw)
    plain = mail.get_body(["plain"])
    (attachment,) = mail.iter_attachments()
    assert mail["Subject"] == subject
    assert mail["From"].addresses[0].addr_spec == SENDER.address
    assert plain is not None
    assert lines(plain.get_content()) == lines(text)
    assert attachment.get_content() == content
    assert sorted(set(mail.keys())) == sorted(
        {*HEADERS, "Content-Type", "Auto-Submitted", "Content-Language"}
    )
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@settings(max_examples=100)
@given(before=TEXT, control=CONTROLS, after=TEXT, where=st.integers(0, 5))
def test_no_header_can_be_injected(before: str, control: str, after: str, where: int) -> None:
    """A control character in any value that becomes a header is refused, whatever stands around it."""
    value = before + control + after
    attachment = Attachment(value, XLSX, b"")
    message, sender, language = MESSAGE, SENDER, "zh-CN"
    if where == 0:
        message = dataclasses.replace(MESSAGE, subject=value)
    elif where == 1:
        message = dataclasses.replace(MESSAGE, address=value)
    elif where == 2:
        message = dataclasses.replace(MESSAGE, out_id=value)
    elif where == 3:
        message = dataclasses.replace(MESSAGE, attachments=(attachment,))
    elif where == 4:
        sender = Sender(SENDER.address, value)
    else:
        language = value
    with pytest.raises(UnsafeHeader):
        build(message, sender, language=language)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b,c@d",
        "<a@b>",
        "a b@c",
        '"a"@b',
        "a@b>",
        "a@-b",
        "张@b",
        "a" * 250 + "@b.cn",
        "a@" + "中" * 80,
    ],
)
def test_only_one_plain_address_is_taken(address: str) -> None:
    """Lists, names, brackets and quotes in an address are refused."""
    with pytest.raises(UnsafeHeader, match="To"):
        mail_address("To", address)


def test_a_chinese_domain_is_taken_in_its_ascii_form() -> None:
    """Servers without SMTPUTF8 can reach 政务.invalid."""
    assert mail_address("To", "a@政务.invalid") == "a@xn--zfr164b.invalid"


@pytest.mark.parametrize("name", ["", "a/b.xlsx", "a\\b.xlsx", "\u202excod.exe", "长" * 81])
def test_file_names_that_mislead_are_refused(name: str) -> None:
    """No folders, no turned-around names, none too long for a line."""
    message = dataclasses.replace(MESSAGE, attachments=(Attachment(name, XLSX, b""),))
    with pytest.raises(UnsafeHeader):
        build(message, SENDER)


def test_the_longest_file_name_fits_a_line() -> None:
    """80 characters of four bytes each stay under 998."""
    attachment = Attachment("𠀀" * 80, XLSX, b"")
    raw = build(dataclasses.replace(MESSAGE, attachments=(attachment,)), SENDER)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert next(parse(raw).iter_attachments()).get_filename() == attachment.name


def test_a_media_type_is_only_a_media_type() -> None:
    """Parameters cannot be smuggled in through it."""
    attachment = Attachment("a.xlsx", "text/html; charset=x", b"")
    with pytest.raises(UnsafeHeader, match="Content-Type"):
        build(dataclasses.replace(MESSAGE, attachments=(attachment,)), SENDER)


def test_a_message_id_follows_from_the_out_id() -> None:
    """Equal out-ids are equal mails wherever a server compares."""
    assert message_id("a.b-1", SENDER) == "<a.b-1@example.invalid>"


def test_a_sender_is_read_as_admins_write_it() -> None:
    """With a name or without."""
    assert Sender.parse("演示县民政局 <noreply@example.invalid>") == SENDER
    assert Sender.parse("noreply@example.invalid") == Sender("noreply@example.invalid")


def test_the_refusal_does_not_repeat_the_value() -> None:
    """An address in an error would end in a log."""
    with pytest.raises(UnsafeHeader) as refusal:
        mail_address("To", "marker secret@example.invalid")
    assert "marker" not in str(refusal.value)
