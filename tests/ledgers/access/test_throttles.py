"""Tries that failed, as they are counted in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from ledgers.access.backoff import FORGOTTEN
from ledgers.access.errors import TryLater
from ledgers.access.tables import throttles
from ledgers.access.throttles import BACKOFFS, Counted, Kind, begin_try, forgive, take_back
from ledgers.database import Database
from tests.ledgers.access.people import NOW

HERE = Counted(Kind.SOURCE, "here")
HER = Counted(Kind.USER_FROM, "her")


def failures(database: Database) -> dict[str, int]:
    """Answer what is counted."""
    with database.reading() as connection:
        query = select(throttles.c.kind, throttles.c.failures)
        return dict(iter(connection.execute(query)))


def try_once(database: Database, *counted: Counted) -> timedelta | None:
    """Begin a try in a unit of its own; answer how long all are put off if it fails."""
    with database.writing() as connection:
        begun = begin_try(connection, counted, now=NOW)
    return None if begun.shut_until is None else begun.shut_until - NOW


def test_every_try_is_counted_under_all_it_belongs_to(database: Database) -> None:
    """What is put off is told beforehand, to whoever writes events."""
    free = BACKOFFS[Kind.USER_FROM].free
    assert [try_once(database, HERE, HER) for _ in range(free - 1)] == [None] * (free - 1)
    assert try_once(database, HERE, HER) == BACKOFFS[Kind.USER_FROM].first
    assert failures(database) == {"source": free, "user-from": free}


def test_what_is_put_off_is_not_counted(database: Database) -> None:
    """Trying on makes the wait no longer, so that nobody is kept out for good by it."""
    for _ in range(BACKOFFS[Kind.USER_FROM].free):
        try_once(database, HERE, HER)
    before = failures(database)
    for _ in range(3):
        with pytest.raises(TryLater):
            try_once(database, HERE, HER)
    assert failures(database) == before


def test_a_right_try_is_taken_back_and_a_name_forgiven(database: Database) -> None:
    """Of a place only this try: others who guess there have theirs counted on."""
    for _ in range(3):
        try_once(database, HERE, HER)
    with database.writing() as connection:
        forgive(connection, [HER])
        take_back(connection, [HERE])
    assert failures(database) == {"source": 2}


def test_old_failures_are_deleted(database: Database) -> None:
    """Whoever they were of: names that nobody has do not fill the table."""
    with database.writing() as connection:
        for age, key in ((0, "old"), (1, "young")):
            at = NOW - FORGOTTEN - timedelta(seconds=1) + timedelta(hours=age)
            values = {"kind": "user", "subject_key": key, "failures": 9, "last_at": at}
            connection.execute(insert(throttles).values(values))
    try_once(database, HER)
    with database.reading() as connection:
        assert set(connection.scalars(select(throttles.c.subject_key))) == {"young", "her"}
