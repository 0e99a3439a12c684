"""Channels with bad weather: they refuse, fall silent, or take a message and lose the answer."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from channels.protocol import (
    Channel,
    ChannelError,
    FailureReason,
    Message,
    ReaderClass,
    Receipt,
    Refused,
    Unknown,
)
from config.lean import dataclass
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock


class Weather(StrEnum):
    """What is wrong with a channel for a while."""

    BUSY = "busy"  # refuses for now
    AWAY = "away"  # cannot be reached: the breaker opens
    LIMITED = "limited"  # refuses for now and says when to come back
    LOCKED_OUT = "locked-out"  # refuses everything from this account
    PICKY = "picky"  # refuses some addresses for good
    SILENT = "silent"  # half of what it takes is taken, no answer comes


@dataclass(frozen=True, slots=True)
class Storm:
    """Bad weather on one channel from an instant of true time to another."""

    channel: str
    kind: Weather
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """One message handed over. `taken`: it arrived; `answered`: and that was said."""

    message: Message
    at: datetime
    taken: bool
    answered: bool


@dataclass(slots=True)
class Post:
    """What all channels of a trial share: the storms to come and everything handed over."""

    clock: TrialClock
    chance: Chance
    storms: list[Storm] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)

    def storm(self, channel: str) -> Storm | None:
        """Answer the bad weather over a channel now."""
        now = self.clock.true
        over = (s for s in self.storms if s.channel == channel and s.begins <= now < s.ends)
        return next(over, None)


class WeatheredChannel:
    """A channel that hands over to another one when the weather lets it."""

    def __init__(self, name: str, inner: Channel, post: Post) -> None:
        self.name = name
        self._inner = inner
        self._post = post

    @property
    def kind(self) -> str:
        """The inner channel's."""
        return self._inner.kind

    @property
    def reader_class(self) -> ReaderClass:
        """The inner channel's."""
        return self._inner.reader_class

    async def send(self, message: Message) -> Receipt:
        """Hand over, or fail as the weather is."""
        storm = self._post.storm(self.name)
        failure = None if storm is None else self._failure(storm, message)
        if isinstance(failure, Unknown):
            arrives = self._post.chance.happens(0.5, "arrives", message.out_id, self._now())
            if arrives:
                await self._inner.send(message)
            self._note(message, taken=arrives, answered=False)
        elif failure is not None:
            self._note(message, taken=False, answered=True)
        if failure is not None:
            raise failure
        receipt = await self._inner.send(message)
        self._note(message, taken=True, answered=True)
        return receipt

    async def close(self) -> None:
        """Close the inner channel."""
        await self._inner.close()

    def _now(self) -> datetime:
        return self._post.clock.true

    def _note(self, message: Message, *, taken: bool, answered: bool) -> None:
        self._post.handed.append(Handed(message, self._post.clock(), taken, answered))

    def _failure(self, storm: Storm, message: Message) -> ChannelError | None:
        if storm.kind is Weather.PICKY:
            disliked = self._post.chance.happens(0.3, "disliked", storm.begins, message.address)
            return _FAILURES[storm.kind]() if disliked else None
        return _FAILURES[storm.kind]()


_FAILURES: dict[Weather, Callable[[], ChannelError]] = {
    Weather.BUSY: lambda: Refused(FailureReason.TEMPORARY, "451"),
    Weather.AWAY: lambda: Refused(FailureReason.UNREACHABLE, "connect"),
    Weather.LIMITED: lambda: Refused(
        FailureReason.RATE_LIMITED, "421", retry_after=timedelta(minutes=20)
    ),
    Weather.LOCKED_OUT: lambda: Refused(
        FailureReason.AUTHENTICATION, "535", permanent=True, account_wide=True
    ),
    Weather.PICKY: lambda: Refused(FailureReason.ADDRESS_REFUSED, "550", permanent=True),
    Weather.SILENT: lambda: Unknown(FailureReason.NO_ANSWER, "data"),
}
