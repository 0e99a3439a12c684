"""Reducing an entry or a person: what says who it was goes, what past figures count stays.

A reduced entry is pseudonymous, not anonymous: dates of records and alerts stay. No later row of a
workbook is taken for it: number, name and ID number lead nowhere, so whoever comes back is new.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, delete, or_, select, update

from alerts.figures import Figures
from alerts.matters import ABOUT_ENTRIES
from alerts.tables import (
    alerts,
    answers,
    matters,
    outcomes,
    rungs,
    signals,
    silences,
    steps,
    tellings,
)
from alerts.traces import OF_CHILD, OF_PERSON, Fate, Traces, with_fate
from ledgers.access.tables import links, sessions, users
from ledgers.access.users import empty_user
from ledgers.among import among
from ledgers.persons import name_key
from ledgers.sealing import Spot, Vault
from ledgers.tables import entries, entry_changes, entry_fields, metadata, persons, records
from ledgers.touching import touch

NUMBER = "已销-x"
"""What the number of a reduced entry begins with; some of its id follows."""

NAME = "（已抹除）"
"""What stands in the place of a person's name."""

_TAIL = 12
_BIRTH = "born_on"
_LINKS = ("entry_id", "person_id", "deputy_id")


def reduce_entries(
    connection: Connection, ids: Sequence[str], figures: Figures, *, today: date, now: datetime
) -> None:
    """Reduce entries that have left, in the caller's unit; twice does what once does."""
    rows = connection.execute(select(entries).where(among(connection, entries.c.id, ids))).all()
    _delete_alerts(connection, _standing_on_own_dates(connection, rows))
    connection.execute(
        delete(entry_fields).where(
            among(connection, entry_fields.c.entry_id, ids),
            entry_fields.c.field.not_in(sorted(figures.fields)),
        )
    )
    _delete_rows(connection, OF_CHILD, ids)
    connection.execute(
        update(records)
        .where(among(connection, records.c.entry_id, ids))
        .values(**_nothing(OF_CHILD, "records"), fingerprint=records.c.id)
    )
    _end_what_names_them(connection, ids, now=now)
    if rows:
        changed = [_reduced(row, figures, today) for row in rows]
        connection.execute(_reducing(figures, today), changed)
        touch(connection, ids, known_on=today)


def reduce_person(connection: Connection, vault: Vault, person_id: str, *, today: date) -> None:
    """Reduce a person who has left, in the caller's unit; what they did stays countable."""
    _delete_rows(connection, OF_PERSON, [person_id])
    _reduce_accounts(connection, vault, person_id)
    raised = update(signals).where(signals.c.raised_by == person_id)
    connection.execute(raised.values(_nothing(OF_PERSON, "signals")))
    connection.execute(
        update(persons)
        .where(persons.c.id == person_id)
        .values(
            **_nothing(OF_PERSON, "persons"),
            sealed_name=vault.seal(NAME, Spot("persons", "sealed_name", person_id)),
            name_key=name_key(vault, NAME),
            reduced_on=today,
        )
    )


def _reduce_accounts(connection: Connection, vault: Vault, person_id: str) -> None:
    """Let the accounts of a person, which were disabled before, be those of nobody."""
    of_links = select(links.c.id).where(links.c.person_id == person_id)
    connection.execute(delete(sessions).where(sessions.c.link_id.in_(of_links)))
    of_them = select(users.c.id).where(users.c.person_id == person_id)
    for id_ in list(connection.scalars(of_them)):
        empty_user(connection, vault, id_, name=NAME)


def reduced_number(entry_id: str) -> str:
    """Answer what a reduced entry is called."""
    return NUMBER + entry_id[-_TAIL:]


def _nothing(of: Traces, table: str) -> dict[str, None]:
    return dict.fromkeys(with_fate(of, table, Fate.GONE))


def _delete_rows(connection: Connection, of: Traces, ids: Sequence[str]) -> None:
    """Delete the rows that name one of them and are of no use without."""
    for table in reversed(metadata.sorted_tables):
        links = [name for name in with_fate(of, table.name, Fate.ROW_GONE) if name in _LINKS]
        if links:
            found = or_(*(among(connection, table.c[link], ids) for link in links))
            connection.execute(delete(table).where(found))


def _standing_on_own_dates(connection: Connection, rows: Sequence[Row[Any]]) -> list[str]:
    """Answer the alerts whose anchor is a date out of the entry itself, such as its birth."""
    ids = [row.id for row in rows]
    own = {row.id: {str(row.born_on)} for row in rows}
    before = select(entry_changes.c.entry_id, entry_changes.c.old_plain).where(
        among(connection, entry_changes.c.entry_id, ids), entry_changes.c.field == _BIRTH
    )
    declared = select(entry_fields.c.entry_id, entry_fields.c.on_date).where(
        among(connection, entry_fields.c.entry_id, ids), entry_fields.c.on_date.is_not(None)
    )
    for entry_id, day in (*connection.execute(before), *connection.execute(declared)):
        own[entry_id].add(str(day))
    anchored = select(alerts.c.id, alerts.c.entry_id, alerts.c.anchor).where(
        among(connection, alerts.c.entry_id, ids)
    )
    return [row.id for row in connection.execute(anchored) if row.anchor in own[row.entry_id]]


def _delete_alerts(connection: Connection, ids: Sequence[str]) -> None:
    if not ids:
        return
    told = select(tellings.c.id).where(among(connection, tellings.c.alert_id, ids))
    connection.execute(delete(outcomes).where(outcomes.c.telling_id.in_(told)))
    for table in (tellings, steps, rungs, answers):
        connection.execute(delete(table).where(among(connection, table.c.alert_id, ids)))
    connection.execute(delete(alerts).where(among(connection, alerts.c.id, ids)))


def _end_what_names_them(connection: Connection, ids: Sequence[str], *, now: datetime) -> None:
    connection.execute(
        update(silences)
        .where(
            silences.c.scope == "entry",
            among(connection, silences.c.target, ids),
            silences.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    connection.execute(
        update(matters)
        .where(
            matters.c.kind.in_(sorted(ABOUT_ENTRIES)),
            among(connection, matters.c.subject, ids),
            matters.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )
    connection.execute(
        update(signals)
        .where(among(connection, signals.c.entry_id, ids), signals.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def _reducing(figures: Figures, today: date) -> Update:
    optional: Mapping[str, Iterable[str]] = {"sex": ("sex",), "grade": ("grade", "grade_year")}
    unasked = [
        column
        for field, columns in optional.items()
        if field not in figures.fields
        for column in columns
    ]
    return (
        update(entries)
        .where(entries.c.id == bindparam("key"))
        .values(
            **_nothing(OF_CHILD, "entries"),
            **dict.fromkeys(unasked),
            number=bindparam("new_number"),
            lives_in=bindparam("new_home"),
            registered_in=bindparam("new_registered"),
            born_on=bindparam("new_birth"),
            born_month_only=False,
            reduced_on=today,
        )
    )


def _reduced(row: Row[Any], figures: Figures, today: date) -> dict[str, object]:
    last = row.left_on or today
    born = row.born_on and figures.birth(row.born_on, row.entered_on, last)
    return {
        "key": row.id,
        "new_number": reduced_number(row.id),
        "new_home": figures.place(row.lives_in),
        "new_registered": figures.place(row.registered_in),
        "new_birth": born,
    }
