"""A delivery process to be killed: `python -m tests.alerts.courier URL PORT` forks one a line.

Forking keeps a life's start at a few milliseconds, so that hundreds of deaths fit into a test. For
every line on standard input it starts a courier and prints its process id; the courier claims,
sends to the SMTP server on PORT and writes outcomes until nothing is left to send, then exits 0.
The nursery prints `gone CODE` when a courier ends.
"""

import asyncio
import logging
import os
import random
import sys
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from alerts.claims import claiming_workers, take_over
from alerts.deliver import Lane, Means, run_until_idle
from alerts.tables import notices
from channels.smtp import SmtpChannel
from channels.smtp_session import Security, SmtpSettings
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from service.locks import dead_workers, one_daemon
from tests.alerts.posting import NOON, Counted, GivenRoutes, compose_plainly
from tests.emulators.http import HERE

KEYS = Keyring("00000001", {"00000001": b"k" * 32}, b"l" * 32)
_REST = 0.01
"""Seconds between two looks at the table."""


def clock() -> datetime:
    """Answer instants after the notices' own, the same for all couriers of this machine."""
    return NOON + timedelta(seconds=time.monotonic())


def _means(database: Database, worker: str) -> Means:
    return Means(
        database=database,
        vault=Vault(KEYS),
        compose=compose_plainly,
        routes=GivenRoutes(),
        metrics=Counted(),
        clock=clock,
        jitter=random.random,
        allowed=lambda instant: instant,
        worker=worker,
    )


async def deliver_all(url: str, port: int) -> None:
    """Deliver until every notice has ended, taking over what dead couriers held."""
    database = Database.open(url)
    worker = f"courier-{os.getpid()}"
    settings = SmtpSettings(
        host="127.0.0.1",
        allow_private=HERE,
        from_="noreply@example.invalid",
        port=port,
        security=Security.NONE,
    )
    channel = SmtpChannel(settings)
    lane = Lane("email", channel, _means(database, worker))
    with one_daemon(database, worker):
        while _open_notices(database):
            with database.writing() as connection:
                dead = dead_workers(connection, claiming_workers(connection), myself=worker)
                take_over(connection, dead, now=clock())
            await run_until_idle([lane])
            await asyncio.sleep(_REST)
    await channel.close()


def _open_notices(database: Database) -> int:
    unended = select(func.count()).select_from(notices).where(notices.c.ended_at.is_(None))
    with database.reading() as connection:
        return int(connection.execute(unended).scalar_one())


def _nursery(url: str, port: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(deliver_all(url, port))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"gone {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _nursery(sys.argv[1], int(sys.argv[2]))
