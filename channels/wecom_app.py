"""Messages of a WeCom application (企业微信应用消息) to one member each.

WeCom drops a message that equals one it had within `duplicates_within`; a repeat after that may be
read twice. Members beyond its rate get nothing, without a word: delivery keeps the rate.
"""

from dataclasses import replace
from functools import cached_property

from channels.http import Answer, Request
from channels.http_channel import HttpChannel
from channels.json_text import json_text
from channels.parts import hand_over_parts
from channels.protocol import (
    ChannelError,
    FailureReason,
    Load,
    Message,
    Receipt,
    Refused,
)
from channels.wecom_answers import TOKEN_ENDED, Said, failure_said, read
from channels.wecom_bodies import (
    Body,
    is_user_id,
    markdown_bodies,
    text_bodies,
    text_card_body,
)
from channels.wecom_token import AccessToken
from config.channels.wecom import WecomAppSettings

_JSON = {"content-type": "application/json"}


class WecomAppChannel(HttpChannel[WecomAppSettings]):
    """Tells members of one corporation."""

    kind = "wecom-app"

    async def send(self, message: Message) -> Receipt:
        """Tell one member all parts, in their order, behind those that were taken before.

        Raises:
            Refused: it was certainly not taken.
            Unknown: nobody knows, or the member has only the beginning.
        """
        if not is_user_id(message.address):
            raise Refused(FailureReason.ADDRESS_REFUSED, "no user id", permanent=True)
        parts = [json_text(self._addressed(body, message)) for body in self._bodies(message)]
        return await hand_over_parts(message.out_id, parts, self._tell, tools=self._tools)

    def load(self, message: Message) -> Load:
        """Count the parts: each is a message to the member's rate."""
        parts = len(self._bodies(message))
        return Load(messages=parts)

    async def check(self) -> None:
        """Ask for an access token.

        Raises:
            Refused: there is none now.
        """
        await self._token.check()

    @cached_property
    def _token(self) -> AccessToken:
        return AccessToken(self._settings, self._tools, self._transport)

    def _bodies(self, message: Message) -> list[Body]:
        settings = self._settings
        if settings.format == "markdown":
            return markdown_bodies(message, settings.markdown_bytes)
        if settings.format == "textcard" and settings.link is not None:
            card = text_card_body(message, settings.link)
            if card is not None:
                return [card]
            message = replace(message, text=f"{message.text.rstrip()}\n\n{settings.link}")
        return text_bodies(message, settings.text_bytes)

    def _addressed(self, body: Body, message: Message) -> Body:
        settings = self._settings
        return {
            "touser": message.address,
            "agentid": settings.agentid,
            **body,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": int(settings.duplicates_within.total_seconds()),
        }

    async def _tell(self, part: str) -> Receipt:
        token = await self._token.get()
        said = await self._said(part, token)
        if isinstance(said, Said) and said.errcode in TOKEN_ENDED:
            token = await self._token.get(instead_of=token)
            said = await self._said(part, token)
        if isinstance(said, ChannelError):
            raise said
        failure = failure_said(said, self._tools.clock()) or _left_out(said)
        if failure is not None:
            raise failure
        return Receipt(said.msgid[:200])

    async def _said(self, part: str, token: str) -> Said | ChannelError:
        url = f"{self._settings.api.rstrip('/')}/cgi-bin/message/send?access_token={token}"
        answer: Answer = await self._transport.ask(Request(url, part.encode(), _JSON))
        return read(answer, self._tools.clock())


def _left_out(said: Said) -> Refused | None:
    """Find the member among those whom a success did not reach."""
    for name in ("invaliduser", "unlicenseduser"):
        if getattr(said, name):
            return Refused(FailureReason.ADDRESS_REFUSED, name, permanent=True)
    return None
