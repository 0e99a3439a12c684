"""A database whose power goes while a unit of work is still open."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from ledgers.database import Database


class PowerCut(BaseException):
    """What nobody catches: like a process that is killed, it only lets go of what it holds."""


class Cut(Database):
    """Keeps so many units of work and breaks off the next one, at its very end."""

    def __init__(self, engine: Engine, *, after: int) -> None:
        super().__init__(engine)
        self.left = after

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a unit as `Database` does; all was written in it when it breaks off."""
        with super().writing() as connection:
            yield connection
            self.left -= 1
            if self.left < 0:
                raise PowerCut
