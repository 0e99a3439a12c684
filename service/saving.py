"""Backup and restore: everything as one SQLite file, from and to both databases.

The keys are in it as they are in the database: wrapped by the master key, which is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import DatabaseError

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from alerts.holding import HeldFor, hold_delivery
from config.lean import dataclass
from ledgers.audit_chain import Event, append, bind, head
from ledgers.audit_tables import audit_events
from ledgers.audit_verify import KnownHead
from ledgers.database import Database
from ledgers.erasures import list_erased, note_erased
from ledgers.keyrings import Keys, ring_of
from ledgers.persons import load_persons
from ledgers.sealing import Vault
from ledgers.tables import entries, metadata, persons
from service.auditing import Act, account
from service.chain_saving import Brought, bring_chain, copy_chain
from service.errors import BackupExists, NotABackup, NotEmpty
from service.locks import no_daemon
from service.migrations import newest, require_current, revision_of, revisions

_ROWS = 2000
_TABLES = [one for one in metadata.sorted_tables if one is not audit_events]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was copied: rows by table, and the newest audit event in it (number 0: there is none)."""

    rows: dict[str, int]
    head: KnownHead

    @property
    def total(self) -> int:
        """All rows together."""
        return sum(self.rows.values())


def backup(database: Database, file: Path) -> Saved:
    """Copy everything as it stands at one moment; a daemon may go on meanwhile.

    Sealed columns stay sealed: without the master key the copy opens nothing. The file is whole or
    not there, and readable by its owner only.

    Raises:
        OldDatabase, NewerDatabase: the tables are not those of this version.
        BackupExists: there is a file of that name.
    """
    require_current(database)
    if file.exists():
        raise BackupExists(str(file))
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with _sqlite(draft) as copy, _one_moment(database) as source, copy.writing() as target:
            _migrate(target)
            saved = _copy_all(source, target)
            saved.rows[audit_events.name] = copy_chain(source, target)
        _settle(draft)
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return saved


def restore(
    database: Database, file: Path, keys: Keys, *, now: datetime, replace: bool = False
) -> Saved:
    """Put a backup in the place of everything; nothing goes out until an operator releases it.

    A backup of an older version is brought to this one first; the file itself stays as it is.

    Raises:
        NotABackup: the file is none, or of a newer version.
        NotEmpty: the database holds something, and `replace` was not said.
        OtherMasterKey, KeysMissing, KeysInClear, UnreadableValue: these are not the keys it was made
            with; nothing was touched.
        DaemonRuns: stop it first.
    """
    with no_daemon(database), _current_copy(file) as copy, copy.reading() as source:
        bind(database, _vault_of(source, keys))
        with database.writing() as target:
            _migrate(target)
            if not replace and _holds_anything(target):
                raise NotEmpty(database.name)
            erased = list_erased(target)
            for one in reversed(_TABLES):
                target.execute(one.delete())
            saved = _copy_all(source, target)
            note_erased(target, erased)
            _let_numbers_go_on(target)
            hold_delivery(target, HeldFor.RESTORED, now=now)
            _note_restored(target, bring_chain(source, target), now=now)
    return saved


def _note_restored(target: Connection, chain: Brought, *, now: datetime) -> None:
    details = {"reaches": str(chain.reaches), "set_aside": str(chain.set_aside)}
    append(target, Event(Act.RESTORED, account(), details=details), at=now)


def _copy_all(source: Connection, target: Connection) -> Saved:
    number, signed = head(source)
    rows = {one.name: _copy(source, target, one) for one in _TABLES}
    return Saved(rows, KnownHead(signed, number))


def _copy(source: Connection, target: Connection, one: Table) -> int:
    count = 0
    found = source.execution_options(yield_per=_ROWS).execute(select(one))
    for rows in found.mappings().partitions():
        target.execute(insert(one), [dict(row) for row in rows])
        count += len(rows)
    return count


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """Read everything as it stood when the first row was read, whoever writes meanwhile."""
    if database.is_sqlite:
        with database.reading() as connection:
            yield connection
        return
    with database.engine.connect() as connection:
        settled = connection.execution_options(isolation_level="REPEATABLE READ")
        with settled.begin():
            yield settled


@contextmanager
def _sqlite(path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{path}")
    try:
        yield opened
    finally:
        opened.close()


def _settle(path: Path) -> None:
    """Leave one file, without a write-ahead log beside it."""
    with _sqlite(path) as copy, copy.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA journal_mode=DELETE")
        cursor.close()


@contextmanager
def _current_copy(file: Path) -> Iterator[Database]:
    """Open a copy of a backup, with its tables brought to this version."""
    if not file.is_file():
        raise NotABackup(str(file))
    with TemporaryDirectory(prefix="shouwang-") as folder:
        path = Path(folder) / "copy.sqlite"
        path.write_bytes(file.read_bytes())
        with _sqlite(path) as copy:
            try:
                with copy.writing() as connection:
                    _refuse_other_files(connection, file)
                    _migrate(connection)
            except DatabaseError as error:
                raise NotABackup(str(file)) from error
            yield copy


def _refuse_other_files(connection: Connection, file: Path) -> None:
    if revision_of(connection) not in revisions():
        raise NotABackup(str(file))


def _migrate(connection: Connection) -> None:
    from service.migrations.running import migrate

    if revision_of(connection) != newest():
        migrate(connection)


def _vault_of(source: Connection, keys: Keys) -> Vault:
    """Answer what opens a backup, tried on the first person in it."""
    vault = Vault(ring_of(source, keys))
    first = source.scalars(select(persons.c.id).limit(1)).first()
    if first is not None:
        load_persons(source, vault, [first])
    return vault


def _holds_anything(connection: Connection) -> bool:
    """Say whether there is anything but the operator, whom opening a site writes."""
    people = select(func.count()).select_from(persons).where(persons.c.handle != "operator")
    registered = select(func.count()).select_from(entries)
    return any(connection.execute(query).scalar_one() for query in (people, registered))


def _let_numbers_go_on(connection: Connection) -> None:
    """PostgreSQL's own numbers begin after the highest that came in; SQLite sees to it itself."""
    if connection.dialect.name != "postgresql":
        return
    for one in metadata.sorted_tables:
        numbered = one.autoincrement_column
        if numbered is not None:
            highest = select(func.coalesce(func.max(numbered), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(one.name, numbered.name)
            connection.execute(select(func.setval(sequence, highest, False)))
