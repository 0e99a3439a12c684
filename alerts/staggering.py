"""Routine messages of a full or half hour, when everybody sends: each waits a little, by its reader.

WeCom asks for it. The wait of a person is the same every time and never longer than written; what
is urgent waits for nobody.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update

from alerts.tables import notices
from alerts.timetable import Timetable
from config.lean import dataclass

_BUSY_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Staggers:
    """Over how long channels spread what they send; `allowed` moves an instant out of quiet hours."""

    spans: Mapping[str, timedelta]
    allowed: Callable[[datetime], datetime]

    @classmethod
    def of(cls, timetable: Timetable) -> "Staggers":
        """Take what the configuration says of each channel."""
        channels = timetable.configuration.channels.items()
        found = {name: one.spreads_over() for name, one in channels}
        spans = {name: span for name, span in found.items() if span}
        return cls(spans, timetable.quiet.next_allowed)

    def apply(self, connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
        """Let notices wait that are published just now, by due time, channel and person."""
        waiting = [
            {"notice": row.id, "at_": self.allowed(row.due_at + wait)}
            for row in rows
            if row.channel in self.spans
            and (wait := wait_of(row.person_id, row.due_at, self.spans[row.channel]))
        ]
        if waiting:
            statement = update(notices).where(notices.c.id == bindparam("notice"))
            connection.execute(statement.values(next_attempt_at=bindparam("at_")), waiting)


def wait_of(person_id: str, due_at: datetime, longest: timedelta) -> timedelta:
    """Answer how long a person's message waits: none if it is not due at a full or half hour."""
    if due_at.minute % _BUSY_MINUTES:
        return timedelta()
    seed = int.from_bytes(hashlib.sha256(person_id.encode()).digest()[:8])
    return timedelta(seconds=seed % (int(longest.total_seconds()) + 1))
