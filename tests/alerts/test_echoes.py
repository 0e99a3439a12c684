"""Urgent messages on all channels at once: one notice for each, one outcome for all."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from alerts import receipts
from alerts.compose import Composer
from alerts.deliver import Lane
from alerts.render import Templates
from alerts.routes import ConfiguredRoutes
from alerts.tables import notices, outcomes
from channels.inbound import Heard, Inbound, Report
from channels.memory import MemoryChannel
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from config.model import Configuration
from ledgers.database import Database
from tests.alerts.county import VAULT, written
from tests.alerts.posting import Clock, means_of
from tests.alerts.signalling import FLOOD, LEVELS, RECORDS, Office

GONE = Refused(FailureReason.ADDRESS_REFUSED, permanent=True)
LOST = Unknown(FailureReason.NO_ANSWER)
LOUD = {**FLOOD, "all": True, "ladder": [{"tell": "director", "repeat": "6 hours"}]}


def _configured(rule: dict[str, Any]) -> Configuration:
    slots = {"days": ["monday"], "at": "09:10"}
    return written(
        rules={"flood": rule},
        records=RECORDS,
        levels=LEVELS,
        channels={"mail": {"type": "memory"}, "other": {"type": "memory"}},
        delivery={
            "digest": dict.fromkeys(("director", "supervisor", "county"), slots),
            "routes": {"director": ["mail"], "supervisor": ["mail"], "county": ["mail"]},
            "urgent_routes": {"director": ["mail", "other"]},
        },
    )


class Confirming(MemoryChannel):
    """A far side that tells what became of messages."""

    def hear(self, inbound: Inbound, *, now: datetime) -> Heard:
        """Hear nothing: tests hand reports in themselves."""
        return Heard()


class Station:
    """An office where it rains, with a lane to each channel."""

    def __init__(self, database: Database, rule: dict[str, Any] = LOUD) -> None:
        self.office = Office(database, _configured(rule))
        self.office.signal()
        self.office.look()
        self.clock = Clock(self.office.now)
        self.ways = {"mail": Confirming(), "other": Confirming()}
        timetable = self.office.county.timetable
        self.routes = ConfiguredRoutes(self.office.configuration, timetable.zone)
        means = replace(
            means_of(database, self.clock, compose=Composer(timetable, Templates.load(), VAULT)),
            vault=VAULT,
            routes=self.routes,
        )
        self.lanes = {name: Lane(name, way, means) for name, way in self.ways.items()}

    def fail(self, channel: str, failure: ChannelError, times: int = 2) -> None:
        """Let the next messages on a channel fail."""
        self.ways[channel].script([failure] * times)

    def deliver(self, *channels: str) -> None:
        """Deliver on these channels, one after the other; on all if none are named."""
        for name in channels or self.lanes:
            asyncio.run(self.lanes[name].run_once())

    def taken(self) -> list[int]:
        """Answer how many messages each channel took."""
        return [len(way.taken) for way in self.ways.values()]

    def notices(self) -> list[tuple[str, str]]:
        """Answer channel and state of each notice."""
        query = select(notices.c.channel, notices.c.state)
        with self.office.database.reading() as connection:
            return sorted((row[0], row[1]) for row in connection.execute(query))


def test_each_person_hears_on_all_channels(database: Database) -> None:
    """Two directors, two channels, the same words; every telling is sent once."""
    station = Station(database)
    station.deliver()
    assert station.taken() == [2, 2]
    mail, other = (way.taken[0] for way in station.ways.values())
    assert (mail.text, mail.address) == (other.text, other.address)
    assert station.office.states() == {"sent"}
    with database.reading() as connection:
        sent = select(outcomes.c.telling_id).where(outcomes.c.became == "sent")
        ids = list(connection.scalars(sent))
    assert len(ids) == len(set(ids)) == 3


def test_other_urgent_rules_use_one_channel(database: Database) -> None:
    """Never two at once unless the rule says so."""
    station = Station(database, {**LOUD, "all": False})
    station.deliver()
    assert station.taken() == [2, 0]


def test_looking_again_adds_nothing(database: Database) -> None:
    """However often a pass is made."""
    station = Station(database)
    for _ in range(3):
        station.office.look()
    station.deliver()
    assert station.taken() == [2, 2]


@pytest.mark.parametrize("order", [("mail", "other"), ("other", "mail")])
@pytest.mark.parametrize("broken", ["mail", "other"])
def test_one_channel_that_fails_is_made_up_for(
    database: Database, order: tuple[str, str], broken: str
) -> None:
    """Whichever it is, and whichever goes first: the tellings are sent, nobody hears twice on one."""
    station = Station(database)
    station.fail(broken, GONE)
    station.deliver(*order)
    station.deliver(*order)
    assert sorted(station.taken()) == [0, 2]
    assert station.office.states() == {"sent"}


def test_when_all_fail_the_tellings_fail(database: Database) -> None:
    """In words, as with any notice."""
    station = Station(database)
    for channel in station.ways:
        station.fail(channel, GONE)
    station.deliver()
    station.deliver()
    assert station.office.states() == {"failed"}
    assert {state for _, state in station.notices()} == {"failed"}


def test_an_echo_without_an_answer_takes_over_too(database: Database) -> None:
    """It is said again there, under the same id, and then sent."""
    station = Station(database)
    station.fail("other", LOST)
    station.deliver("other")
    station.fail("mail", GONE)
    station.deliver("mail")
    assert station.office.states() == {"pending"}
    station.clock.pass_(minutes=1)
    station.deliver("other")
    assert station.office.states() == {"sent"}


def test_an_answer_settles_all(database: Database) -> None:
    """What has not gone out by then has nothing left to say."""
    station = Station(database)
    station.deliver("mail")
    for handle in ("P-01", "P-02"):
        station.office.answer("flood", handle)
    station.deliver("other")
    assert station.taken() == [2, 0]
    assert station.notices() == [("mail", "sent")] * 2 + [("other", "empty")] * 2


def test_a_receipt_on_any_channel_counts(database: Database) -> None:
    """A telling is delivered when one of its messages is; that another was not changes nothing."""
    station = Station(database)
    station.deliver()
    for arrived, channel in ((True, "other"), (False, "mail")):
        reports = [Report(arrived, out_id=one.out_id) for one in station.ways[channel].taken]
        with database.writing() as connection:
            receipts.take(
                connection, channel, reports, routes=station.routes, now=station.clock.now
            )
        assert station.office.states() == {"delivered"}
    station.deliver()
    assert station.taken() == [2, 2]
