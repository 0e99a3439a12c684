"""Puts a message into the request that a gateway's owner described. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import quote
from xml.sax.saxutils import escape

from channels.http import Request
from channels.json_text import json_text
from config.channels.http_sms import Fields, HttpSmsSettings
from config.channels.http_sms_places import OF_A_VARIABLE, PLACE, PLACES, VARIABLES
from config.lean import dataclass

_TEXTS = frozenset({"text", "signed_text", "signature", VARIABLES})
_SINGLE = tuple(name for name in PLACES if name.startswith(OF_A_VARIABLE))
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_INSTEAD = "、"
"""Stands in a joined variable for what stands between them, which would be read as two."""

Variables = tuple[tuple[str, str], ...]
_TYPES = {"json": "application/json", "xml": "application/xml", "text": "text/plain"}
_KANNEL_CODING = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16-be": "UTF-16BE"}


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for each place, and in which coding texts go out.

    `bare`: what stands in a JSON document for a place outside quotes, where that differs.
    """

    values: Mapping[str, str] = field(repr=False)
    charset: str
    bare: Mapping[str, str] = field(default_factory=dict, repr=False)

    def text(self, template: str) -> str:
        """Fill as it is."""
        return PLACE.sub(lambda match: self.values[match[1]], template)

    def json(self, template: str) -> str:
        """Fill a JSON document: between quotes, and outside them."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in self.bare and not _is_quoted(template[: match.start()]):
                return self.bare[name]
            return json.dumps(self.values[name])[1:-1]

        return PLACE.sub(value, template)

    def xml(self, template: str) -> str:
        """Fill what stands in elements or quoted attributes."""
        marks = {'"': "&quot;", "'": "&apos;"}
        return PLACE.sub(lambda match: escape(self.values[match[1]], marks), template)

    def quoted(self, template: str) -> str:
        """Fill a part of a query or form, and encode all of it."""
        pieces = PLACE.split(template)  # text, name, text, name, text
        names = [None if at % 2 == 0 else name for at, name in enumerate(pieces)]
        return "".join(
            quote(literal, safe="", errors="replace") if name is None else self._place(name)
            for literal, name in zip(pieces, names, strict=True)
        )

    def url(self, template: str) -> str:
        """Fill places in a URL, which is encoded itself already."""
        return PLACE.sub(lambda match: self._place(match[1]), template)

    def pairs(self, fields: Fields) -> str:
        """Answer a query or a form."""
        return "&".join(
            f"{quote(name, safe='')}={self.quoted(value.get_secret_value())}"
            for name, value in fields.items()
        )

    def _place(self, name: str) -> str:
        # Only what people read is in the gateway's coding: numbers and ids are plain.
        is_text = name in _TEXTS or name.startswith(OF_A_VARIABLE)
        charset = self.charset if is_text else "utf-8"
        return quote(self.values[name].encode(charset, "replace"), safe="")


def filling_of(settings: HttpSmsSettings, values: Mapping[str, str], sent: Variables) -> Filling:
    """Answer what stands for each place of a message: `values`, and the variables it is `sent` with.

    One that its approved text has not is empty; `check` refuses a request that would name it.
    """
    single = dict.fromkeys(_SINGLE, "") | {OF_A_VARIABLE + name: value for name, value in sent}
    at_once = _at_once(settings, sent)
    bare = json.dumps(at_once) if settings.variables.shape == "joined" else at_once
    return Filling({**values, **single, VARIABLES: at_once}, settings.charset, {VARIABLES: bare})


def _at_once(settings: HttpSmsSettings, sent: Variables) -> str:
    shape, mark = settings.variables.shape, settings.variables.separator
    if shape == "joined":
        return mark.join(value.replace(mark, _INSTEAD) for _name, value in sent)
    return json_text(dict(sent) if shape == "object" else [value for _name, value in sent])


def _is_quoted(before: str) -> bool:
    return _ESCAPED.sub("", before).count('"') % 2 == 1


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
