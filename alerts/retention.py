"""The nightly look for what has been kept long enough: reduced or deleted in bounded units.

Each sweep finds its rows by what they are now, so one that is broken off is gone on with by the
next, and a second one finds nothing. Legal holds are left alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)

from alerts.directory import GROUP, OPERATOR
from alerts.facts import ACTIVE
from alerts.figures import Figures
from alerts.reducing import reduce_entries, reduce_person
from alerts.tables import alerts, attempts, form_lines, matters, notices
from alerts.traces import OF_CHILD, Fate, with_fate
from config.durations import Duration
from config.lean import dataclass
from config.model import Configuration
from config.retention import Retention
from ledgers.access.tables import users
from ledgers.among import among
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.legal_holds import is_held
from ledgers.sealing import Vault
from ledgers.tables import (
    differences,
    entries,
    entry_changes,
    forms,
    imports,
    persons,
    post_holdings,
    quarantine,
    records,
)
from schedules.calendars import WorkCalendar
from schedules.periods import Period

BATCH = 200
"""Rows of one unit: an entry with its records and alerts takes a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One kind of thing: which ids are due, and what is done to some of them in one unit."""

    name: str
    due: Select[str]
    act: Callable[[Connection, Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a configuration as of a day."""

    configuration: Configuration
    calendar: WorkCalendar
    today: date

    @property
    def retention(self) -> Retention:
        """What `retention:` says."""
        return self.configuration.retention

    def until(self, term: Duration) -> date:
        """Answer the last day of what has been kept for a term."""
        return Period.of(term, self.calendar).latest_start(self.today)


def sweeps(terms: Terms, vault: Vault, *, now: datetime) -> list[Sweep]:
    """Answer what the configuration asks for, in the order in which it is done."""
    found = [_left_bytes()]
    for ledger in ("children", "institutions"):
        term = getattr(terms.retention, ledger)
        if term is not None:
            found.append(_entries(terms, ledger, terms.until(term), now=now))
    if terms.retention.persons is not None:
        found.append(_persons(terms, vault, terms.until(terms.retention.persons)))
    for kind, term in terms.retention.records.items():
        found.append(_records(terms, kind, terms.until(term)))
    return found + list(_of_the_engine(terms))


def count_due(connection: Connection, found: Sequence[Sweep]) -> dict[str, int]:
    """Answer how many are due, by what they are; changes nothing."""
    return {
        one.name: connection.scalar(select(func.count()).select_from(one.due.subquery())) or 0
        for one in found
    }


def sweep_all(database: Database, found: Sequence[Sweep], *, batch: int = BATCH) -> dict[str, int]:
    """Do everything that is due, in short units; answer how many, by what they were."""
    return {one.name: _sweep(database, one, batch) for one in found}


def _sweep(database: Database, one: Sweep, batch: int) -> int:
    done, last = 0, ""
    [id_] = one.due.selected_columns
    while True:
        some = one.due.where(id_ > last).order_by(id_).limit(batch)
        with database.reading() as connection:
            ids = list(connection.scalars(some))
        if not ids:
            return done
        last = ids[-1]
        with database.writing() as connection:
            # Held or back since? Then it is due no more.
            still = list(connection.scalars(one.due.where(among(connection, id_, ids))))
            if still:
                one.act(connection, still)
        done += len(still)


def _left_bytes() -> Sweep:
    """Answer messages that are through and whose bytes somebody forgot (DESIGN.md 3, 3)."""
    through = select(notices.c.id).where(
        notices.c.id == attempts.c.notice_id, notices.c.ended_at.is_not(None)
    )
    due = select(attempts.c.id).where(attempts.c.sealed_body.is_not(None), through.exists())
    return Sweep("bytes", due, _clearing(attempts, {"sealed_body": None}))


def _entries(terms: Terms, ledger: str, until: date, *, now: datetime) -> Sweep:
    figures = Figures.of(terms.configuration)
    still_open = select(alerts.c.id).where(
        alerts.c.entry_id == entries.c.id, alerts.c.closed_at.is_(None)
    )
    due = select(entries.c.id).where(
        entries.c.ledger == ledger,
        entries.c.status != ACTIVE,
        entries.c.left_on <= until,
        entries.c.reduced_on.is_(None),
        ~still_open.exists(),
        ~_is_kept(entries.c.id, terms),
    )

    def act(connection: Connection, ids: Sequence[str]) -> None:
        reduce_entries(connection, ids, figures, today=terms.today, now=now)

    return Sweep(ledger, due, act)


def _persons(terms: Terms, vault: Vault, until: date) -> Sweep:
    held = select(post_holdings.c.id).where(
        post_holdings.c.person_id == persons.c.id,
        or_(post_holdings.c.held_to.is_(None), post_holdings.c.held_to > until),
    )
    to_come = select(notices.c.id).where(
        notices.c.person_id == persons.c.id, notices.c.ended_at.is_(None)
    )
    signs_in = select(users.c.id).where(
        users.c.person_id == persons.c.id, users.c.disabled_at.is_(None)
    )
    due = select(persons.c.id).where(
        persons.c.left_on <= until,
        persons.c.reduced_on.is_(None),
        persons.c.handle != OPERATOR,
        ~persons.c.handle.startswith(GROUP, autoescape=True),
        ~held.exists(),
        ~to_come.exists(),
        ~signs_in.exists(),
        ~is_held(persons.c.id, terms.today),
    )

    def act(connection: Connection, ids: Sequence[str]) -> None:
        for id_ in ids:
            reduce_person(connection, vault, id_, today=terms.today)

    return Sweep("persons", due, act)


def _records(terms: Terms, kind: str, until: date) -> Sweep:
    gone = with_fate(OF_CHILD, "records", Fate.GONE)
    due = select(records.c.id).where(
        records.c.kind == kind,
        records.c.recorded_on <= until,
        or_(*(records.c[name].is_not(None) for name in gone)),
        ~_is_kept(records.c.entry_id, terms),
    )
    cleared = {**dict.fromkeys(gone), "fingerprint": records.c.id}
    return Sweep(f"records.{kind}", due, _clearing(records, cleared))


def _is_kept(entry_id: ColumnElement[str], terms: Terms) -> ColumnElement[bool]:
    """Say that a hold lasts on an entry, or that one of its records holds it for good."""
    holding = records.alias("holding")
    by_record = select(holding.c.id).where(
        holding.c.entry_id == entry_id,
        holding.c.kind.in_(terms.retention.legal_hold),
        holding.c.voided_at.is_(None),
    )
    return or_(is_held(entry_id, terms.today), by_record.exists())


def _of_the_engine(terms: Terms) -> Iterator[Sweep]:
    """Yield what the engine itself made and the configuration has a term for."""
    asked = terms.retention
    if asked.changes is not None:
        before = entry_changes.c.at < _begin(terms.until(asked.changes))
        held = _is_kept(entry_changes.c.entry_id, terms)
        due = select(entry_changes.c.id).where(before, ~held)
        yield Sweep("changes", due, _deleting(entry_changes))
    if asked.quarantine is not None:
        # Ids begin with the time.
        old = quarantine.c.id < new_id(_begin(terms.until(asked.quarantine)))
        yield Sweep("quarantine", select(quarantine.c.id).where(old), _deleting(quarantine))
    if asked.imports is not None:
        old = imports.c.finished_at < _begin(terms.until(asked.imports))
        said = or_(imports.c.file != "", imports.c.recorded_by != "")
        clear = _clearing(imports, {"file": "", "recorded_by": ""})
        yield Sweep("imports", select(imports.c.id).where(old, said), clear)
    if asked.differences is not None:
        old = differences.c.settled_on <= terms.until(asked.differences)
        yield Sweep("differences", select(differences.c.id).where(old), _deleting(differences))
    if asked.matters is not None:
        old = matters.c.closed_at < _begin(terms.until(asked.matters))
        yield Sweep("matters", select(matters.c.id).where(old), _deleting(matters))
    if asked.forms is not None:
        old = forms.c.made_at < _begin(terms.until(asked.forms))
        yield Sweep("forms", select(forms.c.id).where(old), _delete_forms)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _clearing(
    table: Table, values: Mapping[str, object]
) -> Callable[[Connection, Sequence[str]], object]:
    def act(connection: Connection, ids: Sequence[str]) -> None:
        connection.execute(update(table).where(among(connection, table.c.id, ids)).values(values))

    return act


def _deleting(table: Table) -> Callable[[Connection, Sequence[str]], object]:
    def act(connection: Connection, ids: Sequence[str]) -> None:
        connection.execute(delete(table).where(among(connection, table.c.id, ids)))

    return act


def _delete_forms(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(delete(form_lines).where(among(connection, form_lines.c.form_id, ids)))
    connection.execute(delete(forms).where(among(connection, forms.c.id, ids)))
