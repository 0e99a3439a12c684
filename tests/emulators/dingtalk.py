"""A strict stand-in for DingTalk's group robots: signature and its time, rate and penalty, sizes."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from channels.signatures import dingtalk
from tests.emulators.http import Act, Asked, HttpEmulator, HttpFault, Said
from tests.emulators.limits import Sliding

TOKEN, SECRET = "token-of-a-test", "SEC-of-a-test"
_KINDS = {"text": "content", "markdown": "text"}


class DingtalkEmulator(HttpEmulator):
    """One robot. Everything it had to refuse for its size or rate stands in `violations`."""

    def __init__(self, clock: Callable[[], datetime], *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.bodies: list[dict[str, Any]] = []
        self._clock = clock
        self._rate = Sliding(20, timedelta(minutes=1))
        self._silent_until: datetime | None = None

    @property
    def webhook(self) -> str:
        """The address as an admin copies it."""
        return f"{self.url}/robot/send?access_token={TOKEN}"

    def texts(self) -> list[str]:
        """Answer what was said in the group."""
        return [body[body["msgtype"]][_KINDS[body["msgtype"]]] for body in self.bodies]

    def answer(self, asked: Asked) -> Said:
        """Take one message, as open.dingtalk.com describes it."""
        if asked.query.get("access_token") != TOKEN:
            return _says(300001, "token is not exist")
        if not self._is_signed(asked):
            return _says(310000, "sign not match")
        if len(asked.body) > 20_000:
            self.violations.append("size")
            return _says(460101, "message too long, exceed 20000 bytes")
        if not asked.headers.get("content-type", "").startswith("application/json"):
            return _says(43004, "invalid content type")
        if (body := _body(asked.body)) is None:
            return _says(40035, "missing parameter")
        if self._is_too_much():
            return _says(130101, "send too fast, exceed 20 times per minute")
        self.bodies.append(body)
        return _says(0, "ok")

    def _is_signed(self, asked: Asked) -> bool:
        stamp = asked.query.get("timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) / 1000 - self._clock().timestamp()) > 3600:
            return False
        return asked.query.get("sign") == dingtalk(SECRET, int(stamp))

    def _is_too_much(self) -> bool:
        now = self._clock()
        if self._silent_until is not None and now < self._silent_until:
            self.violations.append("penalty")
            return True
        if self._rate.take(now):
            return False
        self.violations.append("rate")
        self._silent_until = now + timedelta(minutes=10)
        return True


def _body(sent: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(sent)
        kind = body["msgtype"]
        text = body[kind][_KINDS[kind]]
    except (ValueError, KeyError, TypeError):
        return None
    is_whole = isinstance(text, str) and text and (kind == "text" or body[kind].get("title"))
    return body if is_whole else None


def _says(code: int, words: str) -> Said:
    return Said(json.dumps({"errcode": code, "errmsg": words}).encode())


REFUSALS = {
    code: HttpFault(Act.ANSWER, 200, _says(code, words).body)
    for code, words in (
        (-1, "system busy"),
        (130101, "send too fast, exceed 20 times per minute"),
        (310000, "keywords not in content"),
        (300001, "token is not exist"),
        (400102, "robot is disabled"),
        (430102, "content is not allowed"),
        (460101, "message too long, exceed 20000 bytes"),
    )
}
"""Documented refusals, by code; none of them takes the message."""
