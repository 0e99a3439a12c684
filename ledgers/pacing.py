"""How much of an import is one unit of work, and when it rests so that others get in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from time import sleep
from typing import TypeVar

from sqlalchemy import Connection

from ledgers.database import Database
from ledgers.imports import take_turn

CHILDREN_PER_UNIT = 2_000
"""Rows written in one transaction: a quarter of a second, so that others get in. Each unit writes
most pages of the keys' indexes again: half as many would cost a third more writing to the disk."""

PERSONS_PER_UNIT = 2_000
REGIONS_PER_UNIT = 5_000
MOVES_PER_UNIT = 20
QUARANTINE_PER_UNIT = 1_000

ROWS_BETWEEN_RESTS = 6_000
REST = 0.11
"""Seconds. Who waits for SQLite's lock looks every tenth of a second: only a longer gap lets them in."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""

_T = TypeVar("_T")


class Pace:
    """The units of work of one import, one after the other, and how far it has come."""

    def __init__(
        self, database: Database, rows: int, *, writes: bool, progress: Progress | None = None
    ) -> None:
        self._database, self._rows = database, rows
        self._writes, self._progress = writes, progress
        self._done = 0
        self._since_rest = 0

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """Open one short unit of work, in which this import alone decides."""
        if not self._writes:
            with self._database.reading() as connection:
                yield connection
            return
        with self._database.writing() as connection:
            take_turn(connection)
            yield connection

    def advance(self, rows: int) -> None:
        """Note that rows are done; outside any unit."""
        self._done += rows
        self._since_rest += rows
        if self._writes and self._database.is_sqlite and self._since_rest >= ROWS_BETWEEN_RESTS:
            self._since_rest = 0
            sleep(REST)
        if self._progress is not None:
            self._progress(self._done, self._rows)


def chunks(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    """Answer the items in order, so many at a time."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
