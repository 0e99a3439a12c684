"""Matters that come and go with what the ledger says: opened, counted again, closed when mended."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection, update

from alerts.matters import Matter, MatterKind, close_matters, open_matters, still_open
from alerts.tables import matters
from ledgers.database import Database

Find = Callable[[Connection], Iterable[Matter]]
"""Finds what is the matter by now."""


def keep_in_step(database: Database, kind: MatterKind, find: Find, *, now: datetime) -> None:
    """Bring the open matters of a kind in step with what is found; each is told by its role."""
    with database.reading() as connection:
        known = {
            (one.matter.subject, one.matter.role): one.matter
            for one in still_open(connection, kind=kind)
        }
        found = {(one.subject, one.role): one for one in find(connection)}
    gone = known.keys() - found.keys()
    new = [found[key] for key in found.keys() - known.keys()]
    counted = [found[k] for k in found.keys() & known.keys() if found[k].detail != known[k].detail]
    if not (gone or new or counted):
        return
    with database.writing() as connection:
        close_matters(connection, kind, [subject for subject, _ in gone], now=now)
        open_matters(connection, sorted(new, key=lambda one: one.subject), now=now)
        for matter in counted:
            _count_again(connection, matter)


def _count_again(connection: Connection, matter: Matter) -> None:
    connection.execute(
        update(matters)
        .where(
            matters.c.kind == matter.kind,
            matters.c.subject == matter.subject,
            matters.c.closed_at.is_(None),
        )
        .values(detail=json.dumps(dict(matter.detail), sort_keys=True))
    )
