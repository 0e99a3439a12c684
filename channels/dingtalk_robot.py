"""A robot in a DingTalk group: one webhook, signed in the URL, 20 messages a minute.

The answer's `errcode` decides, whatever the HTTP status. Too many messages are punished with ten
minutes of silence (open.dingtalk.com, "custom robots").
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.http import Answer
from channels.protocol import ChannelError, FailureReason
from channels.robots import Called, RobotChannel, judge
from channels.signatures import dingtalk
from channels.verdicts import (
    NOT_NOW,
    WRONG_CONTENT,
    WRONG_KEY,
    WRONG_SENDER,
    Verdict,
)
from config.channels.robots import DingtalkRobotSettings

_LARGEST = 19_000  # bytes of a request; at 20,000 it says 460101
_PART = 6_000  # bytes of a text: what one still reads in a chat
_PUNISHED = Verdict(
    FailureReason.RATE_LIMITED, account_wide=True, retry_after=timedelta(minutes=10)
)
_IN_URL = str.maketrans({"+": "%2B", "/": "%2F", "=": "%3D"})  # all of base64 that needs it
_CODES: Mapping[int, Verdict] = {
    -1: NOT_NOW,
    88: WRONG_KEY,
    40035: WRONG_CONTENT,
    43004: WRONG_CONTENT,
    130101: _PUNISHED,
    300001: WRONG_KEY,
    310000: WRONG_KEY,  # signature, time, address of this machine, or a word it wants in each text
    400013: WRONG_SENDER,  # the group is gone
    400101: WRONG_KEY,
    400102: WRONG_SENDER,  # the robot is switched off
    400105: WRONG_CONTENT,
    400106: WRONG_SENDER,
    410100: _PUNISHED,
    430101: WRONG_CONTENT,
    430102: WRONG_CONTENT,
    430103: WRONG_CONTENT,
    430104: WRONG_CONTENT,
    460101: WRONG_CONTENT,
}


class DingtalkRobotChannel(RobotChannel[DingtalkRobotSettings]):
    """Speaks in one DingTalk group."""

    kind = "dingtalk-robot"
    PART = _PART
    LARGEST = _LARGEST

    def _judge(self, answer: Answer, now: datetime) -> ChannelError | None:
        return judge(answer, now, keys=("errcode",), codes=_CODES)

    def _url(self, now: datetime) -> str:
        milliseconds = int(now.timestamp() * 1000)
        url, secret = self._settings.url.get_secret_value(), self._settings.secret
        if secret is None:
            return url
        sign = dingtalk(secret.get_secret_value(), milliseconds).translate(_IN_URL)
        return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={sign}"

    def _body(self, part: str, called: Called, now: datetime) -> dict[str, object]:
        at = {
            "atMobiles": called.mobiles,
            "atUserIds": called.accounts,
            "isAtAll": called.everybody,
        }
        if self._settings.format == "text":
            return {"msgtype": "text", "text": {"content": part}, "at": at}
        # Markdown calls only those whose names stand in it.
        names = "".join(f" @{one}" for one in (*called.mobiles, *called.accounts))
        text = f"{part}\n\n{names.strip()}" if names else part
        return {
            "msgtype": "markdown",
            "markdown": {"title": self._settings.title, "text": text},
            "at": at,
        }
