"""Delivery: claims notices, hands them to their channel, and writes down what came back.

Every channel has a lane of its own, so that a slow one delays no other. All database work happens
in units run in threads; between two units nothing is held but the claims.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from alerts import breaker as breakers
from alerts.attempts import Compose, Handover, begin
from alerts.claims import SEND_TIMEOUT, Claim, Worker, claim_due, release
from alerts.retry import SHOWS_CHANNEL_TROUBLE, Then, Try, Verdict, after_failure
from alerts.settle import Answer, Routes, settle
from channels.protocol import Channel, ChannelError, FailureReason, Refused, Unknown
from ledgers.database import Database
from ledgers.sealing import Vault

_log = structlog.get_logger("alerts.deliver")
_Answered = TypeVar("_Answered")
_WRITE_AGAIN_AFTER = 0.2
"""Seconds before an outcome that could not be written is written again."""


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


class Lane:
    """One channel's way out: at most `limit` sends under way, fewer while its breaker says so."""

    def __init__(self, name: str, channel: Channel, means: Means, *, limit: int = 8) -> None:
        self.name = name
        self._channel = channel
        self._means = means
        self._limit = limit
        self._draining = False

    async def run_once(self) -> DeliveryReport:
        """Claim what is due now (a bounded batch), send it, and return when all is written down."""
        report = DeliveryReport()
        now = self._means.clock()
        breaker = await self._unit(lambda c: breakers.load(c, self.name, limit=self._limit))
        allowance = breaker.permits(now)
        if allowance == 0 or self._draining:
            return report
        batch = allowance if breaker.failures else allowance * 8
        worker = Worker(self._means.worker, self.name, batch)
        claims = await self._unit(lambda c: claim_due(c, worker, now=now))
        report.claimed = len(claims)
        if claims:
            await self._hand_over(claims, breaker, allowance, report)
        return report

    def drain(self) -> None:
        """Begin nothing new; what is under way finishes, what was only claimed is released."""
        self._draining = True

    async def _hand_over(
        self,
        claims: Sequence[Claim],
        breaker: breakers.Breaker,
        allowance: int,
        report: DeliveryReport,
    ) -> None:
        if self._draining:
            await self._unit(lambda c: release(c, claims, now=self._means.clock()))
            return
        handovers = await self._unit(
            lambda c: begin(
                c,
                claims,
                vault=self._means.vault,
                compose=self._means.compose,
                now=self._means.clock(),
            )
        )
        places = asyncio.Semaphore(allowance)
        under_way = {asyncio.create_task(self._send(handover, places)) for handover in handovers}
        while under_way:
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            answers = [task.result() for task in done]
            breaker = await self._settle(answers, breaker)
            report.results.update(answer.result for answer in answers)

    async def _send(self, handover: Handover, places: asyncio.Semaphore) -> Answer:
        async with places:
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

        counted = await _finish(self._write_until_kept(write))
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

    async def _unit(self, work: Callable[[Connection], _Answered]) -> _Answered:
        def run() -> _Answered:
            with self._means.database.writing() as connection:
                return work(connection)

        return await asyncio.to_thread(run)

    async def _write_until_kept(self, work: Callable[[Connection], _Answered]) -> _Answered:
        while True:
            try:
                return await self._unit(work)
            except OperationalError as error:
                _log.warning("outcome.write_again", channel=self.name, error=type(error).__name__)
                await asyncio.sleep(_WRITE_AGAIN_AFTER)


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


async def _finish(work: Coroutine[Any, Any, _Answered]) -> _Answered:
    """Run to the end even when the caller is cancelled: an answer once had is written down."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
