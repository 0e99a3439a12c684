"""Daemons as real processes: signals, a second one, a killed one."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select

from alerts.tables import attempts, tellings
from ledgers.database import Database
from schedules.runner import system_clock
from service.wakeup import announce
from service.wiring import Site
from tests.databases import postgres_database
from tests.service.sites import a_site, add_villages
from tests.service.watching import Watch, daemon


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site whose one rule is told at once, on each database in turn."""
    with a_site(tmp_path, bare_database_url, clock=system_clock, urgent=True) as opened:
        yield opened


@pytest.fixture
def bare_postgres_url(postgres_url: URL) -> Iterator[str]:
    """Answer the URL of a PostgreSQL database without tables."""
    with postgres_database(postgres_url) as url:
        yield url.render_as_string(hide_password=False)


def address(database: Database) -> str:
    """Answer the URL another process opens the database with."""
    return database.engine.url.render_as_string(hide_password=False)


def sent(site: Site) -> dict[str, int]:
    """Answer how many tellings are in each state."""
    with site.database.reading() as connection:
        query = select(tellings.c.state, func.count()).group_by(tellings.c.state)
        return {row[0]: row[1] for row in connection.execute(query)}


def test_sigterm_ends_it_well(site: Site) -> None:
    """Asked to stop, the daemon says so and exits with 0."""
    with daemon(site.config_path, address(site.database)) as watch:
        watch.until("daemon.watching")
        watch.signal(signal.SIGTERM)
        watch.until("daemon.stopped")
        assert watch.rest()[0] == 0


def test_a_second_daemon_on_one_file_refuses_in_words(tmp_path: Path) -> None:
    """It names the file, and leaves the first one alone."""
    url = f"sqlite:///{tmp_path / 'shouwang.sqlite'}"
    with a_site(tmp_path, url) as site, daemon(site.config_path, url) as first:
        first.until("daemon.watching")
        with daemon(site.config_path, url) as second:
            code, text = second.rest()
        assert code == 1
        assert "shouwang.sqlite" in text
        assert first.process.poll() is None


def test_sighup_reads_the_configuration_again(site: Site) -> None:
    """A broken one is refused in the log, a good one taken."""
    with daemon(site.config_path, address(site.database)) as watch:
        watch.until("daemon.watching")
        good = site.config_path.read_text("utf-8")
        site.config_path.write_text(good.replace("kind: duty", "kind: duti"), encoding="utf-8")
        watch.signal(signal.SIGHUP)
        assert "duti" in str(watch.until("configuration.refused"))
        site.config_path.write_text(good, encoding="utf-8")
        watch.signal(signal.SIGHUP)
        watch.until("configuration.loaded")


def test_another_process_wakes_it(site: Site) -> None:
    """What this process writes, that one sends."""
    with daemon(site.config_path, address(site.database)) as watch:
        watch.until("daemon.watching")
        add_villages(site, 1, now=system_clock())
        announce(site.database)
        watch.until("notice.accepted")
    assert len(list((site.folder / "outbox").glob("*.eml"))) == 1


@pytest.mark.slow
@pytest.mark.postgres
def test_two_daemons_share_and_one_carries_on_alone(tmp_path: Path, bare_postgres_url: str) -> None:
    """On PostgreSQL one is killed in the middle; nothing is lost, nothing is sent unaccounted."""
    with a_site(tmp_path, bare_postgres_url, clock=system_clock, urgent=True) as site:
        with daemon(site.config_path, bare_postgres_url) as first:
            first.until("daemon.watching")
            with daemon(site.config_path, bare_postgres_url) as second:
                second.until("daemon.watching")
                add_villages(site, 300, now=system_clock())
                announce(site.database)
                _until_any_is_sent(site)
                first.signal(signal.SIGKILL)
                _until_sent(second, site, 300)
        _assert_accounted(site, 300)


def _until_any_is_sent(site: Site) -> None:
    """Look until one is sent, by whichever: waiting for one of two, the other may send them all."""
    ends = time.monotonic() + 60
    while not sent(site).get("sent"):
        assert time.monotonic() < ends, "nothing is sent"
        time.sleep(0.01)


def _until_sent(watch: Watch, site: Site, count: int) -> None:
    while sent(site) != {"sent": count}:
        watch.until("notice.accepted")


def _assert_accounted(site: Site, count: int) -> None:
    """Every notice was taken once, and tried again only after an answer was lost."""
    with site.database.reading() as connection:
        rows = connection.execute(select(attempts.c.notice_id, attempts.c.result)).all()
    by_notice: dict[str, list[str]] = {}
    for row in rows:
        by_notice.setdefault(row.notice_id, []).append(row.result)
    assert len(by_notice) == count
    assert all(
        sorted(results) == ["accepted", *["unknown"] * (len(results) - 1)]
        for results in by_notice.values()
    )
