"""A county whose digests wait to be sent: written set-based, so that many are ready in seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, text, update

from alerts.outcomes import NewTelling, make
from alerts.tables import alerts, attempts, notices, outcomes, steps, tellings
from ledgers.database import Database
from ledgers.ids import new_ids
from ledgers.sealing import Keyring, Spot, Vault
from ledgers.tables import (
    entries,
    last_acts,
    metadata,
    persons,
    post_holdings,
    posts,
    records,
    regions,
)

SENT_AT = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)
VAULT = Vault(Keyring("00000001", {"00000001": b"k" * 32}, b"l" * 32))

_TODAY = date(2027, 6, 7)
_RULES = (("visits", "visit"), ("contacts", "contact"), ("updates", "update"))
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class County:
    """How many directors there are, the entries of each, and what each is told of."""

    directors: int
    entries: int = 10
    tellings: int = 3


def build(database: Database, county: County) -> None:
    """Write a village, its entries with last year's records, and one waiting digest per director."""
    database.create_all(metadata)
    with database.writing() as connection:
        for first in range(0, county.directors, _CHUNK):
            numbers = range(first, min(first + _CHUNK, county.directors))
            _write(connection, county, numbers)
    tidy(database)


def again(database: Database) -> None:
    """Make every notice wait as if none had been sent."""
    with database.writing() as connection:
        connection.execute(delete(outcomes).where(outcomes.c.was.is_not(None)))
        connection.execute(delete(attempts))
        connection.execute(update(tellings).values(state="pending"))
        connection.execute(
            update(notices).values(
                state="pending", next_attempt_at=SENT_AT, ended_at=None, attempts=0, fence=0
            )
        )
    tidy(database)


def tidy(database: Database) -> None:
    """Let the database know its tables, as it does by itself in a quiet hour."""
    if database.is_sqlite:
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _write(connection: Connection, county: County, numbers: range) -> None:
    people = new_ids(SENT_AT, len(numbers))
    held = new_ids(SENT_AT, len(numbers))
    told = new_ids(SENT_AT, len(numbers))
    pairs = list(zip(numbers, people, strict=True))
    _insert(connection, regions, [_region(n) for n in numbers])
    _insert(connection, persons, [_person(n, id_) for n, id_ in pairs])
    for table, rows in (
        (posts, [_post(n, id_) for n, id_ in zip(numbers, held, strict=True)]),
        (post_holdings, [_holding(p, id_) for p, id_ in zip(people, held, strict=True)]),
        (notices, [_notice(p, id_) for p, id_ in zip(people, told, strict=True)]),
    ):
        _insert(connection, table, rows)
    children = [(n, child) for n in numbers for child in range(county.entries)]
    ids = new_ids(SENT_AT, len(children))
    _insert(connection, entries, [_entry(n, c, i) for (n, c), i in zip(children, ids, strict=True)])
    _insert(connection, records, [_record(entry) for entry in ids])
    _insert(
        connection,
        last_acts,
        [{"entry_id": entry, "kind": "visit", "happened_on": date(2026, 12, 5)} for entry in ids],
    )
    _tell(connection, county, list(_tellings(county, ids, people, told)))


def _tellings(
    county: County, ids: list[str], people: list[str], told: list[str]
) -> Iterator[tuple[int, str, str, str]]:
    """Go through what is told: its number in the notice, the entry, the person, the notice."""
    for place, (person, notice) in enumerate(zip(people, told, strict=True)):
        for nth in range(county.tellings):
            entry = ids[place * county.entries + nth % county.entries]
            yield nth // county.entries, entry, person, notice


def _tell(connection: Connection, county: County, due: list[tuple[int, str, str, str]]) -> None:
    opened = new_ids(SENT_AT, len(due))
    stepped = new_ids(SENT_AT, len(due))
    _insert(connection, alerts, [_alert(*one) for one in zip(opened, due, strict=True)])
    _insert(connection, steps, [_step(*one) for one in zip(stepped, opened, strict=True)])
    rows = zip(new_ids(SENT_AT, len(due)), stepped, opened, due, strict=True)
    made = [
        NewTelling(id_, step, alert, person, "director", notice_id=notice)
        for id_, step, alert, (_, _, person, notice) in rows
    ]
    make(connection, made, now=SENT_AT)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _code(n: int) -> str:
    return f"990101{n // 100 + 1:03}{n % 100:03}"


def _region(n: int) -> dict[str, Any]:
    return {"code": _code(n), "name": f"青山{n}村", "local": True}


def _person(n: int, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "handle": f"P-{n:06}",
        "sealed_name": VAULT.seal(f"主任{n}", Spot("persons", "sealed_name", id_)),
        "name_key": VAULT.lookup("name", str(n)),
        "sealed_email": VAULT.seal(
            f"director{n}@example.invalid", Spot("persons", "sealed_email", id_)
        ),
    }


def _post(n: int, id_: str) -> dict[str, Any]:
    return {"id": id_, "role": "director", "region": _code(n)}


def _holding(person: str, post: str) -> dict[str, Any]:
    return {"id": post, "post_id": post, "person_id": person, "held_from": date(2025, 1, 1)}


def _notice(person: str, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "person_id": person,
        "channel": "email",
        "slot": f"digest:{SENT_AT.isoformat()}",
        "class": "digest",
        "role": "director",
        "state": "pending",
        "made_at": SENT_AT,
        "due_at": SENT_AT,
        "next_attempt_at": SENT_AT,
        "give_up_at": SENT_AT + timedelta(hours=48),
    }


def _entry(n: int, child: int, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "ledger": "children",
        "number": f"青山{n}-{child + 1:02}",
        "lives_in": _code(n),
        "status": "active",
        "entered_on": date(2025, 1, 1),
    }


def _record(entry: str) -> dict[str, Any]:
    return {
        "id": entry,
        "entry_id": entry,
        "kind": "visit",
        "happened_on": date(2026, 12, 5),
        "recorded_on": date(2026, 12, 6),
        "recorded_at": SENT_AT,
        "result": "done",
        "source": "cli",
        "fingerprint": entry,
    }


def _alert(id_: str, due: tuple[int, str, str, str]) -> dict[str, Any]:
    nth, entry, *_ = due
    return {
        "id": id_,
        "rule": _RULES[nth % len(_RULES)][0],
        "entry_id": entry,
        "anchor": "2026-12-05",
        "anchor_on": date(2026, 12, 5),
        "rule_version": 1,
        "due_on": _TODAY + timedelta(days=int(id_[-2:], 16) % 9 - 2),
        "opened_on": _TODAY,
        "opened_at": SENT_AT,
    }


def _step(id_: str, alert: str) -> dict[str, Any]:
    return {
        "id": id_,
        "alert_id": alert,
        "step": "0 days",
        "on_date": _TODAY,
        "known_on": _TODAY,
        "after_due": False,
        "escalation": False,
        "waiting": "",
    }
