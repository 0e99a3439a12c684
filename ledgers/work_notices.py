"""Imported notices of days off and make-up days, kept as the JSON they came in."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ledgers.tables import work_calendars


def load_notices(connection: Connection) -> list[Mapping[str, object]]:
    """Answer all kept notices, by year: what extends the official calendar."""
    query = select(work_calendars.c.notice).order_by(work_calendars.c.year)
    return [json.loads(text) for text in connection.scalars(query)]


def keep_notice(
    connection: Connection, year: int, notice: Mapping[str, object], *, now: datetime
) -> None:
    """Keep one year's notice in place of the one before. The caller has checked it."""
    connection.execute(delete(work_calendars).where(work_calendars.c.year == year))
    text = json.dumps(dict(notice), ensure_ascii=False)
    connection.execute(insert(work_calendars).values(year=year, notice=text, imported_at=now))
