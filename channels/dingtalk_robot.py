"""A robot in a DingTalk group: one webhook, signed in the URL, 20 messages a minute.

The answer's `errcode` decides, whatever the HTTP status. Too many messages are punished with ten
minutes of silence (open.dingtalk.com, "custom robots").
"""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

from channels.http import AiohttpTransport, Request, Transport
from channels.parts import hand_over_parts
from channels.protocol import (
    FailureReason,
    Load,
    Message,
    ReaderClass,
    Receipt,
    Tools,
)
from channels.robots import NOBODY, Called, cut_to_fit, encoded, judge
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


class DingtalkRobotChannel:
    """Speaks in one group. One object serves many tasks."""

    kind = "dingtalk-robot"
    reader_class = ReaderClass.GROUP

    def __init__(
        self, settings: DingtalkRobotSettings, tools: Tools, *, transport: Transport | None = None
    ) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._tools = tools
        self._transport = transport or AiohttpTransport(
            connections=settings.connections, within=settings.timeout
        )

    def load(self, message: Message) -> Load:
        """Answer how many messages of the group this becomes."""
        return Load(messages=len(self._parts(message)))

    async def send(self, message: Message) -> Receipt:
        """Say one message, in parts where it is long; people are called with the first.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows, or only some parts were taken.
        """
        parts, called = self._parts(message), Called.of(message.mentions)

        async def say(part: str) -> Receipt:
            return await self._say(part, called if part is parts[0] else NOBODY)

        return await hand_over_parts(message.out_id, parts, say, tools=self._tools)

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    def _parts(self, message: Message) -> tuple[str, ...]:
        called = Called.of(message.mentions)
        return cut_to_fit(
            message.text, _PART, largest=_LARGEST, body=lambda part: self._body(part, called)
        )

    async def _say(self, part: str, called: Called) -> Receipt:
        now = self._tools.clock()
        request = Request(
            self._url(int(now.timestamp() * 1000)),
            encoded(self._body(part, called)),
            {"content-type": "application/json; charset=utf-8"},
        )
        answer = await self._transport.ask(request)
        failure = judge(answer, now, keys=("errcode",), codes=_CODES)
        if failure is not None:
            raise failure
        return Receipt()

    def _url(self, milliseconds: int) -> str:
        url, secret = self._settings.url.get_secret_value(), self._settings.secret
        if secret is None:
            return url
        sign = quote(dingtalk(secret.get_secret_value(), milliseconds), safe="")
        return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={sign}"

    def _body(self, part: str, called: Called) -> dict[str, object]:
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
