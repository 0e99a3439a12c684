"""One channel's circuit breaker: it holds notices back in an outage, and lets them out slowly after.

    closed ──3 failures in a row, or a refused account──▶ open ──wait──▶ half-open (one probe)
       ▲                                                    ▲                │
       └───────────── the probe is taken ───────────────────┼────────────────┤
                                                            └── it fails ────┘

Pure but for `load` and `save`, which share the state between workers through the database.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from channels.protocol import FailureReason
from config.lean import dataclass
from ledgers.site_facts import drop_fact, fact, facts_under, put_fact

FAILURES_TO_OPEN = 3
LASTING = FAILURES_TO_OPEN + 3
"""Failures in a row after which an outage is more than a short one."""

LIMITED = FailureReason.RATE_LIMITED.value
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Breaker:
    """`allowance` is how many may be under way at once: 1 after trouble, doubling with success."""

    failures: int = 0
    open_until: datetime | None = None
    allowance: int = 8
    reason: str | None = None

    def permits(self, now: datetime) -> int:
        """Answer how many sends may be under way now; 0 while open."""
        if self.open_until is None:
            return self.allowance
        return 0 if now < self.open_until else 1

    def after_success(self, limit: int) -> "Breaker":
        """Answer the state after the far side took something; `limit` is the channel's own."""
        return Breaker(allowance=min(max(self.allowance, 1) * 2, limit))

    def after_trouble(
        self, now: datetime, reason: str, *, jitter: float, account_wide: bool = False
    ) -> "Breaker":
        """Answer the state after a failure that says something about the channel, not a message."""
        failures = self.failures + 1
        if not account_wide and failures < FAILURES_TO_OPEN and self.open_until is None:
            return replace(self, failures=failures, reason=reason)
        doublings = min(max(failures - FAILURES_TO_OPEN, 0), 10)
        wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) * (0.8 + 0.4 * jitter)
        return Breaker(failures, now + wait, 1, reason)

    @property
    def keeps_shut(self) -> bool:
        """Whether this is more than a short outage: the account was refused, or it lasts.

        What was only too quick goes on when the time is over, and is no trouble.
        """
        if self.open_until is None or self.reason == LIMITED:
            return False
        return self.failures < FAILURES_TO_OPEN or self.failures >= LASTING

    def is_limited(self, now: datetime) -> bool:
        """Whether the far side found a rate exceeded and is left alone for now."""
        return self.open_until is not None and self.reason == LIMITED and now < self.open_until

    def after_limit(self, now: datetime, *, pause: timedelta | None) -> "Breaker":
        """Answer the state after the far side found a rate of the whole account exceeded."""
        return Breaker(self.failures, now + (pause or FIRST_WAIT), 1, LIMITED)


def load(connection: Connection, channel: str, *, limit: int) -> Breaker:
    """Read a channel's breaker; one never saved is closed with the full allowance."""
    found = fact(connection, _name(channel))
    if found is None:
        return Breaker(allowance=limit)
    kept = json.loads(found.value)
    until = kept["open_until"]
    return Breaker(
        kept["failures"],
        datetime.fromisoformat(until) if until else None,
        min(kept["allowance"], limit),
        kept["reason"],
    )


def paused(connection: Connection) -> frozenset[str]:
    """Answer the channels that let nothing through now, but for those that were only too quick."""
    found = facts_under(connection, _name(""))
    states = {channel: json.loads(fact.value) for channel, fact in found.items()}
    return frozenset(
        channel
        for channel, state in states.items()
        if state["open_until"] is not None and state["reason"] != LIMITED
    )


def save(connection: Connection, channel: str, breaker: Breaker, *, now: datetime) -> None:
    """Write a channel's breaker; a closed one at rest leaves no row."""
    if breaker.failures == 0 and breaker.open_until is None:
        drop_fact(connection, _name(channel))
        return
    value = {
        "failures": breaker.failures,
        "open_until": breaker.open_until.isoformat() if breaker.open_until else None,
        "allowance": breaker.allowance,
        "reason": breaker.reason,
    }
    put_fact(connection, _name(channel), json.dumps(value), now=now)


def _name(channel: str) -> str:
    return f"breaker:{channel}"
