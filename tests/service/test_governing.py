"""Two configurations on one database do not take turns: whoever came second waits."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select

from alerts.matters import MatterKind, still_open
from alerts.tables import rule_versions
from config.settings import KEY_FILE
from ledgers.database import Database
from schedules.runner import system_clock
from service import passes
from service.alarms import reconcile
from service.errors import OtherRules
from service.locks import at_work, one_daemon
from service.wiring import Site, open_site
from tests.databases import postgres_database
from tests.service.sites import MONDAY, a_site, add_villages, settings_for
from tests.service.watching import daemon

LATER = MONDAY + timedelta(minutes=2)


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site on each database in turn."""
    with a_site(tmp_path, bare_database_url, urgent=True) as opened:
        yield opened


@contextmanager
def the_other(site: Site) -> Iterator[Site]:
    """Open the database with another interval in the configuration."""
    folder = site.folder / "other"
    folder.mkdir()
    shutil.copy(site.folder / KEY_FILE, folder)
    url = address(site.database)
    settings = settings_for(folder, url, urgent=True)
    path = folder / "shouwang.yaml"
    text = path.read_text("utf-8").replace("every: 1 month", "every: 2 months")
    path.write_text(text, encoding="utf-8")
    with open_site(settings, clock=site.clock, environment={}) as other:
        yield other


def address(database: Database) -> str:
    """Answer the URL another process opens the database with."""
    return database.engine.url.render_as_string(hide_password=False)


def versions(site: Site) -> int:
    """Answer how many versions of rules were ever noted."""
    with site.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(rule_versions)).scalar_one()


def kinds(site: Site) -> set[str]:
    """Answer what is the operator's matter."""
    with site.database.reading() as connection:
        return {one.matter.kind for one in still_open(connection)}


def test_other_rules_are_refused_while_a_daemon_lives(site: Site) -> None:
    """A command, a tick and a second daemon are told who is there; nothing is noted."""
    with one_daemon(site.database) as place, the_other(site) as other:
        passes.evaluate(replace(site, worker=place.worker), MONDAY)
        for worker in (None, "tick"):
            with pytest.raises(OtherRules, match=place.worker):
                passes.evaluate(replace(other, worker=worker), MONDAY)
        assert versions(site) == 1


def test_whoever_comes_after_the_other_has_gone_takes_over(site: Site) -> None:
    """The rules in force go with the process that set them, however it ended."""
    with the_other(site) as other:
        with one_daemon(site.database) as place:
            passes.evaluate(replace(site, worker=place.worker), MONDAY)
        with at_work(site.database) as place:
            passes.evaluate(replace(other, worker=place.worker), MONDAY)
            with pytest.raises(OtherRules):
                passes.evaluate(site, MONDAY)
        assert versions(site) == 2


def test_equal_rules_are_shared(site: Site) -> None:
    """Texts and channels may differ; so may a worker and a command beside it."""
    with at_work(site.database, "a"), at_work(site.database, "b"):
        for worker in ("a", "b", None):
            passes.evaluate(replace(site, worker=worker), MONDAY)
        assert versions(site) == 1


def test_one_that_was_taken_for_dead_asks_again(site: Site) -> None:
    """Its kept plan holds no longer than its word in the database."""
    kept, mine = passes.Kept(), replace(site, worker="mine")
    passes.evaluate(mine, MONDAY, kept)
    with the_other(site) as other, at_work(site.database, "theirs"):
        passes.evaluate(replace(other, worker="theirs"), MONDAY)
        with pytest.raises(OtherRules):
            passes.evaluate(mine, MONDAY, kept)


def test_daemons_that_read_the_same_change_one_by_one_do_not_block(site: Site) -> None:
    """Each waits for those that have not read it yet, and holds nobody up meanwhile."""
    with the_other(site) as other, at_work(site.database, "a"), at_work(site.database, "b"):
        for worker in ("a", "b"):
            passes.evaluate(replace(site, worker=worker), MONDAY)
        with pytest.raises(OtherRules, match="b"):
            passes.evaluate(replace(other, worker="a"), MONDAY)
        for worker in ("b", "a"):
            passes.evaluate(replace(other, worker=worker), MONDAY)
        assert versions(site) == 2


def test_who_waits_for_long_is_the_operators_matter(site: Site) -> None:
    """Not in the first minute, in which a changed file is read; and no longer than it lasts."""
    with one_daemon(site.database, "a"), the_other(site) as other:
        passes.evaluate(replace(site, worker="a"), MONDAY)
        with at_work(site.database, "b"):
            with pytest.raises(OtherRules):
                passes.evaluate(replace(other, worker="b"), MONDAY)
            reconcile(site, now=MONDAY)
            assert MatterKind.OTHER_RULES not in kinds(site)
            reconcile(site, now=LATER)
            assert MatterKind.OTHER_RULES in kinds(site)
        reconcile(site, now=LATER)
        assert MatterKind.OTHER_RULES not in kinds(site)


@pytest.fixture
def postgres_site(tmp_path: Path, postgres_url: URL) -> Iterator[Site]:
    """Answer a site with a due entry on PostgreSQL, where several daemons may run."""
    with postgres_database(postgres_url) as url:
        text = url.render_as_string(hide_password=False)
        with a_site(tmp_path, text, clock=system_clock, urgent=True) as opened:
            add_villages(opened, 1, now=system_clock())
            yield opened


@pytest.mark.postgres
def test_of_two_daemons_with_different_rules_the_second_waits(postgres_site: Site) -> None:
    """It says why, evaluates nothing, and takes over when the first one is killed."""
    site, url = postgres_site, address(postgres_site.database)
    with the_other(site) as other, daemon(site.config_path, url) as first:
        worker = first.until("daemon.watching")["worker"]
        first.until("notice.accepted")
        noted = versions(site)
        with daemon(other.config_path, url) as second:
            assert str(worker) in str(second.until("pass.waits")["reason"])
            assert versions(site) == noted
            first.signal(signal.SIGKILL)
            second.until("pass.goes_on")
            assert versions(site) == noted + 1


@pytest.mark.postgres
def test_a_daemon_that_reads_the_same_rules_waits_no_longer(postgres_site: Site) -> None:
    """Mending its file is enough; the first one never notices."""
    site, url = postgres_site, address(postgres_site.database)
    with the_other(site) as other, daemon(site.config_path, url) as first:
        first.until("notice.accepted")
        noted = versions(site)
        with daemon(other.config_path, url) as second:
            second.until("pass.waits")
            shutil.copy(site.config_path, other.config_path)
            second.signal(signal.SIGHUP)
            second.until("pass.goes_on")
        assert versions(site) == noted
        assert first.process.poll() is None
