"""Audit events as people read them: of somebody, of a kind, of a time."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, Row, select

from config.lean import dataclass
from ledgers.audit_chain import ChainKey, instant_text, key_of
from ledgers.audit_tables import audit_events
from ledgers.errors import UnreadableValue

_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: None is all. `kind` is one, or a group such as `export`; `until` is excluded."""

    subject: str | None = None
    kind: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """An event as it was noted; `at` is None and `details` empty where somebody has edited them."""

    number: int
    at: datetime | None
    kind: str
    actor: str
    subject: str | None
    purpose: str | None
    details: Mapping[str, str]

    @property
    def is_export(self) -> bool:
        """Whether a file went out."""
        return self.kind.startswith("export.") or self.kind.endswith(".export")

    @property
    def is_refused(self) -> bool:
        """Whether somebody wanted what they might not."""
        return self.kind.rpartition(".")[2] in {"refused", "denied", "shut-out"}


def noted(connection: Connection, wanted: Wanted) -> Iterator[Noted]:
    """Yield events, the oldest first, with flat memory.

    Raises:
        RuntimeError: the database was opened without `audit_chain.bind`.
    """
    columns = audit_events.c
    query = select(audit_events).order_by(columns.number).execution_options(yield_per=_ROWS)
    if wanted.subject is not None:
        query = query.where(columns.subject == wanted.subject)
    if wanted.kind is not None:
        group = columns.kind.startswith(f"{wanted.kind}.", autoescape=True)
        query = query.where((columns.kind == wanted.kind) | group)
    if wanted.actor is not None:
        query = query.where(columns.actor == wanted.actor)
    if wanted.since is not None:
        query = query.where(columns.at >= instant_text(wanted.since))
    if wanted.until is not None:
        query = query.where(columns.at < instant_text(wanted.until))
    key = key_of(connection)
    for row in connection.execute(query):
        yield _noted(key, row)


def _noted(key: ChainKey, row: Row[tuple[object, ...]]) -> Noted:
    return Noted(
        number=row.number,
        at=_instant(row.at),
        kind=row.kind,
        actor=row.actor,
        subject=row.subject,
        purpose=_opened(key, row.purpose, row.number),
        details=_details(row.details),
    )


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _opened(key: ChainKey, sealed: bytes | None, number: int) -> str | None:
    try:
        return None if sealed is None else key.open(sealed, number)
    except UnreadableValue:
        return None


def _details(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
