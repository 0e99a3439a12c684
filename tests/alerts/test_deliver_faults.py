"""Delivery when something breaks: a notice, a channel, a worker."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from alerts.attempts import Compose
from alerts.claims import Worker, claim_due, claiming_workers, take_over
from alerts.deliver import Lane
from alerts.errors import CannotCompose
from alerts.tables import attempts, notices
from channels.memory import MemoryChannel
from channels.protocol import Message, Receipt
from ledgers.database import Database
from tests.alerts.lanes import Gated, run_once
from tests.alerts.posting import (
    Clock,
    compose_plainly,
    means_of,
    post,
    states,
)


def test_a_notice_that_cannot_be_written_stops_no_other(database: Database) -> None:
    """It fails by itself, for its template; those beside it are sent."""
    bad = post(database, 3, tellings_each=1)[1]

    def compose(
        connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> dict[str, Message | CannotCompose | None]:
        composed = compose_plainly(connection, revisions, now=now)
        return {**composed, bad: CannotCompose(bad, "no such field")}

    channel = MemoryChannel()
    run_once(Lane("email", channel, means_of(database, Clock(), compose=compose)))
    assert len(channel.taken) == 2
    assert states(database) == {"failed": 1, "sent": 2}


def _stumbling_over(bad: str) -> Compose:
    """Compose plainly, with a fault nobody foresaw in one notice."""

    def compose(
        connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> dict[str, Message | CannotCompose | None]:
        if bad in revisions:
            raise KeyError("a fault")
        return compose_plainly(connection, revisions, now=now)

    return compose


def test_a_fault_nobody_foresaw_stops_no_other_notice(database: Database) -> None:
    """Those beside it are sent in the same round; it is tried again when its claim runs out."""
    bad = post(database, 3, tellings_each=1)[1]
    channel, clock = MemoryChannel(), Clock()
    faulty = means_of(database, clock, compose=_stumbling_over(bad))
    assert dict(run_once(Lane("email", channel, faulty)).results) == {"accepted": 2}
    assert states(database) == {"pending": 1, "sent": 2}
    assert run_once(Lane("email", channel, faulty)).claimed == 0
    clock.pass_(minutes=11)
    run_once(Lane("email", channel, means_of(database, clock)))
    assert states(database) == {"sent": 3}


def test_a_fault_that_stays_ends_as_failed(database: Database) -> None:
    """Nothing is tried for ever: past its time a notice nobody can write is a dead letter."""
    [bad] = post(database, 1, tellings_each=1)
    clock = Clock()
    lane = Lane("email", MemoryChannel(), means_of(database, clock, compose=_stumbling_over(bad)))
    run_once(lane)
    clock.pass_(hours=49)
    run_once(lane)
    assert states(database) == {"failed": 1}


def test_a_channel_that_breaks_loses_no_other_answer(database: Database) -> None:
    """What was taken beside it is written down; the broken send is unknown when its claim ends."""
    post(database, 5, tellings_each=1)

    class Breaks(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            if not self.taken:
                self.taken.append(message)
                raise ZeroDivisionError
            return await super().send(message)

    with pytest.raises(ZeroDivisionError):
        run_once(Lane("email", Breaks(), means_of(database, Clock())))
    assert states(database) == {"sending": 1, "sent": 4}


def test_a_dead_workers_claims_are_taken_over_as_unknown(database: Database) -> None:
    """An open attempt of a dead worker may have arrived: same id again, counted as unknown."""
    post(database, 1)
    clock = Clock()

    class Dies(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            self.tried.append(message)
            raise KeyboardInterrupt

    dying, second = Dies(), MemoryChannel()
    means = means_of(database, clock)
    with pytest.raises(KeyboardInterrupt):
        run_once(Lane("email", dying, means))
    with database.writing() as connection:
        assert take_over(connection, claiming_workers(connection), now=clock.now) == 1
    run_once(Lane("email", second, means))
    assert second.taken == dying.tried
    assert states(database) == {"sent": 2}
    with database.reading() as connection:
        results = list(connection.execute(select(attempts.c.result)).scalars())
    assert sorted(results) == ["accepted", "unknown"]


def test_a_late_answer_of_a_claim_taken_over_changes_nothing(database: Database) -> None:
    """The fence keeps an old worker from ending what a newer one holds."""
    post(database, 1)
    clock = Clock()

    async def race() -> None:
        slow = Gated()
        means = means_of(database, clock)
        late = asyncio.create_task(Lane("email", slow, means).run_once())
        await slow.reached.wait()
        clock.pass_(minutes=11)
        with database.writing() as connection:
            [claim] = claim_due(connection, Worker("two", "email", 5), now=clock.now)
        slow.gate.set()
        await late
        assert claim.fence == 2

    asyncio.run(race())
    with database.reading() as connection:
        assert connection.execute(select(notices.c.state)).scalar_one() == "sending"
    assert states(database) == {"sending": 2}
