"""The history of risk levels: when each level took effect, and which it followed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from config.lean import dataclass
from ledgers.ids import new_ids
from ledgers.tables import entries, level_changes


@dataclass(frozen=True, slots=True)
class LevelChange:
    """An entry had one level and got another on a day; None: none was known."""

    entry_id: str
    was: str | None
    level: str | None
    on: date


def note_levels(connection: Connection, changes: Sequence[LevelChange], *, now: datetime) -> None:
    """Keep changes of level, and with each entry the day its present level took effect."""
    if not changes:
        return
    ids = new_ids(now, len(changes))
    connection.execute(
        insert(level_changes),
        [
            {
                "id": id_,
                "entry_id": one.entry_id,
                "on_date": one.on,
                "was": one.was,
                "level": one.level,
            }
            for id_, one in zip(ids, changes, strict=True)
        ],
    )
    connection.execute(
        update(entries)
        .where(entries.c.id == bindparam("key"))
        .values(level_since=bindparam("since")),
        [{"key": one.entry_id, "since": one.on} for one in changes],
    )


def level_history(connection: Connection, ids: Collection[str]) -> dict[str, list[LevelChange]]:
    """Answer the changes of level of entries, the oldest first; who never changed is missing."""
    c = level_changes.c
    found: dict[str, list[LevelChange]] = {}
    query = select(c.entry_id, c.was, c.level, c.on_date).where(c.entry_id.in_(ids))
    for entry_id, was, level, on in connection.execute(query.order_by(c.on_date, c.id)):
        found.setdefault(entry_id, []).append(LevelChange(entry_id, was, level, on))
    return found
