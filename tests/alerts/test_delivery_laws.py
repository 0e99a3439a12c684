"""Laws of delivery over channels of every kind, with faults, receipts and two workers at once."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, select

from alerts import receipts
from alerts.claims import Claim
from alerts.deliver import Lane
from alerts.policies import Policy
from alerts.rates import Limits
from alerts.rerouting import Reroute
from alerts.states import WAITING
from alerts.tables import attempts, notices, outcomes, tellings
from channels.inbound import Heard, Inbound, Report
from channels.memory import MemoryChannel
from channels.protocol import (
    ChannelError,
    FailureReason,
    Faltered,
    Message,
    Receipt,
    Refused,
    Unknown,
)
from config.rates import Rate
from ledgers.database import Database
from tests.alerts.posting import Clock, means_of, post, states

WITHIN = timedelta(hours=2)
RATES = {
    "robot": Limits("channel:robot", (Rate(20, "minute"),)),
    "app": Limits("account:wecom", (Rate(90, "minute"),), (Rate(1, "minute"),)),
    "sms": Limits("channel:sms", (Rate(2, "second"), Rate(60, "minute"))),
}
NEXT = {"app": ("sms", "mail"), "sms": ("mail",)}
EACH = 40

FAULTS: tuple[Callable[[], ChannelError], ...] = (
    lambda: Refused(FailureReason.TEMPORARY, "-1"),
    lambda: Faltered(FailureReason.TEMPORARY, "-1"),
    lambda: Refused(FailureReason.RATE_LIMITED, "45009", retry_after=timedelta(minutes=1)),
    lambda: Refused(FailureReason.RATE_LIMITED, "45009", account_wide=True),
    lambda: Refused(FailureReason.AUTHENTICATION, "balance", account_wide=True),
    lambda: Refused(FailureReason.UNREACHABLE, "connect"),
    lambda: Refused(FailureReason.ADDRESS_REFUSED, "81013", permanent=True),
    lambda: Unknown(FailureReason.NO_ANSWER, "after the request"),
)


@dataclass
class FarSide(MemoryChannel):
    """Fails one request in ten, counts what it takes, and takes what it says is unknown half the time."""

    name: str
    clock: Clock
    chance: Random
    came: list[tuple[datetime, str]] = field(default_factory=list)
    taken_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def send(self, message: Message) -> Receipt:
        """Count the message, however it ends; time goes by meanwhile."""
        self.clock.pass_(milliseconds=self.chance.randrange(30))
        self.came.append((self.clock.now, message.address))
        await asyncio.sleep(0)
        fault = self.chance.choice(FAULTS)() if self.chance.random() < 0.1 else None
        if fault is None or (isinstance(fault, Unknown) and self.chance.random() < 0.5):
            self.taken_ids.append(message.out_id)
            await super().send(message)
        if fault is not None:
            raise fault
        return Receipt(f"{self.name}-{len(self.taken_ids)}")

    def violations(self, limits: Limits | None) -> list[str]:
        """Answer which of its limits were exceeded."""
        if limits is None:
            return []
        to_each: dict[str, list[datetime]] = defaultdict(list)
        for at, address in self.came:
            to_each[address].append(at)
        of_all = [at for at, _ in self.came]
        return [
            f"{rate} of {len(instants)}"
            for rates, groups in ((limits.rates, [of_all]), (limits.per_person, to_each.values()))
            for rate in rates
            for instants in groups
            if _most(instants, rate.window) > rate.count
        ]


@dataclass
class Remembering(FarSide):
    """Can be asked what it has, and tells what became of it."""

    async def find(self, message: Message, *, since: datetime) -> Receipt | None:
        """Answer for certain."""
        return Receipt("found") if message.out_id in self.taken_ids else None

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Hear nothing: the test hands receipts in itself."""
        return Heard()


def _most(instants: list[datetime], window: timedelta) -> int:
    first, most = 0, 0
    for last, at in enumerate(instants):
        while instants[first] < at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


class Onward:
    """Routes by channel, to the same person."""

    def after(
        self, connection: Connection, claim: Claim, tried: frozenset[str], *, now: datetime
    ) -> Reroute | None:
        """Answer the next that was not tried."""
        ahead = (one for one in NEXT.get(claim.channel, ()) if one not in tried)
        channel = next(ahead, None)
        return None if channel is None else Reroute(channel, claim.person_id, claim.role)


class Field:
    """Four far sides, two workers, and phones that confirm most of what they get."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.clock = Clock()
        self.chance = Random(seed)  # noqa: S311  # a script of faults, no secret
        self.means = means_of(database, self.clock, routes=Onward())
        self.told: set[str] = set()
        make = {"robot": FarSide, "app": FarSide, "sms": Remembering, "mail": FarSide}
        self.far = {name: one(name, self.clock, self.chance) for name, one in make.items()}
        for name in self.far:
            post(database, EACH, tellings_each=1, channel=name)
        self.lanes = [lane for worker in ("one", "two") for lane in self._lanes(worker)]

    def _lanes(self, worker: str) -> list[Lane]:
        means = replace(self.means, worker=worker)
        return [
            Lane(name, far, means, limit=4, policy=Policy(RATES.get(name), WITHIN))
            for name, far in self.far.items()
        ]

    def deliver(self) -> None:
        """Deliver until every notice has ended, receipts coming in between."""
        for _ in range(2000):
            asyncio.run(self._round())
            self._confirm()
            if not self._is_waiting():
                return
            self.clock.pass_(seconds=15)
        pytest.fail("some notices never end")

    async def _round(self) -> None:
        await asyncio.gather(*(lane.run_once() for lane in self.lanes))

    def _confirm(self) -> None:
        """Let phones say what they got: twice, in disorder, and one in ten never."""
        news = [out_id for out_id in self.far["sms"].taken_ids if out_id not in self.told]
        self.told |= set(news)
        said = [
            Report(self.chance.random() < 0.8, out_id=out_id)
            for out_id in news
            if self.chance.random() < 0.9
        ] * 2
        self.chance.shuffle(said)
        with self.database.writing() as connection:
            receipts.take(connection, "sms", said, routes=Onward(), now=self.clock.now)

    def _is_waiting(self) -> bool:
        with self.database.reading() as connection:
            open_ = connection.execute(select(notices.c.id).where(notices.c.ended_at.is_(None)))
            return open_.first() is not None


@pytest.mark.parametrize("seed", range(2))
def test_every_notice_ends_once_within_all_limits(database: Database, seed: int) -> None:
    """None lost, none over a limit, copies only where an answer or a receipt was missed."""
    field_ = Field(database, seed)
    field_.deliver()
    for name, far in field_.far.items():
        assert far.violations(RATES.get(name)) == []
    with database.reading() as connection:
        rows = connection.execute(select(tellings.c.id, tellings.c.state)).all()
        allowed = _copies_allowed(connection)
    assert len(rows) == EACH * 4
    assert not {row.state for row in rows} & {state.value for state in WAITING}
    got = Counter(
        telling for far in field_.far.values() for one in far.taken for telling in one.text.split()
    )
    for telling, copies in got.items():
        assert copies <= 1 + allowed[telling]
    said = {row.id for row in rows if row.state in {"sent", "delivered"}}
    assert said <= got.keys()
    assert len(said) > EACH * 3
    assert max(Counter(field_.far["sms"].taken_ids).values()) == 1
    assert states(database)["delivered"] > 0


def _copies_allowed(connection: Connection) -> Counter[str]:
    """Count what may have been said without our knowing: lost answers, and receipts that say no or nothing."""
    found: Counter[str] = Counter()
    lost = select(attempts.c.telling_ids).where(attempts.c.result == "unknown")
    for text in connection.scalars(lost):
        found.update(json.loads(text))
    gone_on = select(outcomes.c.telling_id).where(
        outcomes.c.became == "pending", outcomes.c.reason.in_(("no-receipt", "not-delivered"))
    )
    found.update(connection.scalars(gone_on))
    return found
