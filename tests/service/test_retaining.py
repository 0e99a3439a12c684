"""The nightly run of retention: done by the daemon, written down, and gone from the files."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select, update

from config.retention import Retention
from ledgers.audit_tables import audit_events
from ledgers.sealing import Spot
from ledgers.tables import entries
from service import duties
from service.daemon import Daemon, Parts
from service.locks import one_daemon
from service.retaining import due, retain
from service.wiring import Site
from tests.service.sites import MONDAY, a_site, add_due_entries

LATER = MONDAY + timedelta(days=60)


@contextmanager
def with_term(folder: Path, url: str) -> Iterator[Site]:
    """Open a site that keeps children for thirty days after they left."""
    with a_site(folder, url) as site:
        retention = Retention.model_validate({"children": "30 days"})
        configuration = site.configuration.model_copy(update={"retention": retention})
        yield replace(site, loaded=replace(site.loaded, configuration=configuration))


def let_leave(site: Site, count: int) -> list[bytes]:
    """Write children with sealed names who have left; answer the names as they are kept."""
    add_due_entries(site, count)
    with site.database.writing() as connection:
        ids = list(connection.scalars(select(entries.c.id)))
        sealed = [site.vault.seal("某甲", Spot("entries", "sealed_name", id_)) for id_ in ids]
        for id_, name in zip(ids, sealed, strict=True):
            gone = {"status": "moved", "left_on": date(2027, 6, 1), "sealed_name": name}
            connection.execute(update(entries).where(entries.c.id == id_).values(gone))
    return sealed


def kinds(site: Site) -> list[str]:
    """Answer what stands in the audit chain."""
    with site.database.reading() as connection:
        return list(connection.scalars(select(audit_events.c.kind)))


def test_a_run_is_counted_written_down_and_done_once(
    tmp_path: Path, bare_database_url: str
) -> None:
    """What is due is what is done; then nothing is, and nothing is written."""
    with with_term(tmp_path, bare_database_url) as site:
        let_leave(site, 3)
        assert due(site, LATER) == {"children": 3}
        assert "retention.run" not in kinds(site)
        assert retain(site, LATER) == {"children": 3}
        assert retain(site, LATER) == {}
        assert kinds(site).count("retention.run") == 1


def test_the_daemon_does_it_at_night_and_the_bytes_are_gone(
    tmp_path: Path, bare_database_url: str
) -> None:
    """By a job of its own, beside the audit; no sealed name is left in an SQLite file."""
    with with_term(tmp_path, bare_database_url) as site, one_daemon(site.database) as place:
        sealed = let_leave(site, 2)
        assert duties.RETENTION in {job.id for job in duties.jobs_of(site)}
        daemon = Daemon(site, place, Parts(channels={}))
        asyncio.run(daemon.fire(duties.RETENTION, LATER))
        with site.database.reading() as connection:
            assert connection.scalars(select(entries.c.sealed_name)).all() == [None, None]
        if site.database.is_sqlite:
            files = [one.read_bytes() for one in tmp_path.glob("*.sqlite*")]
            assert files
            assert not any(name in file for name in sealed for file in files)
