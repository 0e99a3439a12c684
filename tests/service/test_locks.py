"""Who runs is known, and goes with the process that runs."""

from pathlib import Path

import pytest

from ledgers.database import Database
from service.errors import AnotherDaemon, DaemonRuns
from service.locks import at_work, dead_workers, no_daemon, one_daemon


def test_a_second_daemon_is_one_too_many_on_sqlite_only(database: Database) -> None:
    """One SQLite file has one daemon; PostgreSQL has as many as come."""
    with one_daemon(database, "a"):
        if database.is_sqlite:
            with pytest.raises(AnotherDaemon, match=r"shouwang\.sqlite"), one_daemon(database, "b"):
                pass
        else:
            with one_daemon(database, "b"):
                pass


def test_a_daemon_that_stopped_leaves_its_place(database: Database) -> None:
    """Nothing stale keeps the next one out."""
    for name in ("a", "b"):
        with one_daemon(database, name) as place:
            assert place.worker == name
    with no_daemon(database), database.writing() as connection:
        assert dead_workers(connection, ["a", "b"], myself="c") == ["a", "b"]


def test_daemons_are_held_out_and_hold_out(database: Database) -> None:
    """An upgrade and a daemon never overlap."""
    with one_daemon(database, "a"), pytest.raises(DaemonRuns), no_daemon(database):
        pass


def test_a_running_worker_is_not_taken_for_dead(database: Database) -> None:
    """Only a worker whose place is free is dead; oneself never is."""
    with one_daemon(database, "a"):
        with database.writing() as connection:
            dead = dead_workers(connection, ["a", "b", "gone"], myself="b")
        assert dead == ["gone"]
    with database.writing() as connection:
        assert dead_workers(connection, ["a"], myself="b") == ["a"]


def test_errors_name_the_database_without_its_password(database: Database) -> None:
    """What a person reads holds no secret."""
    assert "secret" not in Database.open("postgresql://u:secret@localhost/x").name
    assert database.name.startswith(("sqlite", "postgresql"))


def test_a_tick_beside_a_daemon_is_not_taken_for_dead(database: Database) -> None:
    """Whoever delivers is seen to live, daemon or not, and is no daemon to others."""
    with at_work(database, "tick"), no_daemon(database), database.writing() as connection:
        assert dead_workers(connection, ["tick"], myself="b") == []
    with one_daemon(database), at_work(database), database.writing() as connection:
        assert dead_workers(connection, ["tick"], myself="b") == ["tick"]


def test_nothing_is_left_beside_the_database(database: Database, tmp_path: Path) -> None:
    """A worker's file goes with it, and one that was killed is cleared away by the next."""
    killed = tmp_path / "shouwang.sqlite.worker-00000001"
    killed.touch()
    with one_daemon(database, "a"):
        pass
    assert [path for path in tmp_path.glob("*.worker-*") if path != killed] == []
