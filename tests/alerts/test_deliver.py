"""Delivery to a channel that takes what it is handed: round after round, each notice once."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from alerts.claims import claiming_workers
from alerts.deliver import Lane, run_until_idle
from alerts.holding import HeldFor, hold_delivery
from alerts.states import NoticeState
from alerts.tables import attempts, notices
from channels.memory import MemoryChannel
from channels.protocol import Message, Receipt
from ledgers.database import Database
from tests.alerts.lanes import Gated, run_once
from tests.alerts.posting import (
    NOON,
    Clock,
    means_of,
    post,
    states,
)


def test_every_telling_of_an_accepted_notice_is_sent(database: Database) -> None:
    """One attempt, one message, all tellings sent, and the sealed body forgotten."""
    post(database, 3)
    channel = MemoryChannel()
    report = run_once(Lane("email", channel, means_of(database, Clock())))
    assert (report.claimed, dict(report.results)) == (3, {"accepted": 3})
    assert states(database) == {"sent": 6}
    assert len(channel.taken) == 3
    with database.reading() as connection:
        rows = connection.execute(select(attempts.c.sealed_body, attempts.c.body_hash)).all()
    assert all(row.sealed_body is None and len(row.body_hash) == 64 for row in rows)


def test_nothing_is_sent_twice_by_a_second_round(database: Database) -> None:
    """A round after everything was sent claims nothing."""
    post(database, 2)
    channel = MemoryChannel()
    lane = Lane("email", channel, means_of(database, Clock()))
    asyncio.run(run_until_idle([lane]))
    assert run_once(lane).claimed == 0
    assert len(channel.taken) == 2


def test_a_notice_waits_for_its_time(database: Database) -> None:
    """What is due in an hour is not claimed now."""
    post(database, 1)
    with database.writing() as connection:
        connection.execute(update(notices).values(next_attempt_at=Clock().now + timedelta(hours=1)))
    channel = MemoryChannel()
    assert run_once(Lane("email", channel, means_of(database, Clock()))).claimed == 0


def test_a_held_notice_is_not_claimed(database: Database) -> None:
    """Held notices wait for an operator, however long they are due."""
    post(database, 1)
    with database.writing() as connection:
        connection.execute(update(notices).values(state=NoticeState.HELD.value))
    assert run_once(Lane("email", MemoryChannel(), means_of(database, Clock()))).claimed == 0


def test_the_operator_still_hears_while_delivery_is_held(database: Database) -> None:
    """The daily word says that delivery waits for a look: it must not wait with the rest."""
    post(database, 2, tellings_each=1)
    with database.writing() as connection:
        hold_delivery(connection, HeldFor.BY_HAND, now=NOON)
        first = connection.scalars(select(notices.c.id).order_by(notices.c.id)).first()
        connection.execute(
            update(notices).where(notices.c.id == first).values({"class": "operator"})
        )
    channel = MemoryChannel()
    assert run_once(Lane("email", channel, means_of(database, Clock()))).claimed == 1
    assert len(channel.taken) == 1


def test_a_slow_channel_does_not_slow_another(database: Database) -> None:
    """While one lane waits for its answer, the other sends everything."""
    post(database, 2, channel="slow")
    post(database, 5, channel="email")

    async def race() -> int:
        slow, quick = Gated(), MemoryChannel()
        means = means_of(database, Clock())
        waiting = asyncio.create_task(Lane("slow", slow, means).run_once())
        await run_until_idle([Lane("email", quick, means)])
        sent_meanwhile = len(quick.taken)
        assert not waiting.done()
        slow.gate.set()
        await waiting
        return sent_meanwhile

    assert asyncio.run(race()) == 5


def test_a_drained_lane_gives_back_what_it_claimed(database: Database) -> None:
    """After `drain` nothing begins, and nothing stays claimed."""
    post(database, 3)
    channel = MemoryChannel()
    lane = Lane("email", channel, means_of(database, Clock()))
    lane.drain()
    assert run_once(lane).claimed == 0
    with database.reading() as connection:
        assert claiming_workers(connection) == []


def test_a_round_goes_on_while_there_is_more(database: Database) -> None:
    """Batch after batch in one round, each notice once."""
    post(database, 20, tellings_each=1)
    channel = MemoryChannel()
    report = run_once(Lane("email", channel, means_of(database, Clock()), limit=1))
    assert (report.claimed, dict(report.results)) == (20, {"accepted": 20})
    assert len({message.out_id for message in channel.taken}) == 20


def test_a_round_stops_where_delivery_is_held(database: Database) -> None:
    """What a channel was handed already ends as it ends; nothing more is claimed."""
    post(database, 40, tellings_each=1)

    class Holds(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            if not self.tried:
                with database.writing() as connection:
                    hold_delivery(connection, HeldFor.BY_HAND, now=NOON)
            return await super().send(message)

    channel = Holds()
    lane = Lane("email", channel, means_of(database, Clock()), limit=1)
    assert run_once(lane).claimed in (16, 32)  # the next batch may have been claimed before
    assert len(channel.taken) == states(database)["sent"]
    assert run_once(lane).claimed == 0


def test_what_would_outlive_its_claim_is_not_begun(database: Database) -> None:
    """A send that could still be under way when its lease ends is left for later."""
    post(database, 3, tellings_each=1)
    clock = Clock()

    class Slow(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            clock.pass_(minutes=7)
            return await super().send(message)

    channel = Slow()
    lane = Lane("email", channel, means_of(database, clock), limit=1)
    assert dict(run_once(lane).results) == {"accepted": 1, "refused": 2}
    assert states(database) == {"pending": 2, "sent": 1}
    clock.pass_(hours=1)
    assert dict(run_once(lane).results)["accepted"] == 1
