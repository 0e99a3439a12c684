"""Delivery: directors' digests from waiting rows to an SMTP sink, against a bare aiosmtplib loop.

`python -m benchmarks.delivery` builds 2,000 waiting digests on SQLite and on a PostgreSQL of its
own, lets a lane claim, compose, seal, send and settle them, and sends the same messages through a
bare loop with the same builder and number of connections, in turn. It prints messages a second and
the median of the ratios (asked: 0.5), what sealing and opening cost of it, and peak memory with
few and with many waiting notices, each in a process of its own (asked: flat).

Both senders are kept on one core: Python runs one thread at a time, and on few cores it else decides
much where the system puts the threads, the sink and PostgreSQL. `--spread` lets all go anywhere.
"""

import argparse
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from alerts.attempts import Compose
from alerts.compose import Composer
from alerts.deliver import Lane, Means, run_until_idle
from alerts.render import Templates
from alerts.routes import ConfiguredRoutes
from alerts.sealed_messages import seal, to_bytes
from alerts.tables import notices
from alerts.timetable import Timetable
from benchmarks.county import configuration
from benchmarks.mail import bare, rate, sink
from benchmarks.pending import SENT_AT, VAULT, County, again, build
from channels.protocol import Message
from channels.smtp import SmtpChannel
from channels.smtp_session import Security, SmtpSettings
from ledgers.database import Database
from ledgers.sealing import Spot
from ledgers.tables import persons
from schedules.calendars import WorkCalendar
from service.logs import configure
from service.prometheus import PrometheusFigures

_ASKED = 0.5
_FLAT = 1.2
_SEALING = 0.25


def clock() -> datetime:
    """Answer the instant at which everything is due."""
    return SENT_AT


def composer() -> Compose:
    """Make what puts notices into words."""
    timetable = Timetable.of(configuration(), WorkCalendar.official())
    return Composer(timetable, Templates.load(), VAULT)


def means_of(database: Database) -> Means:
    """Answer what the service would give a lane."""
    timetable = Timetable.of(configuration(), WorkCalendar.official())
    return Means(
        database=database,
        vault=VAULT,
        compose=composer(),
        routes=ConfiguredRoutes(configuration(), timetable.zone),
        metrics=PrometheusFigures(),
        clock=clock,
        jitter=lambda: 0.5,
        allowed=timetable.quiet.next_allowed,
        worker="bench",
    )


async def through_lane(means: Means, *, port: int, connections: int) -> None:
    """Deliver as the daemon does."""
    settings = SmtpSettings(
        host="127.0.0.1",
        allow_private=("127.0.0.1",),
        port=port,
        from_="演示县民政局 <noreply@example.invalid>",
        security=Security.NONE,
        connections=connections,
        mails_per_connection=1_000_000,
    )
    channel = SmtpChannel(settings)
    await run_until_idle([Lane("email", channel, means, limit=connections)])
    await channel.close()


def composed(means: Means) -> list[Message]:
    """Compose every waiting notice, and leave the database as it was."""
    with means.database.reading() as connection:
        ids = connection.execute(select(notices.c.id).order_by(notices.c.id)).scalars().all()
        said = means.compose(connection, dict.fromkeys(ids, 1), now=SENT_AT)
    return [message for message in said.values() if isinstance(message, Message)]


def sealing(means: Means, messages: list[Message]) -> float:
    """Answer the seconds it takes to open every address and to seal every message."""
    sealed = select(persons.c.id, persons.c.sealed_email)
    with means.database.reading() as connection:
        addresses = connection.execute(sealed).all()
    bodies = [to_bytes(message) for message in messages]
    began = time.perf_counter()
    for id_, address in addresses:
        VAULT.open(address, Spot("persons", "sealed_email", id_))
    for (id_, _), body in zip(addresses, bodies, strict=True):
        seal(VAULT, id_, body)
    return time.perf_counter() - began


def compare(kind: str, url: str, asked: argparse.Namespace) -> float:
    """Measure one database, print, and answer the ratio."""
    database = Database.open(url)
    county = County(asked.messages, asked.entries, asked.tellings)
    build(database, county)
    means = means_of(database)
    messages = composed(means)
    ours, theirs = [], []
    ways = {"port": 0, "connections": asked.connections}
    with sink() as port, _on_one_core(wanted=not asked.spread):
        ways["port"] = port
        for _ in range(asked.rounds):
            theirs.append(rate(bare(messages, **ways), asked.messages))
            ours.append(rate(through_lane(means, **ways), asked.messages))
            _must_be_sent(database, asked.messages)
            again(database)
    share = sealing(means, messages) * statistics.median(ours) / asked.messages
    database.close()
    # Neighbours in time are compared: whatever else the machine does, it does to both.
    ratio = statistics.median(our / their for our, their in zip(ours, theirs, strict=True))
    print(f"{kind}: {asked.messages:,} digests of {asked.tellings} tellings each")
    print(f"  bare aiosmtplib   {statistics.median(theirs):8,.0f} messages/s")
    print(f"  whole delivery    {statistics.median(ours):8,.0f} messages/s")
    print(f"  ratio             {ratio:8.2f}  (asked: {_ASKED})")
    print(
        f"  sealing, opening  {share:8.1%}  of the whole delivery (at most {_SEALING:.0%})",
        flush=True,
    )
    if share > _SEALING:
        sys.exit(f"sealing and opening take {share:.0%} of a delivery")
    return ratio


@contextmanager
def _on_one_core(*, wanted: bool) -> Iterator[None]:
    """Keep this thread, and those it starts, on one core; what runs already stays where it is."""
    if not wanted or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _must_be_sent(database: Database, count: int) -> None:
    query = select(func.count()).where(notices.c.state == "sent")
    with database.reading() as connection:
        sent = connection.execute(query).scalar_one()
    if sent != count:
        sys.exit(f"{sent} of {count} notices were sent")


def deliver_alone(url: str, connections: int) -> None:
    """Deliver what waits, and print the peak memory of this process in MB."""
    with sink() as port:
        means = means_of(Database.open(url))
        rate(through_lane(means, port=port, connections=connections), 1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def peak(count: int, connections: int) -> float:
    """Answer the peak memory of delivering so many notices."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        database = Database.open(url)
        build(database, County(count, entries=3))
        database.close()
        flags = ["--deliver", url, "--connections", str(connections)]
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "benchmarks.delivery", *flags],
            check=True,
            capture_output=True,
            text=True,
        )
    return float(done.stdout.splitlines()[-1])


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        return
    from benchmarks.postgres import databases

    with databases(1) as urls:
        yield urls[0]


def main() -> None:
    """Measure, print, and fail below what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=10, help="of each director")
    parser.add_argument("--tellings", type=int, default=3, help="of each digest")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--waiting", type=int, default=50_000, help="for memory; 0: not measured")
    parser.add_argument("--kind", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--spread", action="store_true", help="let threads run on any core")
    parser.add_argument("--deliver", metavar="URL", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with Path(os.devnull).open("w") as nowhere:
        configure(form="json", stream=nowhere)
        logging.captureWarnings(capture=True)
        if asked.deliver:
            deliver_alone(asked.deliver, asked.connections)
            return
        ratios = []
        for kind in asked.kind or ["sqlite", "postgres"]:
            with _database(kind) as url:
                ratios.append(compare(kind, url, asked))
    held = min(ratios) >= _ASKED
    if asked.waiting:
        held = _is_flat(asked.waiting, asked.connections) and held
    if not held:
        sys.exit(1)


def _is_flat(waiting: int, connections: int) -> bool:
    few, many = peak(waiting // 10, connections), peak(waiting, connections)
    print(
        f"peak memory         {many:8.0f} MB  with {waiting:,} waiting, {few:.0f} MB with a tenth:"
        f" ratio {many / few:.2f} (at most {_FLAT})"
    )
    return many / few <= _FLAT


if __name__ == "__main__":
    main()
