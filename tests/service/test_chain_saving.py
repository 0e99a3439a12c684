"""A restore never shortens the audit chain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgers.audit_chain import head
from ledgers.audit_reading import Wanted, noted
from ledgers.audit_verify import verify
from ledgers.database import Database
from service.auditing import Act, account, code, note_alone
from service.keys import KeySource
from service.saving import backup, restore
from service.wiring import Site
from tests.service.sites import MONDAY, a_site, prepare


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site where somebody looked at two files before a backup."""
    with a_site(tmp_path, bare_database_url) as opened:
        look(opened, "e1", "e2")
        backup(opened.database, tmp_path / "copy")
        yield opened


def look(site: Site, *subjects: str) -> None:
    """Note that somebody looked at files."""
    for subject in subjects:
        note_alone(site, Act.READ, subject=subject)


def brought_back(site: Site, database: Database, file: Path) -> None:
    """Restore a backup."""
    keys = KeySource(site.settings, site.config_path).read()
    restore(database, file, keys, now=MONDAY, replace=True)


def told(database: Database) -> list[tuple[str, str | None]]:
    """Answer what the chain tells, and that it is whole."""
    with database.reading() as connection:
        assert verify(connection).findings == ()
        return [(one.kind, one.subject) for one in noted(connection, Wanted())]


def test_what_was_noted_since_the_backup_stays(site: Site, tmp_path: Path) -> None:
    """Going back a day does not make a look undone."""
    look(site, "e3")
    brought_back(site, site.database, tmp_path / "copy")
    looks = [("file.read", "e1"), ("file.read", "e2"), ("file.read", "e3")]
    assert told(site.database) == [*looks, ("backup.restored", None)]


def test_a_new_database_takes_the_backups_chain(site: Site, tmp_path: Path) -> None:
    """The old events come back with it."""
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    prepare(url)
    fresh = Database.open(url)
    brought_back(site, fresh, tmp_path / "copy")
    looks = [("file.read", "e1"), ("file.read", "e2")]
    assert told(fresh) == [*looks, ("backup.restored", None)]
    fresh.close()


def test_a_chain_that_is_replaced_is_counted(site: Site, tmp_path: Path) -> None:
    """The restore says how many events of another chain it set aside."""
    with a_site(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}") as other:
        look(other, "f1", "f2", "f3")
        # The other site has the same master key, but keys of its own.
        brought_back(site, other.database, tmp_path / "copy")
        with other.database.reading() as connection:
            (restored,) = noted(connection, Wanted(kind="backup"))
    assert restored.details == {"reaches": "2", "set_aside": "3"}


def test_a_backup_names_its_newest_event(site: Site, tmp_path: Path) -> None:
    """Number and hash, to be kept on paper."""
    saved = backup(site.database, tmp_path / "again")
    with site.database.reading() as connection:
        assert (saved.head.number, saved.head.hash) == head(connection)


@pytest.mark.parametrize(
    ("environment", "ends"),
    [({}, ""), ({"SUDO_USER": "wang"}, "/wang"), ({"SUDO_USER": "王 小@x"}, "/王_小_x")],
)
def test_an_account_says_who_is_behind_it(environment: dict[str, str], ends: str) -> None:
    """As far as `sudo` knows; in letters that may stand in an event."""
    plain = account({})
    assert plain.startswith("os:")
    assert account(environment) == plain + ends


def test_a_name_becomes_a_code() -> None:
    """A rule's name may have spaces and brackets."""
    assert code("季度 联系（重点）") == "季度_联系_重点_"
