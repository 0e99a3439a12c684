"""Delivery through the real SMTP channel to a server that does wrong: nothing lost, right outcomes."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.deliver import Lane, run_until_idle
from alerts.tables import attempts, notices
from channels.smtp import SmtpChannel
from channels.smtp_session import Security, SmtpSettings
from ledgers.database import Database
from tests.alerts.posting import Clock, means_of, post, states
from tests.emulators.faults import Act, Fault, Phase
from tests.emulators.http import HERE
from tests.emulators.smtp import SmtpEmulator

_SHORT = timedelta(seconds=0.4)
NOTICES = 6


def _channel(server: SmtpEmulator) -> SmtpChannel:
    return SmtpChannel(
        SmtpSettings(
            host="127.0.0.1",
            allow_private=HERE,
            from_="noreply@example.invalid",
            port=server.port,
            security=Security.NONE,
            timeout=_SHORT,
            answer_timeout=_SHORT,
        )
    )


def _deliver(database: Database, fault: Fault, *, rounds: int = 30) -> list[str]:
    """Deliver against a fault, ten virtual minutes a round; answer the ids of what arrived."""

    async def run() -> list[str]:
        async with SmtpEmulator(fault) as server:
            clock, channel = Clock(), _channel(server)
            lane = Lane("email", channel, means_of(database, clock))
            for _ in range(rounds):
                await run_until_idle([lane])
                clock.pass_(minutes=10)
            await channel.close()
            return [mail.message_id for mail in server.received]

    return asyncio.run(run())


def _results(database: Database) -> Counter[str]:
    with database.reading() as connection:
        return Counter(connection.execute(select(attempts.c.result)).scalars())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Phase.CONNECT, answer="421 4.3.2 closing", times=4),
        Fault(Phase.RCPT, answer="450 4.2.1 busy", times=8),
        Fault(Phase.DOT, answer="451 4.3.0 later", times=8),
        Fault(Phase.MAIL, act=Act.DROP, times=4),
        Fault(Phase.DATA, act=Act.HANG, times=3),
    ],
    ids=lambda fault: f"{fault.phase}-{fault.answer[:3] or fault.act}",
)
def test_a_passing_fault_delays_and_loses_nothing(database: Database, fault: Fault) -> None:
    """Certain refusals are tried again until taken; one copy each."""
    post(database, NOTICES, tellings_each=1)
    arrived = Counter(_deliver(database, fault))
    assert states(database) == {"sent": NOTICES}
    assert (len(arrived), arrived.total()) == (NOTICES, NOTICES)
    assert _results(database)["unknown"] == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Phase.DOT, act=Act.LOSE, times=4),
        Fault(Phase.DOT, act=Act.DROP, times=4),
        Fault(Phase.DOT, act=Act.HANG, times=3),
        Fault(Phase.DOT, answer="huh", times=4, keeps=True),
    ],
    ids=lambda fault: str(fault.answer or fault.act),
)
def test_a_lost_answer_is_bound_by_recorded_unknowns(database: Database, fault: Fault) -> None:
    """Everything arrives; whatever came twice has one Message-ID and a recorded unknown attempt."""
    post(database, NOTICES, tellings_each=1)
    arrived = Counter(_deliver(database, fault))
    assert states(database) == {"sent": NOTICES}
    assert len(arrived) == NOTICES
    assert arrived.total() <= NOTICES + _results(database)["unknown"]


def test_a_refused_address_fails_alone(database: Database) -> None:
    """550 for one person ends that person's tellings; the others are sent."""
    ids = post(database, NOTICES, tellings_each=1)
    with database.reading() as connection:
        person = connection.execute(
            select(notices.c.person_id).where(notices.c.id == ids[0])
        ).scalar_one()
    _deliver(database, Fault(Phase.RCPT, answer="550 5.1.1 unknown", recipient=person), rounds=2)
    assert states(database) == {"failed": 1, "sent": NOTICES - 1}


def test_a_server_that_is_down_for_an_hour_finds_no_storm_on_return(database: Database) -> None:
    """Few connections are tried while it is down; afterwards all arrives, a few at a time."""
    post(database, 30, tellings_each=1)
    most_at_once = []

    async def run() -> int:
        async with SmtpEmulator() as server:
            clock, channel = Clock(), _channel(server)
            lane = Lane("email", channel, means_of(database, clock))
            await server.stop()
            for minute in range(240):
                if minute == 60:
                    await server.start()
                before = len(server.received)
                await lane.run_once()
                most_at_once.append(len(server.received) - before)
                clock.pass_(minutes=1)
            await channel.close()
            return len(server.received)

    arrived = asyncio.run(run())
    assert (arrived, states(database)) == (30, {"sent": 30})
    assert next(filter(None, most_at_once)) == 1
    assert _results(database)["refused"] < 60
