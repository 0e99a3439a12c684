"""The master key comes from one place; a running daemon learns of new keys."""

import shlex
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import Settings
from ledgers.errors import KeyCommandFailed, KeyFileBroken, KeyFileMissing, OtherMasterKey
from ledgers.key_files import read_key_file, write_key_file
from ledgers.keyrings import UNUSED_FOR, kept_keys, wrapped_by
from ledgers.persons import PersonDetails, add_persons
from ledgers.resealing import rotate, values_by_key
from ledgers.sealing import Keyring
from ledgers.tables import metadata
from ledgers.wrapping import MasterKey
from service.changing_master import change_master
from service.duties import audit_all
from service.errors import CommandWrong
from service.keys import KeySource, learn_keys
from service.wiring import Site, open_site
from tests.service.sites import MONDAY, a_site, add_due_entries, prepare, settings_for

KEY = MasterKey.create()


def source(folder: Path, **settings: object) -> KeySource:
    """Answer where these settings say that the key is."""
    return KeySource(Settings.model_validate(settings), folder / "shouwang.yaml")


def printing(code: str) -> str:
    """Answer a command that runs Python."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def master_of(site: Site) -> MasterKey:
    """Answer the site's master key."""
    keys = KeySource(site.settings, site.config_path).read()
    assert isinstance(keys, MasterKey)
    return keys


def test_it_comes_from_the_environment_or_else_a_file(tmp_path: Path) -> None:
    """The file lies beside the configuration unless named."""
    assert source(tmp_path, keys=SecretStr(KEY.to_text())).read() == KEY
    with pytest.raises(KeyFileMissing):
        source(tmp_path).read()
    write_key_file(tmp_path / "shouwang.key", KEY)
    assert source(tmp_path).read() == KEY


def test_it_may_be_what_a_command_prints(tmp_path: Path) -> None:
    """It is run as it is written: no shell looks at it."""
    assert source(tmp_path, key_command=printing(f"print({KEY.to_text()!r})")).read() == KEY
    file = tmp_path / "made by a shell"
    with pytest.raises(KeyFileBroken, match="SHOUWANG_KEY_COMMAND"):
        source(tmp_path, key_command=f"echo x > {shlex.quote(str(file))}").read()
    assert not file.exists()


@pytest.mark.parametrize(
    "command", ["no-such-command-here", printing("raise SystemExit('secret')"), "echo 'open"]
)
def test_a_command_that_fails_is_told_without_what_it_said(tmp_path: Path, command: str) -> None:
    """What it prints when it fails may be a secret too."""
    with pytest.raises(KeyCommandFailed) as failed:
        source(tmp_path, key_command=command).read()
    assert "secret" not in str(failed.value)


def test_two_places_are_one_too_many(tmp_path: Path) -> None:
    """Nobody should wonder which one counted."""
    both = {"keys": SecretStr(KEY.to_text()), "key_file": tmp_path / "key"}
    with pytest.raises(CommandWrong, match="SHOUWANG_KEYS, SHOUWANG_KEY_FILE"):
        source(tmp_path, **both).read()


def test_a_site_of_old_goes_on_and_is_moved(tmp_path: Path, bare_database_url: str) -> None:
    """Keys in clear in a file open it; afterwards they are in the database, wrapped."""
    write_key_file(tmp_path / "shouwang.key", Keyring.create())
    with a_site(tmp_path, bare_database_url) as site:
        add_due_entries(site, 1)
        old = site.vault.current
        where = KeySource(site.settings, site.config_path)
        changed = change_master(site.database, where, None, now=MONDAY)
        assert changed.old_file == where.config_path.with_name("shouwang.key.clear")
        assert master_of(site).id == changed.id
    with open_site(site.settings, clock=lambda: MONDAY, environment={}) as site:
        assert site.vault.current == old


@pytest.mark.parametrize("died_after", ["written", "wrapped", "old moved"])
def test_a_new_master_key_takes_over_whenever_it_was_broken_off(
    tmp_path: Path, bare_database_url: str, died_after: str
) -> None:
    """The site opens at every moment between, and the command goes on where it was."""
    with a_site(tmp_path, bare_database_url) as site:
        where, old = KeySource(site.settings, site.config_path), master_of(site)
        file, begun = tmp_path / "shouwang.key", tmp_path / "shouwang.key.new"
        write_key_file(begun, KEY)
        if died_after != "written":
            change_master(site.database, where, begun, now=MONDAY)
        if died_after == "old moved":
            file.rename(tmp_path / f"shouwang.key.{old.id}")
    with open_site(site.settings, clock=lambda: MONDAY, environment={}) as site:
        change_master(site.database, where, None, now=MONDAY)
        assert (read_key_file(file), begun.exists()) == (KEY, False)
        assert read_key_file(tmp_path / f"shouwang.key.{old.id}") == old
        with site.database.reading() as connection:
            assert wrapped_by(connection) == KEY.id


def test_a_lost_master_key_is_said_plainly(tmp_path: Path, bare_database_url: str) -> None:
    """Another one does not open the site, and nothing is made up for it."""
    settings = settings_for(tmp_path, bare_database_url)
    prepare(bare_database_url)
    with open_site(settings, clock=lambda: MONDAY, environment={}):
        (tmp_path / "shouwang.key").unlink()
    write_key_file(tmp_path / "shouwang.key", KEY)
    with pytest.raises(OtherMasterKey), open_site(settings, environment={}):
        pass


def test_a_running_site_learns_of_a_new_key(tmp_path: Path, bare_database_url: str) -> None:
    """At its next look, without a restart; with the master key gone it goes on with what it has."""
    with a_site(tmp_path, bare_database_url) as site:
        done = rotate(site.database, metadata, master_of(site), clock=lambda: MONDAY)
        (tmp_path / "shouwang.key").rename(tmp_path / "away")
        learn_keys(site.vault)
        assert site.vault.current != done.current
        (tmp_path / "away").rename(tmp_path / "shouwang.key")
        learn_keys(site.vault)
        assert site.vault.current == done.current


def test_the_daemon_ends_a_rotation_by_night(tmp_path: Path, bare_database_url: str) -> None:
    """What was left is sealed anew; a day after that the old key is gone."""
    now = MONDAY
    with a_site(tmp_path, bare_database_url, clock=lambda: now) as site:
        add_due_entries(site, 1)
        worker = site.vault.current
        done = rotate(site.database, metadata, master_of(site), clock=lambda: now)
        with site.database.writing() as connection:  # by a vault that has not heard of it
            add_persons(connection, site.vault, [PersonDetails("钱二")], now=now)
        for now in (MONDAY + timedelta(days=1), MONDAY + UNUSED_FOR + timedelta(days=1)):
            audit_all(site, now)
        with site.database.reading() as connection:
            assert values_by_key(connection, metadata).keys() == {done.current}
            assert [key.id for key in kept_keys(connection)] == [done.current]
    assert worker != done.current
