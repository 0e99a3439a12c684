"""Column types that mean the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

Id = String(32)
"""A UUIDv7 as 32 hex digits (docs/decisions: ids)."""

Region = String(12)
"""A division code without trailing zeros: 2, 4, 6, 9 or 12 digits; an ancestor is a prefix."""

Code = String(64)
"""A word rules filter on: a status, a category, a level, a rule's name."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite has no zones, so it is put back on reading."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
