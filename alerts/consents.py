"""Children without consent as matters: per township, for the role that the site names."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from alerts.in_step import keep_in_step
from alerts.matters import Matter, MatterKind
from ledgers.codes import TOWN
from ledgers.consents import is_missing
from ledgers.database import Database
from ledgers.tables import entries


def look_at_consents(database: Database, tell: str | None, *, today: date, now: datetime) -> None:
    """Open a matter for each township with children without consent; close what was mended.

    `tell` is the role that hears of it; None: nobody, and what was open is closed.
    """

    def find(connection: Connection) -> Iterator[Matter]:
        return iter(()) if tell is None else _without(connection, tell, today)

    keep_in_step(database, MatterKind.CONSENT_MISSING, find, now=now)


def _without(connection: Connection, tell: str, today: date) -> Iterator[Matter]:
    town = func.substr(entries.c.lives_in, 1, TOWN).label("town")
    query = select(town, func.count()).where(is_missing(today)).group_by(town).order_by(town)
    for region, count in connection.execute(query):
        yield Matter(MatterKind.CONSENT_MISSING, region, tell, region, {"count": count})
