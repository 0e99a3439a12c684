"""Puts a message into the request that a gateway's owner described. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import escape

from channels.http import Request
from config.channels.http_sms import MESSAGE_FIELDS, Fields, HttpSmsSettings

_PLACE = re.compile(r"\$\{(" + "|".join(MESSAGE_FIELDS) + r")\}")
_TEXTS = frozenset({"text", "signed_text", "signature"})
_TYPES = {"json": "application/json", "xml": "application/xml", "text": "text/plain"}
_KANNEL_CODING = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16-be": "UTF-16BE"}


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for each place, and in which coding texts go out."""

    values: Mapping[str, str] = field(repr=False)
    charset: str

    def text(self, template: str) -> str:
        """Fill as it is."""
        return _PLACE.sub(lambda match: self.values[match[1]], template)

    def json(self, template: str) -> str:
        """Fill what stands between quotes of a JSON document."""
        return _PLACE.sub(lambda match: json.dumps(self.values[match[1]])[1:-1], template)

    def xml(self, template: str) -> str:
        """Fill what stands in elements or quoted attributes."""
        marks = {'"': "&quot;", "'": "&apos;"}
        return _PLACE.sub(lambda match: escape(self.values[match[1]], marks), template)

    def quoted(self, template: str) -> str:
        """Fill a part of a query or form, and encode all of it."""
        pieces = _PLACE.split(template)  # text, name, text, name, text
        names = [None if at % 2 == 0 else name for at, name in enumerate(pieces)]
        return "".join(
            quote(literal, safe="", errors="replace") if name is None else self._place(name)
            for literal, name in zip(pieces, names, strict=True)
        )

    def url(self, template: str) -> str:
        """Fill places in a URL, which is encoded itself already."""
        return _PLACE.sub(lambda match: self._place(match[1]), template)

    def pairs(self, fields: Fields) -> str:
        """Answer a query or a form."""
        return "&".join(
            f"{quote(name, safe='')}={self.quoted(value.get_secret_value())}"
            for name, value in fields.items()
        )

    def _place(self, name: str) -> str:
        # Only what people read is in the gateway's coding: numbers and ids are plain.
        charset = self.charset if name in _TEXTS else "utf-8"
        return quote(self.values[name].encode(charset, "replace"), safe="")


def request_of(settings: HttpSmsSettings, filling: Filling) -> Request:
    """Answer the request; what the gateway's owner left out is as Kannel's sendsms wants it."""
    url = filling.url(settings.url.get_secret_value())
    headers = {name: filling.text(it.get_secret_value()) for name, it in settings.headers.items()}
    query = filling.pairs(settings.query or {})
    if settings.is_kannel:
        query = _kannel(settings, filling)
    if query:
        url += ("&" if "?" in url else "?") + query
    body = b""
    if settings.form is not None:
        body = filling.pairs(settings.form).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    elif settings.body is not None:
        body = _body(settings, filling)
        content_type = f"{_TYPES[settings.body_type]}; charset={settings.charset}"
        headers = {"Content-Type": content_type} | headers
    return Request(url, body, headers, settings.method)


def receipt_url(settings: HttpSmsSettings, out_id: str) -> str:
    """Answer where the gateway tells what became of a message; Kannel puts its word for `%d`."""
    if settings.receipt_url is None or settings.receipt_token is None:
        return ""
    url = settings.receipt_url.get_secret_value()
    token = quote(settings.receipt_token.get_secret_value(), safe="")
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}token={token}&out_id={quote(out_id, safe='')}&status=%d"


def _body(settings: HttpSmsSettings, filling: Filling) -> bytes:
    template = settings.body.get_secret_value() if settings.body else ""
    fill = {"json": filling.json, "xml": filling.xml, "text": filling.text}[settings.body_type]
    return fill(template).encode(settings.charset, "replace")


def _kannel(settings: HttpSmsSettings, filling: Filling) -> str:
    is_plain = settings.gsm7 and filling.values["signed_text"].isascii()
    parts = [
        ("username", "${username}"),
        ("password", "${password}"),
        ("to", "${phone}"),
        ("text", "${signed_text}"),
        ("charset", _KANNEL_CODING[settings.charset]),
        ("coding", "0" if is_plain else "2"),
    ]
    if filling.values["receipt_url"]:
        parts += [("dlr-mask", "31"), ("dlr-url", "${receipt_url}")]
    return "&".join(f"{name}={filling.quoted(template)}" for name, template in parts)
