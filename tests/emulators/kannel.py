"""A stand-in for Kannel's sendsms, as strict as its manual: account, numbers, coding, parts."""

import hmac
from dataclasses import dataclass

from channels.sms_text import UCS2
from tests.emulators.http import Asked, HttpEmulator, Said

USER, PASSWORD = "shouwang", "pass-of-the-emulator"
_CHARSETS = {"UTF-8": "utf-8", "GB18030": "gb18030", "UTF-16BE": "utf-16-be"}


@dataclass(frozen=True)
class Sms:
    """One that was taken."""

    to: str
    text: str
    dlr_url: str


class KannelEmulator(HttpEmulator):
    """Takes what Kannel would; `sent` holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sms] = []

    def answer(self, asked: Asked) -> Said:
        """Check what Kannel checks, in its words."""
        query = asked.query
        if asked.path != "/cgi-bin/sendsms":
            return Said(b"Unknown request.", 404, content_type="text/html")
        if query.get("username") != USER or not hmac.compare_digest(query["password"], PASSWORD):
            return Said(b"Authorization failed for sendsms", 403, content_type="text/html")
        if not query.get("to", "").isdecimal():
            return Said(b"Missing receiver number, rejected", 400, content_type="text/html")
        text = query.get("text", "")
        if query.get("coding") != "2" or query.get("charset") not in _CHARSETS:
            self.violations.append("coding")
        if UCS2.parts(len(text)) > 3:
            self.violations.append("parts")
        if (url := query.get("dlr-url", "")) and query.get("dlr-mask") != "31":
            self.violations.append("dlr-mask")
        self.sent.append(Sms(query["to"], text, url))
        return Said(b"0: Accepted for delivery", 202, content_type="text/html")
