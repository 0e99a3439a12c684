"""What follows an answer: try again and when, take the next route, or give up. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from channels.protocol import ChannelError, FailureReason, Refused
from config.lean import dataclass

UNSETTLED_AFTER = timedelta(hours=24)
"""An unknown attempt that nobody could settle for this long goes to the next route (DESIGN.md 3, 3)."""


class Then(Enum):
    """What happens to a notice next."""

    DONE = auto()  # the far side took it
    AGAIN = auto()  # re-evaluated and sent once more at `at`
    SAME_AGAIN = auto()  # the very same bytes at `at`: the answer was lost
    NEXT_ROUTE = auto()  # this channel is used up
    WAIT_FOR_CHANNEL = auto()  # not this notice's fault: the channel is paused


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision. `at` only with AGAIN and SAME_AGAIN; `may_repeat` if the answer stayed unknown."""

    then: Then
    at: datetime | None = None
    reason: str | None = None
    may_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """Waits between tries: doubling from `first` up to `longest`."""

    first: timedelta
    longest: timedelta

    def wait(self, tries: int, jitter: float) -> timedelta:
        """Answer the wait after `tries` failures; `jitter` from 0 to 1 spreads it by ±20 %."""
        doubled = self.first * (1 << min(tries - 1, 20))
        return min(doubled, self.longest) * (0.8 + 0.4 * jitter)


ROUTINE = Pace(timedelta(minutes=1), timedelta(hours=1))
URGENT = Pace(timedelta(seconds=15), timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt that failed, and what is known of its notice.

    `window` is the shortest of its channel's rates: a far side that finds them exceeded is left
    alone for so long. None: it has no rates.
    """

    number: int  # counts from 1
    urgent: bool
    give_up_at: datetime
    unknown_since: datetime | None  # None: no answer was ever lost
    window: timedelta | None = None


def after_failure(
    failure: ChannelError,
    attempt: Try,
    *,
    now: datetime,
    jitter: float,
    allowed: Callable[[datetime], datetime],
) -> Verdict:
    """Decide what follows a failed attempt.

    `allowed` moves an instant out of quiet hours; urgent notices are not moved. A notice is given
    up only after a failure at or past `give_up_at`, so one that waited through an outage of ours
    is still tried once.
    """
    if isinstance(failure, Refused):
        return _after_refusal(failure, attempt, now=now, jitter=jitter, allowed=allowed)
    since = attempt.unknown_since or now
    if now - since >= UNSETTLED_AFTER or now >= attempt.give_up_at:
        return Verdict(Then.NEXT_ROUTE, reason="unknown", may_repeat=True)
    at = _next(attempt, now=now, jitter=jitter, allowed=allowed)
    return Verdict(Then.SAME_AGAIN, at, failure.reason.value)


def _after_refusal(
    failure: Refused,
    attempt: Try,
    *,
    now: datetime,
    jitter: float,
    allowed: Callable[[datetime], datetime],
) -> Verdict:
    reason = failure.reason.value
    may_repeat = attempt.unknown_since is not None
    if failure.account_wide:
        # The channel's own pause decides when; bytes that may have arrived stay the same.
        then = Then.SAME_AGAIN if may_repeat else Then.WAIT_FOR_CHANNEL
        return Verdict(then, now if may_repeat else None, reason)
    tried_enough = failure.at_most is not None and attempt.number >= failure.at_most
    if failure.permanent or tried_enough or now >= attempt.give_up_at:
        return Verdict(Then.NEXT_ROUTE, reason=reason, may_repeat=may_repeat)
    at = _next(attempt, now=now, jitter=jitter, allowed=allowed)
    pause = failure.retry_after
    if pause is None and failure.reason is FailureReason.RATE_LIMITED:
        pause = attempt.window
    if pause is not None:
        at = max(at, now + pause)
    then = Then.SAME_AGAIN if may_repeat else Then.AGAIN
    return Verdict(then, at, reason)


def _next(
    attempt: Try, *, now: datetime, jitter: float, allowed: Callable[[datetime], datetime]
) -> datetime:
    pace = URGENT if attempt.urgent else ROUTINE
    at = now + pace.wait(attempt.number, jitter)
    return at if attempt.urgent else allowed(at)


SHOWS_CHANNEL_TROUBLE = frozenset(
    {FailureReason.UNREACHABLE, FailureReason.TLS, FailureReason.AUTHENTICATION}
)
"""Failures that say nothing about the message: the breaker counts them."""
