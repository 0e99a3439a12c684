"""`shouwang run` killed with SIGKILL at random, again and again, while it delivers.

`SHOUWANG_TEST_KILLS` sets the number of deaths (3 by default: each life costs a start of the whole
command). `tests/alerts/test_kill.py` kills the courier alone, far more often.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from signal import SIGTERM

import pytest
from sqlalchemy import func, select

from alerts.states import WAITING, Outcome
from alerts.tables import attempts, tellings
from ledgers.database import Database
from schedules.runner import system_clock
from service.wiring import Site
from tests.alerts.posting import histories
from tests.emulators.smtp import SmtpEmulator
from tests.service.sites import a_site, add_villages

_ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("SHOUWANG_TEST_KILLS", "3"))
MAILS_A_LIFE = 10
NOTICES = KILLS * MAILS_A_LIFE
PATIENCE = 60
LONGER = 0.12
"""Seconds a life may have after its mails: answers are written down together, after 0.05 s."""


async def _start(config: Path, url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "service.cli", "--config", str(config), "run"),
        cwd=_ROOT,
        env={**os.environ, "SHOUWANG_DATABASE_URL": url},
        stderr=asyncio.subprocess.PIPE,
    )


async def _deliver_through_deaths(site: Site, url: str, server: SmtpEmulator) -> int:
    """Answer how many daemons were killed before the last one delivered what was left."""
    chance = random.Random(2027)  # noqa: S311  # which moments are tried, not a secret
    deaths = 0
    while deaths < KILLS and (missing := NOTICES - len(_copies(server))):
        life = await _start(site.config_path, url)
        pace = missing / (KILLS - deaths) / MAILS_A_LIFE  # so that enough is left to die over
        some = chance.randrange(1, max(2, round(MAILS_A_LIFE * pace)))
        enough = len(server.received) + min(missing, some)
        async with asyncio.timeout(PATIENCE):
            await server.until(partial(_has, server, enough))
        more = chance.random() * LONGER * min(1.0, pace)
        await asyncio.wait({asyncio.ensure_future(life.wait())}, timeout=more)
        life.kill()
        await life.communicate()
        deaths += 1
    await _live_to_the_end(site, url)
    return deaths


async def _live_to_the_end(site: Site, url: str) -> None:
    life = await _start(site.config_path, url)
    assert life.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while set(_states(site.database)) != {"sent"}:
            assert await life.stderr.readline(), "it ended before all was sent"
    life.terminate()
    await life.communicate()
    # Where all was sent before, it may be told to stop before it has begun to listen.
    assert life.returncode in (0, -SIGTERM)


def _has(server: SmtpEmulator, enough: int) -> bool:
    return len(server.received) >= enough


def _states(database: Database) -> Counter[str]:
    with database.reading() as connection:
        return Counter(connection.scalars(select(tellings.c.state)))


def _out_ids(database: Database, result: str) -> Counter[str]:
    with database.reading() as connection:
        query = select(attempts.c.out_id, func.count()).where(attempts.c.result == result)
        return Counter({row[0]: row[1] for row in connection.execute(query.group_by("out_id"))})


@pytest.mark.slow
def test_nothing_is_lost_however_often_the_daemon_is_killed(
    tmp_path: Path, bare_database_url: str
) -> None:
    """Every notice arrives; copies are bound by recorded unknowns; each telling ends once."""

    async def run(site: Site) -> tuple[int, Counter[str]]:
        async with SmtpEmulator() as server:
            text = site.config_path.read_text("utf-8")
            smtp = f'{{type: smtp, host: 127.0.0.1, allow_private: 127.0.0.1, port: {server.port}, security: none, connections: 1, from: "noreply@example.invalid"}}'
            text = text.replace("{type: file, folder: outbox}", smtp)
            text = text.replace("delivery:\n", f"delivery:\n  hold_backlog_over: {NOTICES * 2}\n")
            site.config_path.write_text(text, encoding="utf-8")
            deaths = await _deliver_through_deaths(site, bare_database_url, server)
            return deaths, _copies(server)

    with a_site(tmp_path, bare_database_url, clock=system_clock, urgent=True) as site:
        add_villages(site, NOTICES, now=system_clock())
        deaths, copies = asyncio.run(run(site))
        lost, accepted = _out_ids(site.database, "unknown"), _out_ids(site.database, "accepted")
        ends = histories(site.database).values()
    spare = copies.total() - len(copies)
    print(f"\n{deaths} deaths, {len(ends)} notices, {spare} copies, {lost.total()} unknown")  # noqa: T201
    assert deaths >= KILLS // 2
    assert len(ends) == NOTICES
    assert accepted.keys() == copies.keys()
    assert all(number <= 1 + lost[out_id] for out_id, number in copies.items())
    assert copies.total() <= len(accepted) + lost.total()
    for history in ends:
        assert [state for state in history if Outcome(state) not in WAITING] == ["sent"]


def _copies(server: SmtpEmulator) -> Counter[str]:
    """Answer how often each notice arrived."""
    return Counter(mail.message_id.strip("<>").partition("@")[0] for mail in server.received)
