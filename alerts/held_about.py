"""Everything held about a child or a person, opened: the answer to a request for access.

What was planned only (alerts, steps) is in it as well as what was said, to whom and with what
outcome. Whoever calls it writes the look down.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from sqlalchemy import Connection, Select, Table, or_, select

from alerts.tables import (
    alerts,
    answers,
    attempts,
    matters,
    notices,
    outcomes,
    signals,
    silences,
    steps,
    tellings,
)
from config.lean import dataclass
from ledgers.rights_tables import legal_holds
from ledgers.sealing import Spot, Vault
from ledgers.set_apart import rows_about
from ledgers.tables import (
    assignments,
    deputies,
    differences,
    entries,
    entry_changes,
    entry_fields,
    entry_triggers,
    leaves,
    level_changes,
    persons,
    post_holdings,
    posts,
    quarantine,
    records,
    stays,
)

Value = str | int | float | None

_HASHES = ("_key", "_hash", "fingerprint")
_PLAIN_ATTEMPT = [column for column in attempts.c if column.name != "sealed_body"]
_OF_ENTRY = (
    entry_triggers,
    entry_fields,
    stays,
    level_changes,
    entry_changes,
    records,
    assignments,
    differences,
)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are about somebody. Secret."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Value], ...] = field(repr=False)


def about_entry(
    connection: Connection, vault: Vault, entry_id: str, *, set_apart: bool = True
) -> list[Section]:
    """Answer all that is held about a child or an institution; tables without any are left out.

    Messages as they were handed over speak of others too, and are none of it. `set_apart`: also
    rows that wait to be mended and name it, or a namesake.
    """
    of_alerts = select(alerts.c.id).where(alerts.c.entry_id == entry_id)
    of_tellings = select(tellings.c.id).where(tellings.c.alert_id.in_(of_alerts))
    of_notices = select(tellings.c.notice_id).where(tellings.c.alert_id.in_(of_alerts))
    queries: list[tuple[Table, Select[Any]]] = [
        (entries, select(entries).where(entries.c.id == entry_id)),
        *((table, select(table).where(table.c.entry_id == entry_id)) for table in _OF_ENTRY),
        (alerts, select(alerts).where(alerts.c.entry_id == entry_id)),
        (steps, select(steps).where(steps.c.alert_id.in_(of_alerts))),
        (tellings, select(tellings).where(tellings.c.alert_id.in_(of_alerts))),
        (outcomes, select(outcomes).where(outcomes.c.telling_id.in_(of_tellings))),
        (notices, select(notices).where(notices.c.id.in_(of_notices))),
        (attempts, select(*_PLAIN_ATTEMPT).where(attempts.c.notice_id.in_(of_notices))),
        (signals, select(signals).where(signals.c.entry_id == entry_id)),
        (answers, select(answers).where(answers.c.alert_id.in_(of_alerts))),
        (silences, select(silences).where(silences.c.target == entry_id)),
        (matters, select(matters).where(matters.c.subject == entry_id)),
        (legal_holds, select(legal_holds).where(legal_holds.c.subject == entry_id)),
    ]
    found = _sections(connection, vault, queries)
    [row] = found[0].rows
    names = [str(row["name"] or "")] if set_apart else []
    return [*found, *_set_apart(connection, vault, names, id_no=_text(row["id_no"]))]


def about_person(
    connection: Connection, vault: Vault, person_id: str, *, set_apart: bool = True
) -> list[Section]:
    """Answer all that is held about a person who is told; as `about_entry`."""
    held = select(post_holdings, posts.c.role, posts.c.region).join(posts)
    of_notices = select(notices.c.id).where(notices.c.person_id == person_id)
    stands_in = or_(deputies.c.person_id == person_id, deputies.c.deputy_id == person_id)
    queries: list[tuple[Table, Select[Any]]] = [
        (persons, select(persons).where(persons.c.id == person_id)),
        (post_holdings, held.where(post_holdings.c.person_id == person_id)),
        (assignments, select(assignments).where(assignments.c.person_id == person_id)),
        (leaves, select(leaves).where(leaves.c.person_id == person_id)),
        (deputies, select(deputies).where(stands_in)),
        (records, select(records).where(records.c.recorded_by == person_id)),
        (tellings, select(tellings).where(tellings.c.person_id == person_id)),
        (notices, select(notices).where(notices.c.person_id == person_id)),
        (attempts, select(attempts).where(attempts.c.notice_id.in_(of_notices))),
        (answers, select(answers).where(answers.c.person_id == person_id)),
        (silences, select(silences).where(silences.c.made_by == person_id)),
        (legal_holds, select(legal_holds).where(legal_holds.c.subject == person_id)),
    ]
    found = _sections(connection, vault, queries)
    [row] = found[0].rows
    ways = ("name", "phone", "email", "wecom") if set_apart else ()
    said = [str(row[name]) for name in ways if row[name]]
    return [*found, *_set_apart(connection, vault, said, of_persons=True)]


def _sections(
    connection: Connection, vault: Vault, queries: Iterable[tuple[Table, Select[Any]]]
) -> list[Section]:
    return [
        section
        for table, query in queries
        if (section := _section(connection, vault, table, query)).rows
    ]


def _section(connection: Connection, vault: Vault, table: Table, query: Select[Any]) -> Section:
    found = connection.execute(query)
    names = [name for name in tuple(found.keys()) if not name.endswith(_HASHES)]
    rows = tuple(dict(_opened(vault, table, names, dict(row))) for row in found.mappings())
    return Section(table.name, tuple(name.removeprefix("sealed_") for name in names), rows)


def _opened(
    vault: Vault, table: Table, names: Iterable[str], row: Mapping[str, Any]
) -> Iterator[tuple[str, Value]]:
    for name in names:
        value = row[name]
        plain = name.removeprefix("sealed_")
        if plain != name and value is not None:
            yield plain, vault.open(value, Spot(table.name, name, row["id"]))
        elif value is None or isinstance(value, str | int | float):
            yield plain, value
        else:
            yield plain, value.isoformat()


def _set_apart(
    connection: Connection,
    vault: Vault,
    words: Iterable[str],
    *,
    id_no: str | None = None,
    of_persons: bool = False,
) -> Iterator[Section]:
    wanted = [word for word in words if word]
    if not wanted:
        return
    ids = rows_about(connection, vault, wanted, id_no=id_no, of_persons=of_persons)
    for id_, sealed in connection.execute(
        select(quarantine.c.id, quarantine.c.sealed_row).where(quarantine.c.id.in_(ids))
    ):
        cells = json.loads(vault.open(sealed, Spot("quarantine", "sealed_row", id_)))
        yield Section(quarantine.name, tuple(cells), (cells,))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
