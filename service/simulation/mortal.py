"""A database whose process can die between two units of work, and that forgets faster than it writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from ledgers.database import Database


class Crash(Exception):
    """The process is gone: nothing more is read or written by it."""


@dataclass(slots=True)
class Fate:
    """When a process dies: in so many writing units, before or after the change is kept."""

    units: int
    kept: bool


class MortalDatabase(Database):
    """The same database as one process sees it, until that process dies."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.fate: Fate | None = None
        self.is_dead = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a reading unit, unless the process is dead."""
        self._be_alive()
        with super().reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a writing unit; the process may die just before or after it is kept."""
        self._be_alive()
        if self.fate is not None:
            self.fate.units -= 1
        strikes = self.fate is not None and self.fate.units <= 0
        with super().writing() as connection:
            yield connection
            if strikes and self.fate is not None and not self.fate.kept:
                self._die()
        if strikes:
            self._die()

    def _be_alive(self) -> None:
        if self.is_dead:
            raise Crash

    def _die(self) -> None:
        self.is_dead = True
        raise Crash


def forgetful(database: Database) -> Database:
    """Let SQLite wait for no disk: a trial's copy is thrown away. Answers the same database."""

    @event.listens_for(database.engine, "connect")
    def hurry(connection: Any, _entry: object) -> None:
        for pragma in ("synchronous=OFF", "secure_delete=OFF", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    # A connection that was open already would wait for the disk as before.
    database.engine.dispose()
    return database
