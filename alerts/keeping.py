"""What a lane writes down of answers: outcomes, and what its channel's limits and receipts need."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts import receipts
from alerts.attempts import Handover
from alerts.awaiting import Expected
from alerts.gates import Gate
from alerts.policies import Policy
from alerts.rates import answered
from alerts.rerouting import Routes
from alerts.retry import Then, Verdict
from alerts.settle import Answer, settle
from channels.inbound import Hears, Polls
from channels.protocol import Channel, Receipt
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes one channel's answers. `gate` None: no limits; `expected` None: no receipts."""

    routes: Routes
    gate: Gate | None
    expected: Expected | None

    def keep(
        self, connection: Connection, answers: Sequence[Answer], *, now: datetime
    ) -> list[Answer]:
        """Write answers down; answer those that counted."""
        if self.gate is not None:
            answered(connection, [_place_freed(answer) for answer in answers])
            self.gate.forget(connection, now=now)
        if self.expected is None:
            return settle(connection, answers, routes=self.routes, now=now)
        receipts.lock(connection, self.expected.channel)
        counted = settle(connection, answers, routes=self.routes, now=now)
        accepted = [answer for answer in counted if answer.verdict.then is Then.DONE]
        receipts.expect(connection, self.expected, accepted, routes=self.routes, now=now)
        return counted

    def settled(
        self, connection: Connection, handovers: Sequence[Handover], *, now: datetime
    ) -> set[str]:
        """Settle repeats of what arrived by its receipt, and answer their attempts."""
        again = [handover for handover in handovers if handover.handed_at is not None]
        if self.expected is None or not again:
            return set()
        out_ids = {handover.message.out_id for handover in again}
        there = receipts.arrived(connection, self.expected.channel, out_ids)
        answers = [
            Answer(handover, now, Verdict(Then.DONE), receipt=Receipt())
            for handover in again
            if handover.message.out_id in there
        ]
        if answers:
            self.keep(connection, answers, now=now)
        return {answer.handover.attempt_id for answer in answers}

    @property
    def misses_receipts(self) -> bool:
        """Whether one that does not come in time means anything."""
        return self.expected is not None and self.expected.within is not None

    def give_up_waiting(self, connection: Connection, *, now: datetime) -> None:
        """Let what nobody confirmed in time go by its next route."""
        if self.expected is not None:
            receipts.give_up_waiting(connection, self.expected, routes=self.routes, now=now)


def expected_of(name: str, channel: Channel, policy: Policy) -> Expected | None:
    """Answer what receipts are expected of a channel; None: it has none."""
    if not isinstance(channel, Hears | Polls):
        return None
    return Expected(name, policy.confirm_within, is_asked=isinstance(channel, Polls))


def _place_freed(answer: Answer) -> tuple[str, datetime, bool]:
    return answer.handover.attempt_id, answer.at, answer.result != "refused"
