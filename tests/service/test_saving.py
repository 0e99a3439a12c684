"""A backup holds everything but the master key; a restored site sends nothing until it is released."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from alerts.holding import HeldFor, held_for
from alerts.tables import alerts
from ledgers.database import Database
from ledgers.errors import KeysMissing, OtherMasterKey
from ledgers.key_tables import keyring
from ledgers.keyrings import Keys
from ledgers.tables import metadata, touched
from ledgers.wrapping import MasterKey
from service import passes
from service.errors import BackupExists, DaemonRuns, NotABackup, NotEmpty
from service.keys import KeySource
from service.locks import one_daemon
from service.saving import backup, restore
from service.wiring import Site
from tests.service.sites import MONDAY, a_site, add_due_entries


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Answer all rows of all tables but the facts about the site, in a fixed order."""
    with database.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in {"site_state", "audit_events"}
        }


def keys_of(site: Site) -> Keys:
    """Answer what the site's key file holds."""
    return KeySource(site.settings, site.config_path).read()


def test_what_was_saved_comes_back_the_same(tmp_path: Path, bare_database_url: str) -> None:
    """Rows are equal, whichever database they came from; delivery is held."""
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 30)
        passes.evaluate(site, MONDAY)
        before = everything(site.database)
        saved = backup(site.database, tmp_path / "copy")
        with site.database.writing() as connection:
            connection.execute(update(alerts).values(rule="other"))
        assert everything(site.database) != before
        restore(site.database, tmp_path / "copy", keys_of(site), now=MONDAY, replace=True)
        assert everything(site.database) == before
        assert saved.rows["alerts"] == 30
        _assert_held_and_usable(site)


def test_a_backup_of_one_database_restores_into_the_other(
    tmp_path: Path, bare_database_url: str
) -> None:
    """A county that grows moves its backup from SQLite to PostgreSQL, or back."""
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 3)
        backup(site.database, tmp_path / "copy")
        other = Database.open(f"sqlite:///{tmp_path / 'other.sqlite'}")
        restore(other, tmp_path / "copy", keys_of(site), now=MONDAY)
        assert everything(other) == everything(site.database)
        other.close()


def test_a_backup_is_one_private_file_that_is_not_written_over(
    tmp_path: Path, bare_database_url: str
) -> None:
    """Nobody else may read it, and no second one takes its place unasked."""
    with a_site(tmp_path, bare_database_url) as site:
        backup(site.database, tmp_path / "copy")
        with pytest.raises(BackupExists, match="copy"):
            backup(site.database, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy"]


def test_a_restore_asks_before_it_replaces_anything(tmp_path: Path, bare_database_url: str) -> None:
    """What is there stays, unless the operator said so."""
    with a_site(tmp_path, bare_database_url) as site:
        backup(site.database, tmp_path / "empty")
        add_due_entries(site, 1)
        with pytest.raises(NotEmpty, match="--replace"):
            restore(site.database, tmp_path / "empty", keys_of(site), now=MONDAY)
        with site.database.reading() as connection:
            assert held_for(connection) is None


def test_a_restore_needs_the_keys_of_the_backup(tmp_path: Path, bare_database_url: str) -> None:
    """With other keys nothing is touched."""
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 1)
        backup(site.database, tmp_path / "copy")
        before = everything(site.database)
        with pytest.raises(OtherMasterKey):
            restore(site.database, tmp_path / "copy", MasterKey.create(), now=MONDAY, replace=True)
        assert everything(site.database) == before


def test_a_backup_of_old_needs_the_key_file_of_old(tmp_path: Path, bare_database_url: str) -> None:
    """Without keys in the backup a master key is of no use, and it is said which file is."""
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 1)
        with site.database.writing() as connection:
            connection.execute(keyring.delete())
        backup(site.database, tmp_path / "copy")
        with pytest.raises(KeysMissing, match="keys master"):
            restore(site.database, tmp_path / "copy", keys_of(site), now=MONDAY, replace=True)


def test_a_restore_waits_for_the_daemon_to_be_stopped(
    tmp_path: Path, bare_database_url: str
) -> None:
    """Nobody pulls the ledger away under a running watch."""
    with a_site(tmp_path, bare_database_url) as site:
        backup(site.database, tmp_path / "copy")
        with one_daemon(site.database), pytest.raises(DaemonRuns):
            restore(site.database, tmp_path / "copy", keys_of(site), now=MONDAY)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all", b"SQLite format 3\x00"])
def test_other_files_are_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    """A wrong name, an empty file, a text, half a file."""
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    url = f"sqlite:///{tmp_path / 'site.sqlite'}"
    with a_site(tmp_path, url) as site, pytest.raises(NotABackup, match="shouwang backup"):
        restore(site.database, file, keys_of(site), now=MONDAY)


def _assert_held_and_usable(site: Site) -> None:
    with site.database.writing() as connection:
        assert held_for(connection) is HeldFor.RESTORED
        rows = select(func.count()).select_from(touched)
        before = connection.execute(rows).scalar_one()
        connection.execute(insert(touched).values(entry_id="0" * 32, known_on=MONDAY.date()))
        assert connection.execute(rows).scalar_one() == before + 1
