"""One handover: what may have arrived is asked for first, the answer is judged."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from alerts.attempts import Handover
from alerts.claims import SEND_TIMEOUT
from alerts.retry import Then, Try, Verdict, after_failure
from alerts.settle import Answer
from channels.protocol import (
    Asks,
    Channel,
    ChannelError,
    FailureReason,
    Receipt,
    Refused,
    Unknown,
)
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Hand:
    """Hands messages to one channel.

    `clock` answers aware instants, `jitter` numbers from 0 to 1; `allowed` moves an instant out of
    quiet hours; `window` is the shortest of the channel's rates, None: it has none.
    """

    channel: Channel
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    allowed: Callable[[datetime], datetime]
    window: timedelta | None = None

    async def over(self, handover: Handover, by: datetime) -> Answer:
        """Send unless it is later than `by`: then the claim might run out under way."""
        if self.clock() > by:
            return self._failed(handover, Refused(FailureReason.TEMPORARY, "not begun in time"))
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                return await self._sent(handover)
        except TimeoutError:
            return self._failed(handover, Unknown(FailureReason.NO_ANSWER, "send time-out"))

    def back(self, handover: Handover) -> Answer:
        """Answer for a handover that is not begun, because its channel is paused."""
        lost = handover.handed_at is not None
        paused = Refused(FailureReason.TEMPORARY, "channel paused")
        now = self.clock()
        then = Then.SAME_AGAIN if lost else Then.WAIT_FOR_CHANNEL
        return Answer(handover, now, Verdict(then, now, paused.reason.value), failure=paused)

    async def _sent(self, handover: Handover) -> Answer:
        if handover.handed_at is not None and isinstance(self.channel, Asks):
            try:
                found = await self.channel.find(handover.message, since=handover.handed_at)
            except ChannelError as unsettled:
                return self._unsettled(handover, unsettled)
            if found is not None:
                return self._accepted(handover, found)
        try:
            return self._accepted(handover, await self.channel.send(handover.message))
        except ChannelError as failure:
            return self._failed(handover, failure)

    def _accepted(self, handover: Handover, receipt: Receipt) -> Answer:
        return Answer(handover, self.clock(), Verdict(Then.DONE), receipt=receipt)

    def _failed(self, handover: Handover, failure: ChannelError) -> Answer:
        now = self.clock()
        return Answer(handover, now, self._verdict(handover, failure, now), failure=failure)

    def _unsettled(self, handover: Handover, failure: ChannelError) -> Answer:
        """Whatever the question came to, whether the message is there stays unknown."""
        now = self.clock()
        verdict = self._verdict(handover, Unknown(failure.reason, failure.detail), now)
        return Answer(handover, now, verdict, failure=failure)

    def _verdict(self, handover: Handover, failure: ChannelError, now: datetime) -> Verdict:
        claim = handover.claim
        attempt = Try(
            handover.number, claim.urgent, claim.give_up_at, claim.unknown_since, self.window
        )
        return after_failure(failure, attempt, now=now, jitter=self.jitter(), allowed=self.allowed)
