"""A message as the bytes of one e-mail: the same message always makes the same bytes.

The standard library's older `email.mime` classes build it: measured by `benchmarks/mail.py` they
are several times faster than `EmailMessage` for the same result. They do not guard headers
themselves, so every value is checked here before it becomes one.
"""

import hashlib
import re
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from io import BytesIO
from typing import TYPE_CHECKING, cast

from channels.errors import UnsafeHeader
from channels.protocol import Attachment, Message
from config.lean import dataclass

if TYPE_CHECKING:
    from email.message import Message as Mail

_POLICY = compat32.clone(linesep="\r\n")

# Control characters, line and paragraph separators, direction marks (they make a file name read as
# another one) and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_OUT_ID = re.compile(r"[A-Za-z0-9_-]+([.+=][A-Za-z0-9_-]+)*")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_PLAIN_SUBJECT = re.compile(r"[!-~]+( [!-~]+)*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")

_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_LONGEST_OUT_ID = 200
# Percent-encoded, 80 characters of four bytes each still stay under the 998 of a line (RFC 5322 2.1.1).
_LONGEST_FILE_NAME = 80
_LONGEST_LANGUAGE = 35
_SUBJECT_ON_ONE_LINE = 60


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail says it is from; the address also takes the bounces."""

    address: str
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Read `演示县民政局 <noreply@example.invalid>` or a bare address.

        Raises:
            UnsafeHeader: neither of the two.
        """
        name, address = parseaddr(_safe("From", text))
        return cls(address=mail_address("From", address), name=name)

    @property
    def domain(self) -> str:
        """The part after the @, which completes Message-IDs."""
        return self.address.rpartition("@")[2]


def build(message: Message, sender: Sender, *, language: str = "zh-CN") -> bytes:
    """Make the whole mail: CRLF line ends, only ASCII, no line over 998.

    `language` is a BCP 47 tag for Content-Language.

    Raises:
        UnsafeHeader: a value that could forge or break a header; `header` names it.
    """
    mail = cast("Mail[str, str | Header]", _body(message))
    mail["From"] = _mailbox(sender)
    mail["To"] = mail_address("To", message.address)
    mail["Subject"] = _subject(message.subject)
    mail["Date"] = format_datetime(message.dated)
    mail["Message-ID"] = message_id(message.out_id, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = _safe_token("Content-Language", language)
    stream = BytesIO()
    BytesGenerator(stream, mangle_from_=False, policy=_POLICY).flatten(mail)
    return stream.getvalue()


def message_id(out_id: str, sender: Sender) -> str:
    """Name the mail: one name per `out_id`, whenever and however often it is sent."""
    if len(out_id) > _LONGEST_OUT_ID or not _OUT_ID.fullmatch(out_id):
        raise UnsafeHeader("Message-ID")
    return f"<{out_id}@{sender.domain}>"


def mail_address(header: str, address: str) -> str:
    """Check one bare address; a domain in Chinese becomes its ASCII form.

    Raises:
        UnsafeHeader: not `name@domain` in ASCII, or several addresses, or too long.
    """
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = _safe(header, domain).encode("idna").decode("ascii")
        except UnicodeError:
            raise UnsafeHeader(header) from None
    address = f"{local}{at}{domain}"
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise UnsafeHeader(header)
    return address


def _body(message: Message) -> MIMEBase:
    body: MIMEBase = _text(message.text, "plain")
    if message.html:
        alternative = MIMEMultipart("alternative", _boundary(message, "alternative"))
        alternative.attach(body)
        alternative.attach(_text(message.html, "html"))
        body = alternative
    if message.attachments:
        mixed = MIMEMultipart("mixed", _boundary(message, "mixed"))
        mixed.attach(body)
        for attachment in message.attachments:
            mixed.attach(_attached(attachment))
        body = mixed
    return body


def _text(text: str, subtype: str) -> MIMEText:
    # Text travels in base64, where nobody mends line ends later: they are CRLF before (RFC 2046 4.1.1).
    canonical = _LINE_BREAK.sub("\r\n", text)
    return MIMEText(canonical, subtype, "utf-8")


def _attached(attachment: Attachment) -> MIMEBase:
    name = _safe("Content-Disposition", attachment.name)
    if not name or len(name) > _LONGEST_FILE_NAME or "/" in name or "\\" in name:
        raise UnsafeHeader("Content-Disposition")
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise UnsafeHeader("Content-Type")
    part = MIMEBase(*attachment.media_type.split("/"))
    part.set_payload(attachment.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    return part


def _boundary(message: Message, level: str) -> str:
    # "=_" stands in no base64 text, so a boundary cannot appear inside a part.
    digest = hashlib.sha256(f"{level}\0{message.out_id}".encode()).hexdigest()
    return f"=_{digest[:32]}"


def _mailbox(sender: Sender) -> str | Header:
    address = mail_address("From", sender.address)
    name = _safe("From", sender.name)
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    mailbox = Header(name, "utf-8", header_name="From")
    mailbox.append(f"<{address}>", "us-ascii")
    return mailbox


def _subject(subject: str) -> str | Header:
    _safe("Subject", subject)
    short = len(subject) <= _SUBJECT_ON_ONE_LINE
    # "=?" in plain text would be read as an encoded word.
    if short and "=?" not in subject and _PLAIN_SUBJECT.fullmatch(subject):
        return subject
    return Header(subject, "utf-8", header_name="Subject")


def _safe(header: str, value: str) -> str:
    if _UNSAFE.search(value):
        raise UnsafeHeader(header)
    return value


def _safe_token(header: str, value: str) -> str:
    if len(value) > _LONGEST_LANGUAGE or not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise UnsafeHeader(header)
    return value
