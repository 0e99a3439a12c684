"""A trial works on a copy: the real ledger stays as it is, whichever database it lies in."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from ledgers.tables import metadata
from service import logs
from service.simulation.faults import Fault
from service.simulation.outcome import Span, read_outcomes
from service.simulation.sites import trial_copy
from service.simulation.trial import Wish, run
from service.wiring import Site
from tests.service.sites import MONDAY, a_site, add_due_entries, expect_slot


def rows(site: Site) -> dict[str, int]:
    """Answer how many rows each table has."""
    with site.database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def files(folder: Path) -> dict[str, bytes]:
    """Answer the files of a site that are no part of a database."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if "sqlite" not in path.name}


def test_the_real_ledger_stays_as_it_is(tmp_path: Path, bare_database_url: str) -> None:
    """A month of faults on the copy leaves no row and no file at the site."""
    logs.configure("critical")
    first = MONDAY.date()
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 3)
        expect_slot(site)
        before, noted = rows(site), files(tmp_path)
        with trial_copy(site) as (copy, clock):
            last = first + timedelta(days=27)
            tried = run(copy, clock, Wish(first, last, faults=frozenset({Fault.CRASHES})))
            with copy.database.reading() as connection:
                span = Span(first, last, copy.zone)
                found = read_outcomes(connection, span, copy.configuration.roles)
        assert tried.breaches == []
        assert found.roles[0].messages > 0
        assert tried.audits > 0
        assert rows(site) == before
        assert files(tmp_path) == noted


def test_a_restored_backup_repeats_at_most_what_it_forgot(tmp_path: Path) -> None:
    """What went out since the backup is counted anew. By this seed two are brought back in time."""
    logs.configure("critical")
    first = MONDAY.date()
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite'}") as site:
        add_due_entries(site, 3)
        with trial_copy(site) as (copy, clock):
            last = first + timedelta(days=65)
            wish = Wish(first, last, seed=289, faults=frozenset({Fault.RESTORES}), lively=False)
            tried = run(copy, clock, wish)
    assert tried.breaches == []
    assert tried.troubles["restores"] == 2
