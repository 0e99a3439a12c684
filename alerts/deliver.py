"""Delivery: claims notices, hands them to their channel, and writes down what came back.

Every channel has a lane of its own, so that a slow one delays no other. All database work happens
in units run in threads; between two units nothing is held but the claims.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from alerts import breaker as breakers
from alerts.attempts import Compose, Handover, Writers
from alerts.beginning import begin_each
from alerts.claims import LEASE, SEND_TIMEOUT, Claim, Worker, claim_due, put_off
from alerts.gates import Gate, Passage, Room
from alerts.handing import Hand
from alerts.holding import held_for
from alerts.keeping import Keeper, expected_of
from alerts.policies import FREE, Policy
from alerts.rerouting import Fallen, Routes, take_next_route
from alerts.rescue import rescue
from alerts.retry import SHOWS_CHANNEL_TROUBLE
from alerts.rounds import DeliveryReport, Round
from alerts.settle import Answer
from alerts.units import Units
from channels.protocol import Channel, ChannelError, FailureReason, Load, Message, Refused, Weighs
from config.lean import dataclass
from ledgers.database import Database
from ledgers.sealing import Vault

_log = structlog.get_logger("alerts.deliver")
_TOGETHER = 0.1
"""Seconds within which answers are written down in one transaction."""

_TURNS = 16
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
    """One channel's way out: at most `limit` sends under way, fewer while its breaker says so.

    `rest_until` is when, after a round that found it full, its limits are worth another look.
    """

    def __init__(
        self, name: str, channel: Channel, means: Means, *, limit: int = 8, policy: Policy = FREE
    ) -> None:
        self.name = name
        self.rest_until: datetime | None = None
        self._means = means
        self._limit = limit
        self._hand = Hand(channel, means.clock, means.jitter, means.allowed, policy.window)
        self._gate: Gate | None = None
        if policy.limits is not None:
            weigh = channel.load if isinstance(channel, Weighs) else _weigh_one
            self._gate = Gate(policy.limits, weigh, means.vault, means.allowed)
        expected = expected_of(name, channel, policy)
        self._keeper = Keeper(means.routes, self._gate, expected)
        self._units = Units(means.database, name)
        self._draining = False

    async def run_once(self) -> DeliveryReport:
        """Send what is due now, in bounded batches, and return when all is written down.

        While batches are being sent, the next is claimed and composed, and answers are written
        down; after trouble with the channel nothing more is claimed. While delivery is held only
        the operator hears anything. A round ends after some batches in any case.
        """
        if self._keeper.misses_receipts:
            await self._units.run(partial(self._keeper.give_up_waiting, now=self._means.clock()))
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
        self.rest_until = round_.rest_until
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
        """Claim, and write down what may be handed over; what may not is no claim at all."""
        gate = self._gate
        room = Room() if gate is None else gate.open(connection, self.name, now=now)
        if room.messages == 0:
            round_.batches, round_.more = round_.batches + 1, False
            round_.rest_until = room.free_at
            return []
        claims = self._claim(connection, round_, room.messages, now=now)
        if not claims:
            return []
        passage = None if gate is None else Passage(gate)
        writers = Writers(self._means.vault, self._means.compose, passage)
        handovers = begin_each(connection, claims, writers, now=now)
        round_.report.claimed += len(claims)
        if passage is not None:
            self._keep_back(connection, passage, round_, now=now)
        settled = self._keeper.settled(connection, handovers, now=now)
        return [one for one in handovers if one.attempt_id not in settled]

    def _keep_back(
        self, connection: Connection, passage: Passage, round_: Round, *, now: datetime
    ) -> None:
        """Rest until what was turned back fits; what never will takes its next route."""
        for draft in passage.too_heavy.values():
            fallen = Fallen(draft.claim, draft.telling_ids, FailureReason.CONTENT_REFUSED.value)
            take_next_route(connection, fallen, self._means.routes, now=now)
        if passage.turned_back:
            round_.report.claimed -= len(passage.turned_back)
            round_.more, round_.rest_until = False, passage.free_at

    def _claim(
        self, connection: Connection, round_: Round, room: int | None, *, now: datetime
    ) -> list[Claim]:
        round_.batches += 1
        if round_.batches == 1:
            round_.breaker = round_.kept = breakers.load(connection, self.name, limit=self._limit)
            round_.places = max(1, round_.breaker.permits(now))
        allowance = round_.breaker.permits(now)
        round_.more = False
        if allowance == 0:
            if round_.breaker.keeps_shut and held_for(connection) is None:
                rescue(connection, self.name, routes=self._means.routes, now=now)
            return []
        if (morning := self._means.allowed(now)) > now:
            put_off(connection, self.name, now=now, until=morning)
        batch = allowance if round_.breaker.failures else allowance * _TURNS
        batch = batch if room is None else min(batch, room)
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

    async def _send(self, handover: Handover, by: datetime, round_: Round) -> Answer:
        """Hand over, unless the account was refused meanwhile: it is not pressed any further."""
        if round_.halted:
            return self._hand.back(handover)
        return await self._hand.over(handover, by)

    async def _settle(self, answers: Sequence[Answer], round_: Round) -> None:
        breaker = round_.breaker

        def write(connection: Connection) -> list[Answer]:
            now = self._means.clock()
            if breaker != round_.kept:
                breakers.save(connection, self.name, breaker, now=now)
            return self._keeper.keep(connection, answers, now=now)

        counted = await self._units.run_until_kept(write)
        round_.kept = breaker
        for answer in counted:
            self._tell(answer)
        round_.report.results.update(answer.result for answer in answers)

    def _heard(self, round_: Round, answer: Answer) -> None:
        """Judge the channel by an answer at once: the next batch depends on it."""
        failure = answer.failure
        round_.halted = round_.halted or (failure is not None and _is_account_wide(failure))
        if failure is None:
            # What was begun before the far side found its rate exceeded says nothing against it.
            if not round_.breaker.is_limited(answer.at):
                round_.breaker = round_.breaker.after_success(self._limit)
        elif _is_account_wide(failure) and failure.reason is FailureReason.RATE_LIMITED:
            pause = failure.retry_after if isinstance(failure, Refused) else None
            round_.breaker = round_.breaker.after_limit(answer.at, pause=pause or self._hand.window)
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
    channels: Mapping[str, Channel],
    means: Means,
    *,
    limits: Mapping[str, int],
    policies: Mapping[str, Policy] | None = None,
) -> list[Lane]:
    """Make a lane for each channel; `limits` is how many sends each may have under way."""
    known = policies or {}
    return [
        Lane(name, channel, means, limit=limits.get(name, 8), policy=known.get(name, FREE))
        for name, channel in channels.items()
    ]


def _weigh_one(_: Message) -> Load:
    return Load()


def _is_account_wide(failure: ChannelError) -> bool:
    return isinstance(failure, Refused) and failure.account_wide
