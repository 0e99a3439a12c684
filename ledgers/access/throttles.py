"""Tries that failed, counted in the database: all processes together, across restarts.

A try is counted before it is looked at, so that many at once are not free; whoever then shows that
it was right has it taken back. Names and addresses are kept as keyed hashes, of those unknown here
as of all others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from config.lean import dataclass
from ledgers.access.backoff import FORGOTTEN, Backoff
from ledgers.access.errors import TryLater
from ledgers.access.tables import throttles

_LOCK = 0x53484F5554525953
"""The one lock under which tries are counted on PostgreSQL; SQLite has one writer anyway."""


class Kind(StrEnum):
    """What is counted."""

    SOURCE = "source"  # everything from one place: an office has one address for many people
    USER_FROM = "user-from"  # one name from one place
    USER = "user"  # one name from anywhere but its usual places: a stranger may fill it


BACKOFFS = {
    Kind.SOURCE: Backoff(30, timedelta(seconds=30), timedelta(hours=1)),
    Kind.USER_FROM: Backoff(5, timedelta(seconds=30), timedelta(minutes=15)),
    Kind.USER: Backoff(20, timedelta(seconds=10), timedelta(minutes=5)),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Under what a try is counted: its kind, and a keyed hash of who or where."""

    kind: Kind
    subject_key: str


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted: if it fails, nothing more is looked at until `shut_until`."""

    shut_until: datetime | None


def begin_try(connection: Connection, counted: Sequence[Counted], *, now: datetime) -> Try:
    """Count a try; needs a writing unit of its own, kept before the try is looked at.

    Raises:
        TryLater: nothing is looked at now, and this try was not counted.
    """
    _alone(connection)
    connection.execute(delete(throttles).where(throttles.c.last_at < now - FORGOTTEN))
    rows = [(one, connection.execute(_select(one)).first()) for one in counted]
    waits = [row.until for _, row in rows if row is not None and row.until is not None]
    if waits and max(waits) > now:
        raise TryLater(max(waits), now)
    untils = [_count(connection, one, row.failures if row else 0, now=now) for one, row in rows]
    return Try(max((until for until in untils if until is not None), default=None))


def forgive(connection: Connection, counted: Sequence[Counted]) -> None:
    """Forget what was counted: the last try was right."""
    _alone(connection)
    for one in counted:
        connection.execute(delete(throttles).where(*_is(one)))


def take_back(connection: Connection, counted: Sequence[Counted]) -> None:
    """Take back one try, but not those before it."""
    _alone(connection)
    for one in counted:
        fewer = {"failures": throttles.c.failures - 1, "until": None}
        connection.execute(update(throttles).where(*_is(one)).values(fewer))
        connection.execute(delete(throttles).where(*_is(one), throttles.c.failures <= 0))


def _count(connection: Connection, one: Counted, before: int, *, now: datetime) -> datetime | None:
    """Write one more failure; answer until when nothing is looked at if it stays one."""
    wait = BACKOFFS[one.kind].wait(before + 1)
    until = now + wait if wait else None
    new = insert(throttles).values(kind=one.kind.value, subject_key=one.subject_key)
    statement = update(throttles).where(*_is(one)) if before else new
    connection.execute(statement.values(failures=before + 1, last_at=now, until=until))
    return until


def _alone(connection: Connection) -> None:
    """Let others wait until this unit ends: rows that are not there yet cannot be locked."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _select(one: Counted) -> Select[tuple[int, datetime | None]]:
    return select(throttles.c.failures, throttles.c.until).where(*_is(one))


def _is(one: Counted) -> tuple[ColumnElement[bool], ...]:
    return throttles.c.kind == one.kind.value, throttles.c.subject_key == one.subject_key
