"""A robot in a Feishu group: one webhook, signed in the body, 100 messages a minute and 5 a second.

The answer's `code` decides, whatever the HTTP status (open.feishu.cn, "custom bot guide"). A robot
can call people by their account, not by their number.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.http import Answer
from channels.protocol import ChannelError, FailureReason
from channels.robots import Called, RobotChannel, judge
from channels.signatures import feishu
from channels.verdicts import (
    WRONG_CONTENT,
    WRONG_KEY,
    WRONG_SENDER,
    WRONG_SETTINGS,
    Verdict,
)
from config.channels.robots import FeishuRobotSettings

_LARGEST = 20_000  # bytes of a request, of 20 KB allowed
_PART = 6_000  # bytes of a text: what one still reads in a chat
_TOO_MANY = Verdict(FailureReason.RATE_LIMITED, retry_after=timedelta(minutes=1))
_CODES: Mapping[int, Verdict] = {
    9499: WRONG_CONTENT,
    11232: _TOO_MANY,
    11246: WRONG_CONTENT,
    19001: WRONG_KEY,
    19002: WRONG_CONTENT,
    19003: WRONG_SENDER,
    19007: WRONG_SENDER,
    19021: WRONG_KEY,  # signature, or a clock that is an hour off
    19022: WRONG_KEY,  # address of this machine
    19024: WRONG_SETTINGS,  # a word it wants in each text
}


class FeishuRobotChannel(RobotChannel[FeishuRobotSettings]):
    """Speaks in one Feishu group."""

    kind = "feishu-robot"
    PART = _PART
    LARGEST = _LARGEST

    def _judge(self, answer: Answer, now: datetime) -> ChannelError | None:
        if b"too many" in answer.body.lower():  # said with the very code of a wrong body
            return _TOO_MANY.error("9499")
        return judge(answer, now, keys=("code", "StatusCode"), codes=_CODES)

    def _url(self, _now: datetime) -> str:
        return self._settings.url.get_secret_value()

    def _body(self, part: str, called: Called, now: datetime) -> dict[str, object]:
        return self._signature(now) | (
            _text(part, called)
            if self._settings.format == "text"
            else _card(part, called, self._settings.title)
        )

    def _signature(self, now: datetime) -> dict[str, object]:
        if self._settings.secret is None:
            return {}
        seconds = int(now.timestamp())
        sign = feishu(self._settings.secret.get_secret_value(), seconds)
        return {"timestamp": str(seconds), "sign": sign}


def _text(part: str, called: Called) -> dict[str, object]:
    names = [f'<at user_id="{one}"></at>' for one in called.accounts]
    if called.everybody:
        names.append('<at user_id="all">所有人</at>')
    text = f"{part}\n{''.join(names)}" if names else part
    return {"msg_type": "text", "content": {"text": text}}


def _card(part: str, called: Called, title: str) -> dict[str, object]:
    names = [f"<at id={one}></at>" for one in (*called.accounts, *["all"] * called.everybody)]
    text = f"{part}\n{''.join(names)}" if names else part
    return {
        "msg_type": "interactive",
        "card": {
            "header": {"title": {"tag": "plain_text", "content": title}},
            "elements": [{"tag": "markdown", "content": text}],
        },
    }
