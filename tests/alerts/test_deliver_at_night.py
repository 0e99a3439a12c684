"""Quiet hours hold when a notice is due before them and can be sent only within them."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from alerts.deliver import Lane, Means
from alerts.tables import notices
from channels.memory import MemoryChannel
from ledgers.database import Database
from tests.alerts.posting import NOON, Clock, means_of, post

NIGHT = NOON + timedelta(hours=10)
MORNING = NOON + timedelta(hours=20)


def asleep(means: Means) -> Means:
    """Let nobody be woken from NIGHT to MORNING."""

    def allowed(instant: datetime) -> datetime:
        return MORNING if NIGHT <= instant < MORNING else instant

    return replace(means, allowed=allowed)


@pytest.mark.parametrize(
    ("class_", "at_night"), [("digest", 0), ("operator", 0), ("matter", 0), ("urgent", 1)]
)
def test_what_an_outage_left_over_waits_for_the_morning(
    database: Database, class_: str, at_night: int
) -> None:
    """The daemon or the channel comes back at night: only what is urgent goes out then."""
    post(database, 1, class_=class_)
    clock, channel = Clock(), MemoryChannel()
    lane = Lane("email", channel, asleep(means_of(database, clock)))
    clock.now = NIGHT
    asyncio.run(lane.run_once())
    assert len(channel.taken) == at_night
    with database.reading() as connection:
        due = connection.scalars(select(notices.c.next_attempt_at)).one()
    assert due == (None if at_night else MORNING)
    clock.now = MORNING
    asyncio.run(lane.run_once())
    assert len(channel.taken) == 1
