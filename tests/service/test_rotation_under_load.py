"""`keys rotate` killed with SIGKILL twice while `run` sends, and run to its end: all stays readable.

Real processes on a real database, since what is tried is what they know of each other's keys.
`SHOUWANG_TEST_SEALED_ENTRIES` sets the size (2,000 by default; 100,000 is asked for and takes minutes).
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, insert, select

from alerts.tables import tellings
from ledgers.database import Database
from ledgers.entries import SEALED
from ledgers.errors import UnreadableValue
from ledgers.ids import new_id
from ledgers.keyrings import kept_keys
from ledgers.resealing import sealed_columns, values_by_key
from ledgers.sealing import Spot, Vault
from ledgers.tables import entries, metadata
from schedules.runner import system_clock
from service.keys import KeySource
from service.wakeup import announce
from service.wiring import Site
from tests.emulators.smtp import SmtpEmulator
from tests.service.sites import a_site, add_villages

_ROOT = Path(__file__).resolve().parents[2]
ENTRIES = int(os.environ.get("SHOUWANG_TEST_SEALED_ENTRIES", "2000"))
MAILS = 6
"""Sent in each part of the trial."""
DEATHS = 2
PATIENCE = 60 + ENTRIES / 100

Said = dict[str, int | str | list[str]]
"""What a rotation answers a machine."""


def add_crowd(site: Site) -> None:
    """Write entries with every sealed field that there is; nothing is due for them."""
    now = system_clock()
    for first in range(0, ENTRIES, 1000):
        rows = []
        for number in range(first, min(first + 1000, ENTRIES)):
            id_ = new_id(now)
            sealed = site.vault.seal_row(
                "entries", id_, {name: f"{name} {number}" for name in SEALED}
            )
            plain = {
                "id": id_,
                "ledger": "children",
                "number": f"柳沟-{number}",
                "status": "closed",
            }
            rows.append(
                {**plain, **sealed, "lives_in": "990101001002", "entered_on": date(2026, 1, 1)}
            )
        with site.database.writing() as connection:
            connection.execute(insert(entries), rows)


async def start(site: Site, url: str, *words: str) -> asyncio.subprocess.Process:
    """Start a command as the operator does."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "--config", str(site.config_path), *words),
        cwd=_ROOT,
        env={**os.environ, "SHOUWANG_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


def resealed(database: Database, old: str) -> int:
    """Answer how many of the crowd's names are sealed with another key than the first."""
    key = func.substr(entries.c.sealed_name, 2, 4, type_=LargeBinary)
    query = select(func.count()).where(entries.c.sealed_name.is_not(None))
    with database.reading() as connection:
        return connection.execute(query.where(key != bytes.fromhex(old))).scalar_one()


async def killed_after(site: Site, url: str, names: int, *, old: str) -> int:
    """Start a rotation, kill it when so many names are sealed anew; answer its exit code."""
    rotation = await start(site, url, "keys", "rotate")
    async with asyncio.timeout(PATIENCE):
        while await asyncio.to_thread(resealed, site.database, old) < names:
            await asyncio.wait({asyncio.ensure_future(rotation.wait())}, timeout=0.01)
    rotation.kill()
    await rotation.communicate()
    assert rotation.returncode is not None
    return rotation.returncode


def has(server: SmtpEmulator, mails: int) -> bool:
    """Say whether so many mails arrived."""
    return len(server.received) >= mails


async def lived_through(site: Site, url: str, server: SmtpEmulator) -> Said:
    """Rotate with two deaths while the daemon sends; answer what the last rotation said."""
    old, codes, took = site.vault.current, list[int](), 0.0
    daemon = await start(site, url, "run")
    for part in range(DEATHS + 2):
        # Written by this process, which learns nothing of the new key by itself.
        add_villages(site, MAILS, first=part * MAILS, now=system_clock())
        announce(site.database)
        if part < DEATHS:
            share = ENTRIES * (part + 1) // (DEATHS + 2)
            codes.append(await killed_after(site, url, share, old=old))
        elif part == DEATHS:
            began = time.monotonic()
            last = await start(site, url, "--json", "keys", "rotate")
            said, _ = await asyncio.wait_for(last.communicate(), PATIENCE)
            codes.append(last.returncode or 0)
            took = time.monotonic() - began
        async with asyncio.timeout(PATIENCE):
            await server.until(partial(has, server, (part + 1) * MAILS))
    daemon.terminate()
    await daemon.communicate()
    assert codes == [-9, -9, 0]
    answered: Said = json.loads(said)
    print(f"\n{ENTRIES} entries: {answered['resealed']} values in {took:.1f} s at last")  # noqa: T201
    return answered


def unreadable(database: Database, vault: Vault) -> list[str]:
    """Open every sealed value there is; answer those that do not open."""
    failed = list[str]()
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            for column in sealed_columns(table):
                query = select(table.c.id, column).where(column.is_not(None))
                for id_, value in connection.execute(query):
                    try:
                        vault.open_bytes(value, Spot(table.name, column.name, id_))
                    except UnreadableValue:
                        failed.append(id_)
    return failed


@pytest.mark.slow
def test_keys_change_while_the_daemon_sends(tmp_path: Path, bare_database_url: str) -> None:
    """Two deaths make one new key, every mail goes out once, and every value opens."""

    async def run(site: Site) -> tuple[Said, Counter[str]]:
        async with SmtpEmulator() as server:
            text = site.config_path.read_text("utf-8")
            smtp = f'{{type: smtp, host: 127.0.0.1, allow_private: 127.0.0.1, port: {server.port}, security: none, from: "noreply@example.invalid"}}'
            site.config_path.write_text(text.replace("{type: file, folder: outbox}", smtp), "utf-8")
            said = await lived_through(site, bare_database_url, server)
            return said, Counter(mail.message_id for mail in server.received)

    with a_site(tmp_path, bare_database_url, clock=system_clock, urgent=True) as site:
        add_crowd(site)
        said, mails = asyncio.run(run(site))
        with site.database.reading() as connection:
            ring = KeySource(site.settings, site.config_path).ring(connection)
            states = Counter(connection.scalars(select(tellings.c.state)))
            in_use = [key.in_use for key in kept_keys(connection)]
            counted = values_by_key(connection, metadata)
        assert unreadable(site.database, Vault(ring)) == []
    assert said["unreadable"] == []
    assert in_use == [False, True]
    assert counted[ring.current] >= ENTRIES * len(SEALED)
    assert (set(mails.values()), len(mails)) == ({1}, (DEATHS + 2) * MAILS)
    assert states == {"sent": (DEATHS + 2) * MAILS}
