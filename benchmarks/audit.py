"""How long `audit verify` takes for 100,000 events, beside hashing the same texts and no more."""

import argparse
import hmac
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.pending import VAULT
from ledgers.audit_chain import ChainKey, bind, canonical, instant_text
from ledgers.audit_tables import audit_events
from ledgers.audit_verify import verify
from ledgers.database import Database
from ledgers.tables import metadata

ASKED_SECONDS = 10.0

_BEGUN = datetime(2027, 1, 1, tzinfo=UTC)
_CHUNK = 5_000


def main() -> None:
    """Build a chain, verify it, and print seconds and ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'audit.sqlite'}")
        database.create_all(metadata)
        bind(database, VAULT)
        _build(database, asked.events)
        texts = _texts(database)
        seconds = min(_verified(database, asked.events) for _ in range(asked.rounds))
        bare = min(_hashed(texts) for _ in range(asked.rounds))
        database.close()
    print(f"events {asked.events}: verified in {seconds:.2f} s, asked for {ASKED_SECONDS:.0f} s")
    print(f"bare hashing of the same texts {bare:.2f} s, ratio {seconds / bare:.1f}")


def _build(database: Database, count: int) -> None:
    """Write a chain as `append` makes it, in bulk."""
    key, previous = ChainKey.of(VAULT), ""
    for first in range(1, count + 1, _CHUNK):
        rows = []
        for number in range(first, min(first + _CHUNK, count + 1)):
            row = _row(number, previous)
            previous = key.sign(*row.values())
            rows.append({**row, "hash": previous})
        with database.writing() as connection:
            connection.execute(insert(audit_events), rows)


def _row(number: int, previous: str) -> dict[str, object]:
    exports = number % 10 == 0
    return {
        "number": number,
        "at": instant_text(_BEGUN + timedelta(minutes=5 * number)),
        "kind": "export.overdue" if exports else "file.read",
        "actor": "user:wang",
        "subject": None if exports else f"{number:032x}",
        "purpose": bytes(60) if exports else None,
        "details": canonical({"rows": "120"} if exports else {}),
        "previous": previous,
    }


def _texts(database: Database) -> list[bytes]:
    with database.reading() as connection:
        return [
            canonical(tuple(row)[:-1]).encode() for row in connection.execute(select(audit_events))
        ]


def _verified(database: Database, count: int) -> float:
    begun = time.perf_counter()
    with database.reading() as connection:
        found = verify(connection)
    if found.count != count or found.findings:
        raise SystemExit(f"not whole: {found}")
    return time.perf_counter() - begun


def _hashed(texts: list[bytes]) -> float:
    begun = time.perf_counter()
    for one in texts:
        hmac.digest(b"k" * 32, one, "sha256")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
