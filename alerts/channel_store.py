"""What the workers of one channel share, in the database: tokens, counts, and whose turn it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from alerts.inserting import insert_new
from alerts.tables import channel_state
from config.lean import dataclass
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.sealing import Spot, Vault

_TURN = timedelta(minutes=1)
"""A turn that was not given back by then ends: its worker died, or whatever it asks hangs."""

_LOOK_AGAIN = 0.1
"""Seconds between two looks whether another process is done."""


@dataclass(frozen=True, slots=True)
class ChannelStore:
    """Keeps short secrets of one channel for all processes (`channels.protocol.Store`).

    Values are sealed. `alone` is a row's lease on both databases: an advisory lock would keep a
    connection for as long as a far side takes to answer.
    """

    database: Database
    vault: Vault
    channel: str
    clock: Callable[[], datetime]
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def get(self, name: str) -> str | None:
        """Answer a value that has not ended; None: there is none."""
        return await asyncio.to_thread(self._get, self._id(name))

    async def put(self, name: str, value: str, *, until: datetime) -> None:
        """Keep a value for all workers until an instant; what has ended is forgotten."""
        await asyncio.to_thread(self._put, self._id(name), value, until)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Let one worker at a time, of all processes, do what is in the `async with`."""
        row, me = self._id(name), new_id(self.clock())
        async with self._turns.setdefault(name, asyncio.Lock()):
            # Whoever has the turn may be another process, which sets no event of ours.
            while not await asyncio.to_thread(self._take_turn, row, me):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN)
            try:
                yield
            finally:
                await asyncio.shield(asyncio.to_thread(self._give_back, row, me))

    def _id(self, name: str) -> str:
        return f"{self.channel}:{name}"

    def _get(self, row_id: str) -> str | None:
        query = select(channel_state.c.sealed_value, channel_state.c.until)
        with self.database.reading() as connection:
            row = connection.execute(query.where(channel_state.c.id == row_id)).one_or_none()
        if row is None or row.sealed_value is None or row.until <= self.clock():
            return None
        return self.vault.open(row.sealed_value, _spot(row_id))

    def _put(self, row_id: str, value: str, until: datetime) -> None:
        kept = {"sealed_value": self.vault.seal(value, _spot(row_id)), "until": until}
        with self.database.writing() as connection:
            _forget_ended(connection, now=self.clock())
            found = connection.execute(
                update(channel_state).where(channel_state.c.id == row_id).values(kept)
            )
            if not found.rowcount:
                connection.execute(insert(channel_state).values(id=row_id, **kept))

    def _take_turn(self, row_id: str, me: str) -> bool:
        now = self.clock()
        with self.database.writing() as connection:
            insert_new(connection, channel_state, [{"id": row_id, "until": now + _TURN}])
            taken = connection.execute(
                update(channel_state)
                .where(channel_state.c.id == row_id, _is_free(now))
                .values(holder=me, held_until=now + _TURN)
            )
        return taken.rowcount == 1

    def _give_back(self, row_id: str, me: str) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(channel_state)
                .where(channel_state.c.id == row_id, channel_state.c.holder == me)
                .values(holder=None, held_until=None)
            )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(channel_state.c.held_until.is_(None), channel_state.c.held_until <= now)


def _forget_ended(connection: Connection, *, now: datetime) -> None:
    connection.execute(delete(channel_state).where(channel_state.c.until < now, _is_free(now)))


def _spot(row_id: str) -> Spot:
    return Spot("channel_state", "sealed_value", row_id)
