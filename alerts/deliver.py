"""Delivery: claims notices, hands them to their channel, and writes down what came back.

Every channel has a lane of its own, so that a slow one delays no other. All database work happens
in units run in threads; between two units nothing is held but the claims.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from alerts import breaker as breakers
from alerts.attempts import Compose, Handover
from alerts.beginning import begin_each
from alerts.claims import LEASE, SEND_TIMEOUT, Claim, Worker, claim_due, put_off
from alerts.holding import held_for
from alerts.retry import SHOWS_CHANNEL_TROUBLE, Then, Try, Verdict, after_failure
from alerts.rounds import DeliveryReport, Round
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

_BATCHES = 64
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

        While batches are being sent, the next is claimed and composed, and answers are written
        down; after trouble with the channel nothing more is claimed. While delivery is held only
        the operator hears anything. A round ends after some batches in any case.
        """
        round_ = Round(self._send, self._heard)
        preparing = asyncio.create_task(self._prepare(round_))
        preparing.add_done_callback(lambda _: round_.stir())
        try:
            while not (preparing.done() and round_.is_idle):
                answers = await round_.answers(together=_TOGETHER, enough=self._limit * _TURNS)
                if answers:
                    await self._settle(answers, round_)
        finally:
            preparing.cancel()
        preparing.result()
        if round_.failure is not None:
            raise round_.failure
        return round_.report

    def drain(self) -> None:
        """Begin nothing new; what is under way finishes."""
        self._draining = True

    async def _prepare(self, round_: Round) -> None:
        """Claim batch after batch and write their attempts down, never far ahead of the sends."""
        while not self._draining:
            now = self._means.clock()
            handovers = await self._units.run(partial(self._begin, round_, now=now))
            round_.add(handovers, by=now + LEASE - SEND_TIMEOUT)
            await round_.room(self._limit * _TURNS)
            if not self._wants_more(round_):
                return

    def _begin(self, round_: Round, connection: Connection, *, now: datetime) -> list[Handover]:
        claims = self._claim(connection, round_, now=now)
        round_.report.claimed += len(claims)
        if not claims:
            return []
        means = self._means
        return begin_each(connection, claims, vault=means.vault, compose=means.compose, now=now)

    def _claim(self, connection: Connection, round_: Round, *, now: datetime) -> list[Claim]:
        round_.batches += 1
        if round_.batches == 1:
            round_.breaker = round_.kept = breakers.load(connection, self.name, limit=self._limit)
            round_.places = max(1, round_.breaker.permits(now))
        allowance = round_.breaker.permits(now)
        round_.more = False
        if allowance == 0:
            return []
        if (morning := self._means.allowed(now)) > now:
            put_off(connection, self.name, now=now, until=morning)
        batch = allowance if round_.breaker.failures else allowance * _TURNS
        held = held_for(connection) is not None
        worker = Worker(self._means.worker, self.name, batch, only_operator=held)
        claims = claim_due(connection, worker, now=now)
        round_.more = len(claims) == batch and allowance == self._limit
        return claims

    def _wants_more(self, round_: Round) -> bool:
        return (
            round_.more
            and round_.failure is None
            and round_.batches < _BATCHES
            and round_.breaker.failures == 0
        )

    async def _send(self, handover: Handover, by: datetime) -> Answer:
        """Send unless it is later than `by`: then the claim might run out under way."""
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

    async def _settle(self, answers: Sequence[Answer], round_: Round) -> None:
        breaker = round_.breaker

        def write(connection: Connection) -> list[Answer]:
            now = self._means.clock()
            if breaker != round_.kept:
                breakers.save(connection, self.name, breaker, now=now)
            return settle(connection, answers, routes=self._means.routes, now=now)

        counted = await self._units.run_until_kept(write)
        round_.kept = breaker
        for answer in counted:
            self._tell(answer)
        round_.report.results.update(answer.result for answer in answers)

    def _heard(self, round_: Round, answer: Answer) -> None:
        """Judge the channel by an answer at once: the next batch depends on it."""
        failure = answer.failure
        if failure is None:
            round_.breaker = round_.breaker.after_success(self._limit)
        elif failure.reason in SHOWS_CHANNEL_TROUBLE or _is_account_wide(failure):
            round_.breaker = round_.breaker.after_trouble(
                answer.at,
                failure.reason.value,
                jitter=self._means.jitter(),
                account_wide=_is_account_wide(failure),
            )

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
