"""A robot in a Feishu group: one webhook, signed in the body, 100 messages a minute and 5 a second.

The answer's `code` decides, whatever the HTTP status (open.feishu.cn, "custom bot guide"). A robot
can call people by their account, not by their number.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from channels.http import AiohttpTransport, Answer, Request, Transport
from channels.parts import hand_over_parts
from channels.protocol import (
    ChannelError,
    FailureReason,
    Load,
    Message,
    ReaderClass,
    Receipt,
    Tools,
)
from channels.robots import NOBODY, Called, cut_to_fit, encoded, judge
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


class FeishuRobotChannel:
    """Speaks in one group. One object serves many tasks."""

    kind = "feishu-robot"
    reader_class = ReaderClass.GROUP

    def __init__(
        self, settings: FeishuRobotSettings, tools: Tools, *, transport: Transport | None = None
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
        called, now = Called.of(message.mentions), self._tools.clock()
        return cut_to_fit(
            message.text, _PART, largest=_LARGEST, body=lambda part: self._body(part, called, now)
        )

    async def _say(self, part: str, called: Called) -> Receipt:
        now = self._tools.clock()
        request = Request(
            self._settings.url.get_secret_value(),
            encoded(self._body(part, called, now)),
            {"content-type": "application/json; charset=utf-8"},
        )
        answer = await self._transport.ask(request)
        failure = _judge(answer, now)
        if failure is not None:
            raise failure
        return Receipt()

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


def _judge(answer: Answer, now: datetime) -> ChannelError | None:
    if b"too many" in answer.body.lower():  # said with the very code of a wrong body
        return _TOO_MANY.error("9499")
    return judge(answer, now, keys=("code", "StatusCode"), codes=_CODES)


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
