"""Delivery: claims notices, hands them to their channel, and writes down what came back.

Every channel has a lane of its own, so that a slow one delays no other. All database work happens
in units run in threads; between two units nothing is held but the claims.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from alerts import breaker as breakers
from alerts.attempts import Compose, Handover, begin
from alerts.claims import LEASE, SEND_TIMEOUT, Claim, Worker, claim_due, release
from alerts.holding import held_for
from alerts.retry import SHOWS_CHANNEL_TROUBLE, Then, Try, Verdict, after_failure
from alerts.settle import Answer, Routes, settle
from alerts.units import Units
from channels.protocol import Channel, ChannelError, FailureReason, Refused, Unknown
from ledgers.database import Database
from ledgers.sealing import Vault

_log = structlog.get_logger("alerts.deliver")
_TOGETHER = 0.05
"""Seconds within which answers are written down in one transaction."""

_TURNS = 8
"""Notices claimed at once for each place: few enough to compose in a fraction of a second."""

_BATCHES = 8
"""Batches of one round, so that whoever runs lanes has a say again."""


class Metrics(Protocol):
    """Counts what delivery does; given by the service."""

    def answered(self, channel: str, result: str, reason: str, late_seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What delivery works with. `clock` answers aware instants, `jitter` numbers from 0 to 1."""

    database: Database
    vault: Vault
    compose: Compose
    routes: Routes
    metrics: Metrics
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    allowed: Callable[[datetime], datetime]  # moves an instant out of quiet hours
    worker: str


@dataclass(slots=True)
class DeliveryReport:
    """What one round did: attempts by result."""

    claimed: int = 0
    results: Counter[str] = field(default_factory=Counter)

    def add(self, other: "DeliveryReport") -> None:
        """Take in another lane's figures."""
        self.claimed += other.claimed
        self.results += other.results


@dataclass(slots=True)
class _Round:
    """What one round of a lane has under way. `more`: the last claim was full."""

    report: DeliveryReport = field(default_factory=DeliveryReport)
    breaker: breakers.Breaker = field(default_factory=breakers.Breaker)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    under_way: set[asyncio.Task[Answer]] = field(default_factory=set)
    batches: int = 0
    more: bool = False
    failure: BaseException | None = None


class Lane:
    """One channel's way out: at most `limit` sends under way, fewer while its breaker says so."""

    def __init__(self, name: str, channel: Channel, means: Means, *, limit: int = 8) -> None:
        self.name = name
        self._channel = channel
        self._means = means
        self._limit = limit
        self._units = Units(means.database, name)
        self._draining = False

    async def run_once(self) -> DeliveryReport:
        """Send what is due now, in bounded batches, and return when all is written down.

        While one batch is being sent, the next is claimed and composed; after trouble with the
        channel none is. While delivery is held only the operator hears anything. A round ends
        after some batches in any case.
        """
        round_ = _Round()
        preparing: asyncio.Task[None] | None = asyncio.create_task(self._prepare(round_))
        while preparing or round_.under_way:
            waited_for = [*round_.under_way, *([preparing] if preparing else [])]
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            if preparing and preparing.done():
                round_.failure = preparing.exception()
                preparing = None
            await self._write_down(round_)
            if preparing is None and self._wants_more(round_):
                preparing = asyncio.create_task(self._prepare(round_))
        if round_.failure is not None:
            raise round_.failure
        return round_.report

    def drain(self) -> None:
        """Begin nothing new; what is under way finishes, what was only claimed is released."""
        self._draining = True

    async def _prepare(self, round_: "_Round") -> None:
        """Claim a batch, write its attempts down, and let its sends begin as places become free."""
        round_.batches += 1
        round_.more = False
        if self._draining:
            return
        now = self._means.clock()
        claims = await self._units.run(lambda c: self._claim(c, round_, now=now))
        round_.report.claimed += len(claims)
        if claims:
            await self._begin(claims, round_, by=now + LEASE - SEND_TIMEOUT)

    async def _begin(self, claims: Sequence[Claim], round_: "_Round", *, by: datetime) -> None:
        if self._draining:
            await self._units.run(lambda c: release(c, claims, now=self._means.clock()))
            return
        handovers = await self._units.run(
            lambda c: begin(
                c,
                claims,
                vault=self._means.vault,
                compose=self._means.compose,
                now=self._means.clock(),
            )
        )
        for handover in handovers:
            sending = self._send(handover, round_.places, by=by)
            round_.under_way.add(asyncio.create_task(sending))

    def _claim(self, connection: Connection, round_: "_Round", *, now: datetime) -> list[Claim]:
        if round_.batches == 1:
            round_.breaker = breakers.load(connection, self.name, limit=self._limit)
            round_.places = asyncio.Semaphore(max(1, round_.breaker.permits(now)))
        allowance = round_.breaker.permits(now)
        if allowance == 0:
            return []
        batch = allowance if round_.breaker.failures else allowance * _TURNS
        held = held_for(connection) is not None
        worker = Worker(self._means.worker, self.name, batch, only_operator=held)
        claims = claim_due(connection, worker, now=now)
        round_.more = len(claims) == batch and allowance == self._limit
        return claims

    def _wants_more(self, round_: "_Round") -> bool:
        return (
            round_.more
            and round_.failure is None
            and round_.batches < _BATCHES
            and round_.breaker.failures == 0
            and len(round_.under_way) <= self._limit * _TURNS
        )

    async def _write_down(self, round_: "_Round") -> None:
        """Settle what has been answered, together with what is answered within a moment."""
        if not any(task.done() for task in round_.under_way):
            return
        done, _ = await asyncio.wait(round_.under_way, timeout=_TOGETHER)
        round_.under_way -= done
        answers = [task.result() for task in done]
        round_.breaker = await self._settle(answers, round_.breaker)
        round_.report.results.update(answer.result for answer in answers)

    async def _send(self, handover: Handover, places: asyncio.Semaphore, *, by: datetime) -> Answer:
        """Send unless it is later than `by`: then the claim might run out under way."""
        async with places:
            if self._means.clock() > by:
                return self._failed(handover, Refused(FailureReason.TEMPORARY, "not begun in time"))
            try:
                async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                    receipt = await self._channel.send(handover.message)
            except ChannelError as failure:
                return self._failed(handover, failure)
            except TimeoutError:
                return self._failed(handover, Unknown(FailureReason.NO_ANSWER, "send time-out"))
        return Answer(handover, self._means.clock(), Verdict(Then.DONE), receipt=receipt)

    def _failed(self, handover: Handover, failure: ChannelError) -> Answer:
        now = self._means.clock()
        claim = handover.claim
        attempt = Try(handover.number, claim.urgent, claim.give_up_at, claim.unknown_since)
        verdict = after_failure(
            failure,
            attempt,
            now=now,
            jitter=self._means.jitter(),
            allowed=self._means.allowed,
        )
        return Answer(handover, now, verdict, failure=failure)

    async def _settle(
        self, answers: Sequence[Answer], breaker: breakers.Breaker
    ) -> breakers.Breaker:
        after = self._judge(answers, breaker)

        def write(connection: Connection) -> list[Answer]:
            now = self._means.clock()
            if after != breaker:
                breakers.save(connection, self.name, after, now=now)
            return settle(connection, answers, routes=self._means.routes, now=now)

        counted = await self._units.run_until_kept(write)
        for answer in counted:
            self._tell(answer)
        return after

    def _judge(self, answers: Sequence[Answer], breaker: breakers.Breaker) -> breakers.Breaker:
        for answer in answers:
            failure = answer.failure
            if failure is None:
                breaker = breaker.after_success(self._limit)
            elif failure.reason in SHOWS_CHANNEL_TROUBLE or _is_account_wide(failure):
                breaker = breaker.after_trouble(
                    answer.at,
                    failure.reason.value,
                    jitter=self._means.jitter(),
                    account_wide=_is_account_wide(failure),
                )
        return breaker

    def _tell(self, answer: Answer) -> None:
        claim = answer.handover.claim
        reason = answer.failure.reason.value if answer.failure else ""
        late = max(0.0, (answer.at - claim.due_at).total_seconds())
        self._means.metrics.answered(self.name, answer.result, reason, late)
        _log.info(
            f"notice.{answer.result}",
            notice=claim.notice_id,
            attempt=answer.handover.attempt_id,
            channel=self.name,
            reason=reason,
            then=answer.verdict.then.name.lower(),
        )


async def run_once(lanes: Sequence[Lane]) -> DeliveryReport:
    """Run one round of every lane, side by side; answer their figures together."""
    total = DeliveryReport()
    for report in await asyncio.gather(*(lane.run_once() for lane in lanes)):
        total.add(report)
    return total


async def run_until_idle(lanes: Sequence[Lane]) -> DeliveryReport:
    """Run rounds until nothing is due now, each lane at its own pace."""
    total = DeliveryReport()

    async def exhaust(lane: Lane) -> None:
        while (report := await lane.run_once()).claimed:
            total.add(report)

    await asyncio.gather(*(exhaust(lane) for lane in lanes))
    return total


def lanes_of(
    channels: Mapping[str, Channel], means: Means, *, limits: Mapping[str, int]
) -> list[Lane]:
    """Make a lane for each channel; `limits` is how many sends each may have under way."""
    return [
        Lane(name, channel, means, limit=limits.get(name, 8)) for name, channel in channels.items()
    ]


def _is_account_wide(failure: ChannelError) -> bool:
    return isinstance(failure, Refused) and failure.account_wide
