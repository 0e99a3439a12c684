"""What robots of chat groups have in common: parts, codes in the answer, who is called."""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, TypeVar

from channels.cutting import LEAST_LIMIT, cut
from channels.http import Answer, Request, Unreadable
from channels.http_channel import HttpChannel
from channels.http_statuses import failure_of
from channels.json_text import json_bytes
from channels.parts import hand_over_parts
from channels.protocol import (
    ChannelError,
    FailureReason,
    Load,
    Message,
    ReaderClass,
    Receipt,
    Unknown,
)
from channels.verdicts import NOT_NOW, Verdict
from config.channels.robots import RobotModel
from config.lean import dataclass

R = TypeVar("R", bound=RobotModel)

ALL = "@all"
"""The mention that calls everybody in the group."""

_LONGEST_ESCAPE = 6  # bytes that one byte of text may become
_AROUND = 2000  # bytes of a request beside its text, at most
_MOBILE = re.compile(r"1\d{10}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_.$+=@:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a message calls, as chats tell them apart."""

    mobiles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    everybody: bool = False

    @classmethod
    def of(cls, mentions: tuple[str, ...]) -> "Called":
        """Sort mentions; what is neither a number nor an account calls nobody."""
        if not mentions:
            return NOBODY
        others = [one for one in mentions if one != ALL]
        mobiles = tuple(one for one in others if _MOBILE.fullmatch(one))
        accounts = tuple(one for one in others if one not in mobiles and _ACCOUNT.fullmatch(one))
        return cls(mobiles, accounts, ALL in mentions)


NOBODY = Called()


def cut_to_fit(
    text: str, limit: int, *, largest: int, body: Callable[[str], Mapping[str, object]]
) -> tuple[str, ...]:
    """Cut into parts of at most `limit` bytes whose request has at most `largest`, escapes included."""
    parts = cut(text, limit)
    if len(parts) == 1 and _LONGEST_ESCAPE * 4 * len(text) + _AROUND <= largest:
        return parts
    while limit >= 2 * LEAST_LIMIT and any(len(json_bytes(body(part))) > largest for part in parts):
        limit //= 2
        parts = cut(text, limit)
    return parts


def judge(
    answer: Answer, now: datetime, *, keys: tuple[str, ...], codes: Mapping[int, Verdict]
) -> ChannelError | None:
    """Judge by the first of `keys` in the answer that holds a number; None: taken.

    A code that is in no list counts as busy: the far side did answer that it did not take it.
    """
    try:
        said = answer.json()
    except Unreadable:
        said = None
    found = [said.get(key) for key in keys] if isinstance(said, dict) else []
    code = next((one for one in found if type(one) is int), None)
    if code is not None and code in codes:
        return codes[code].error(str(code))
    failure = failure_of(answer, now)
    if failure is not None or code == 0:
        return failure
    if code is None:
        return Unknown(FailureReason.UNREADABLE_ANSWER, f"http {answer.status}")
    return NOT_NOW.error(str(code))


class RobotChannel(HttpChannel[R]):
    """Speaks in one group through a webhook. One object serves many tasks.

    A robot adds how it writes, signs and judges; `PART` and `LARGEST` are bytes of a part's text and
    of a whole request.
    """

    reader_class = ReaderClass.GROUP
    PART: ClassVar[int]
    LARGEST: ClassVar[int]

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

    @abstractmethod
    def _url(self, now: datetime) -> str: ...

    @abstractmethod
    def _body(self, part: str, called: Called, now: datetime) -> dict[str, object]: ...

    @abstractmethod
    def _judge(self, answer: Answer, now: datetime) -> ChannelError | None: ...

    def _parts(self, message: Message) -> tuple[str, ...]:
        called, now = Called.of(message.mentions), self._tools.clock()
        return cut_to_fit(
            message.text,
            self.PART,
            largest=self.LARGEST,
            body=lambda part: self._body(part, called, now),
        )

    async def _say(self, part: str, called: Called) -> Receipt:
        now = self._tools.clock()
        request = Request(
            self._url(now),
            json_bytes(self._body(part, called, now)),
            {"content-type": "application/json; charset=utf-8"},
        )
        failure = self._judge(await self._transport.ask(request), now)
        if failure is not None:
            raise failure
        return Receipt()
