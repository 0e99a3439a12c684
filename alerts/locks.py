"""One evaluation of a rule at a time, also among several daemons (DESIGN.md 7)."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, func, select


def hold(connection: Connection, rules: Iterable[str], *, shared: bool = False) -> None:
    """Hold rules until the transaction ends: evaluation alone, recording shared.

    Taken in one order, so that two never wait for each other. SQLite has one writer anyway.
    """
    if connection.dialect.name == "sqlite":
        return
    take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
    keys = sorted(map(_key, rules))
    if keys:
        connection.execute(select(*(take(key) for key in keys)))


def _key(rule: str) -> int:
    digest = hashlib.blake2b(f"shouwang rule {rule}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)
