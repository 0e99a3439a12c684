"""Who runs is known, and goes with the process that runs."""

import pytest

from ledgers.database import Database
from service.errors import AnotherDaemon, DaemonRuns
from service.locks import dead_workers, no_daemon, one_daemon


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
        with one_daemon(database, name):
            pass
    with no_daemon(database):
        pass


def test_daemons_are_held_out_and_hold_out(database: Database) -> None:
    """An upgrade and a daemon never overlap."""
    with one_daemon(database, "a"), pytest.raises(DaemonRuns), no_daemon(database):
        pass


def test_a_running_worker_is_not_taken_for_dead(database: Database) -> None:
    """Only a worker whose place is free is dead; oneself never is."""
    with one_daemon(database, "a"):
        with database.writing() as connection:
            dead = dead_workers(connection, ["a", "b", "gone"], myself="b")
        # On SQLite the caller holds the only place, so whoever else is named cannot be running.
        assert dead == (["a", "gone"] if database.is_sqlite else ["gone"])
    with database.writing() as connection:
        assert dead_workers(connection, ["a"], myself="b") == ["a"]


def test_errors_name_the_database_without_its_password(database: Database) -> None:
    """What a person reads holds no secret."""
    assert "secret" not in Database.open("postgresql://u:secret@localhost/x").name
    assert database.name.startswith(("sqlite", "postgresql"))
