"""The courier killed with SIGKILL at random, again and again, while it delivers.

`SHOUWANG_TEST_KILLS` sets the number of deaths (40 by default, so that every run stays short).
"""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.states import WAITING, Outcome
from alerts.tables import attempts, tellings
from ledgers.database import Database
from tests.alerts.posting import histories, post
from tests.emulators.smtp import SmtpEmulator

_ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = int(os.environ.get("SHOUWANG_TEST_KILLS", "40"))
MAILS_A_LIFE = 10
NOTICES = KILLS * MAILS_A_LIFE


async def _deliver_through_deaths(url: str, server: SmtpEmulator, chance: random.Random) -> int:
    nursery = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.alerts.courier",
        url,
        str(server.port),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    deaths = 0
    try:
        while True:
            nursery.stdin.write(b"live\n")
            courier = int(await nursery.stdout.readline())
            gone = asyncio.ensure_future(nursery.stdout.readline())
            if deaths < KILLS:
                await _let_live(server, gone, chance)
                with suppress(ProcessLookupError):
                    os.kill(courier, signal.SIGKILL)
            verdict = await gone
            if verdict == b"gone 0\n":
                return deaths
            assert verdict == b"gone -9\n"
            deaths += 1
    finally:
        nursery.stdin.close()
        await nursery.wait()


async def _let_live(
    server: SmtpEmulator, gone: "asyncio.Future[bytes]", chance: random.Random
) -> None:
    """Wait for a random number of mails, and then a random while, but not past the courier's end."""
    enough = len(server.received) + chance.randrange(MAILS_A_LIFE)
    gone.add_done_callback(lambda _: server.heard("gone"))
    async with asyncio.timeout(20):
        await server.until(lambda: len(server.received) >= enough or gone.done())
    await asyncio.wait({gone}, timeout=chance.random() * 0.03)


@pytest.mark.slow
def test_nothing_is_lost_however_often_delivery_is_killed(
    database_url: str, database: Database
) -> None:
    """Every notice arrives; copies are bound by recorded unknowns; each telling ends once."""
    post(database, NOTICES, tellings_each=1)

    async def run() -> tuple[int, list[str]]:
        async with SmtpEmulator() as server:
            deaths = await _deliver_through_deaths(database_url, server, random.Random(2027))  # noqa: S311
            return deaths, [mail.message_id for mail in server.received]

    deaths, ids = asyncio.run(run())
    copies = Counter(ids)
    with database.reading() as connection:
        unknowns = connection.execute(
            select(func.count()).where(attempts.c.result == "unknown")
        ).scalar_one()
        states = Counter(connection.execute(select(tellings.c.state)).scalars())
        lost = Counter(
            connection.execute(
                select(attempts.c.out_id).where(attempts.c.result == "unknown")
            ).scalars()
        )
    assert deaths >= KILLS // 2
    assert states == {"sent": NOTICES}
    assert len(copies) == NOTICES
    assert all(number <= 1 + lost[_out_id(id_)] for id_, number in copies.items())
    assert sum(copies.values()) <= NOTICES + unknowns
    for history in histories(database).values():
        assert [state for state in history if Outcome(state) not in WAITING] == ["sent"]


def _out_id(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]
