"""A strict stand-in for Feishu's group robots: signature within an hour, both rates, 20 KB."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from channels.signatures import feishu
from tests.emulators.http import Act, Asked, HttpEmulator, HttpFault, Said
from tests.emulators.limits import Sliding

HOOK, SECRET = "hook-of-a-test", "secret-of-a-test"


class FeishuEmulator(HttpEmulator):
    """One robot. Everything it had to refuse for its size or rate stands in `violations`."""

    def __init__(self, clock: Callable[[], datetime], *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.bodies: list[dict[str, Any]] = []
        self._clock = clock
        self._rates = [Sliding(100, timedelta(minutes=1)), Sliding(5, timedelta(seconds=1))]

    @property
    def webhook(self) -> str:
        """The address as an admin copies it."""
        return f"{self.url}/open-apis/bot/v2/hook/{HOOK}"

    def texts(self) -> list[str]:
        """Answer what was said in the group."""
        return [_text(body) for body in self.bodies]

    def answer(self, asked: Asked) -> Said:
        """Take one message, as open.feishu.cn describes it."""
        if asked.path.rpartition("/")[2] != HOOK:
            return _says(19001, "param invalid: incoming webhook access token invalid")
        if len(asked.body) > 20_480:
            self.violations.append("size")
            return _says(9499, "Bad Request", 400)
        try:
            body = json.loads(asked.body)
            has_text = bool(_text(body))
        except (ValueError, KeyError, TypeError):
            return _says(9499, "Bad Request", 400)
        if not self._is_signed(body):
            words = "sign match fail or timestamp is not within one hour from current time"
            return _says(19021, words)
        if not has_text:
            return _says(19002, "params error")
        now = self._clock()
        if not all([rate.take(now) for rate in self._rates]):  # noqa: C419  # all of them count
            self.violations.append("rate")
            return _says(11232, "frequency limited")
        self.bodies.append(body)
        return _says(0, "success")

    def _is_signed(self, body: dict[str, Any]) -> bool:
        stamp = str(body.get("timestamp", ""))
        if not stamp.isdigit() or abs(int(stamp) - self._clock().timestamp()) > 3600:
            return False
        return body.get("sign") == feishu(SECRET, int(stamp))


def _text(body: dict[str, Any]) -> str:
    if body["msg_type"] == "text":
        return str(body["content"]["text"])
    return str(body["card"]["elements"][0]["content"])


def _says(code: int, words: str, status: int = 200) -> Said:
    return Said(json.dumps({"code": code, "msg": words, "data": {}}).encode(), status)


REFUSALS = {
    code: HttpFault(Act.ANSWER, status, _says(code, words).body)
    for code, status, words in (
        (9499, 400, "Bad Request"),
        (11232, 200, "frequency limited"),
        (19001, 200, "param invalid: incoming webhook access token invalid"),
        (19021, 200, "sign match fail or timestamp is not within one hour from current time"),
        (19022, 200, "Ip Not Allowed"),
        (19024, 200, "Key Words Not Found"),
    )
}
"""Documented refusals, by code; none of them takes the message."""
