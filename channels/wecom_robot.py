"""A robot in a WeCom group (企业微信群机器人).

Its key, inside the URL, is all there is to prove. It takes no id of ours, so a message whose answer
was lost may be read twice.
"""

from channels.http import Request
from channels.http_channel import HttpChannel
from channels.json_text import json_text
from channels.parts import hand_over_parts
from channels.protocol import Load, Message, ReaderClass, Receipt
from channels.wecom_answers import Said, failure_said, read
from channels.wecom_bodies import Body, card_body, markdown_bodies, text_bodies
from config.channels.wecom import WecomRobotSettings

_NOTHING = "{}"
_JSON = {"content-type": "application/json"}


class WecomRobotChannel(HttpChannel[WecomRobotSettings]):
    """Speaks to one group."""

    kind = "wecom-robot"
    reader_class = ReaderClass.GROUP

    async def send(self, message: Message) -> Receipt:
        """Say all parts, in their order, behind those that were taken before.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows, or the group has only the beginning.
        """
        parts = [json_text(body) for body in self._bodies(message)]
        return await hand_over_parts(message.out_id, parts, self._say, tools=self._tools)

    def load(self, message: Message) -> Load:
        """Count the parts: each is a message to the robot's rate."""
        parts = len(self._bodies(message))
        return Load(messages=parts)

    async def check(self) -> None:
        """Say nothing, which no robot takes, and hear whether the key is one.

        Raises:
            ChannelError: it is not, or nobody can tell.
        """
        said = await self._said(_NOTHING)
        failure = failure_said(said, self._tools.clock())
        if failure is not None and failure.account_wide:
            raise failure

    def _bodies(self, message: Message) -> list[Body]:
        settings = self._settings
        if settings.format in {"markdown", "markdown_v2"}:
            return markdown_bodies(message, settings.markdown_bytes, kind=settings.format)
        if settings.format == "template_card" and settings.link is not None:
            card = card_body(message, settings.link)
            if card is not None:
                return [card]
        return text_bodies(message, settings.text_bytes)

    async def _say(self, part: str) -> Receipt:
        failure = failure_said(await self._said(part), self._tools.clock())
        if failure is not None:
            raise failure
        return Receipt()

    async def _said(self, part: str) -> Said:
        answer = await self._transport.ask(Request(self._url(), part.encode(), _JSON))
        said = read(answer, self._tools.clock())
        if isinstance(said, Said):
            return said
        raise said

    def _url(self) -> str:
        settings = self._settings
        if settings.url is not None:
            return settings.url.get_secret_value()
        key = settings.key.get_secret_value() if settings.key is not None else ""
        return f"{settings.api.rstrip('/')}/cgi-bin/webhook/send?key={key}"
