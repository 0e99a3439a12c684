"""What may not wait for a channel that keeps shut goes by another."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts import breaker as breakers
from alerts.breaker import Breaker
from alerts.deliver import Lane
from alerts.tables import notices
from channels.memory import MemoryChannel
from channels.protocol import FailureReason, Refused
from ledgers.database import Database
from tests.alerts.posting import NOON, Clock, Onward, means_of, post, states

LOCKED_OUT = Refused(FailureReason.AUTHENTICATION, "535 at auth", account_wide=True)


@pytest.mark.parametrize("class_", ["urgent", "operator", "digest"])
def test_what_may_not_wait_goes_around_a_refused_account(database: Database, class_: str) -> None:
    """Urgent notices and the operator's own take another channel; the rest is held, not failed."""
    post(database, 3, tellings_each=1, class_=class_)
    clock = Clock()
    email, sms = MemoryChannel(), MemoryChannel()
    email.script([LOCKED_OUT] * 9)
    means = means_of(database, clock, routes=Onward("sms"))
    lanes = [
        Lane("email", email, means, limit=1),
        Lane("sms", sms, means),
    ]
    for lane in lanes * 2:
        asyncio.run(lane.run_once())
    assert states(database) == ({"pending": 3} if class_ == "digest" else {"sent": 3})
    assert len(sms.taken) == (0 if class_ == "digest" else 3)


def test_nothing_is_moved_to_a_channel_that_is_shut_too(database: Database) -> None:
    """It waits for the one that comes back first to be its own."""
    post(database, 2, tellings_each=1, class_="urgent")
    with database.writing() as connection:
        shut = Breaker(1, NOON + timedelta(minutes=5), 1, "authentication")
        for name in ("email", "sms"):
            breakers.save(connection, name, shut, now=NOON)
    means = means_of(database, Clock(), routes=Onward("sms"))
    asyncio.run(Lane("email", MemoryChannel(), means).run_once())
    with database.reading() as connection:
        assert set(connection.scalars(select(notices.c.channel))) == {"email"}
