"""Silences and matters follow a division whose local code becomes the real one."""

from datetime import datetime

from sqlalchemy import Connection, String, exists, func, literal, update

from alerts.deferring import Scope
from alerts.matters import MatterKind
from alerts.tables import matters, silences
from ledgers.regions import Move, MoveDoor


def follow_moves(*, now: datetime) -> MoveDoor:
    """Answer the door through which an import says that a code has changed."""

    def follow(connection: Connection, move: Move) -> None:
        _follow(connection, move, now)

    return follow


def _follow(connection: Connection, move: Move, now: datetime) -> None:
    connection.execute(
        update(silences)
        .where(silences.c.scope == Scope.REGION.value, silences.c.target == move.old)
        .values(target=move.new)
    )
    _follow_gaps(connection, move, now)
    connection.execute(update(matters).where(matters.c.region == move.old).values(region=move.new))


def _follow_gaps(connection: Connection, move: Move, now: datetime) -> None:
    """Rename posts that nobody holds; one that is a matter under the real code already is closed."""
    twin = matters.alias("twin")
    renamed = func.replace(matters.c.subject, f":{move.old}", f":{move.new}", type_=String())
    gaps = (
        matters.c.kind == MatterKind.NO_RECIPIENT.value,
        matters.c.region == move.old,
        matters.c.closed_at.is_(None),
    )
    known = exists().where(
        twin.c.kind == matters.c.kind, twin.c.subject == renamed, twin.c.closed_at.is_(None)
    )
    connection.execute(
        update(matters).where(*gaps, known).values(closed_at=literal(now, matters.c.closed_at.type))
    )
    connection.execute(update(matters).where(*gaps).values(subject=renamed))
