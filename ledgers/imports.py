"""One import: what it is told, what it counts, and its row in the ledger."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, text, update

from config.lean import dataclass
from config.model import Configuration, Level, RecordKind, Role
from ledgers.acts import RecordDoor
from ledgers.declared import DeclaredField
from ledgers.ids import new_id
from ledgers.preferences import Ways
from ledgers.problems import problem_sentence
from ledgers.reading.counties import division_of_office
from ledgers.regions import Move, MoveDoor
from ledgers.rows import Problem, Severity
from ledgers.sealing import Vault
from ledgers.tables import imports

CHILDREN, INSTITUTIONS = "children", "institutions"
"""The ledgers that sheets of children and of institutions belong to."""

IMPORTED = (CHILDREN, INSTITUTIONS)
"""Ledgers whose entries come from workbooks, in the order in which they are written."""

_LOCK = 0x53574C44  # any number, the same in every process


class Count(StrEnum):
    """What a report counts. Rows of children and of records are counted apart from what they made."""

    READ = "read"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    WARNINGS = "warnings"
    MISSING = "missing"
    INSTITUTIONS = "institutions"
    INSTITUTIONS_CHANGED = "institutions_changed"
    INSTITUTIONS_UNCHANGED = "institutions_unchanged"
    PERSONS = "persons"
    PERSONS_CHANGED = "persons_changed"
    POSTS = "posts"
    ASSIGNMENTS = "assignments"
    REGIONS = "regions"
    REGIONS_CHANGED = "regions_changed"
    RECORDS = "records"
    RECORDS_KNOWN = "records_known"


Counts = Counter[Count]

_WRITES = frozenset(Count) - {
    Count.READ,
    Count.UNCHANGED,
    Count.INSTITUTIONS_UNCHANGED,
    Count.MERGED,
    Count.QUARANTINED,
    Count.WARNINGS,
    Count.MISSING,
    Count.RECORDS_KNOWN,
}


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What the configuration says that an import needs."""

    site: str
    roles: Mapping[str, Role]
    records: Mapping[str, RecordKind]
    levels: tuple[Level, ...] = ()
    fields: Mapping[str, Mapping[str, DeclaredField]] = field(default_factory=dict)  # by ledger
    jurisdictions: bool = False  # some rule is for divisions themselves
    site_name: str | None = None  # the division's own: 演示县
    names_institutions: bool = False  # messages may name institutions
    labelling_words: tuple[str, ...] = ()
    ways: Ways = field(default_factory=dict)

    @classmethod
    def of(cls, configuration: Configuration, ways: Ways) -> "ImportSettings":
        """Take from a loaded configuration what is needed; `ways` are what its routes offer."""
        return cls(
            site=configuration.site.region,
            roles=configuration.roles,
            records=configuration.records,
            levels=configuration.levels,
            site_name=division_of_office(configuration.site.name),
            names_institutions=configuration.institution_names == "public",
            labelling_words=configuration.labelling_words,
            ways=ways,
            jurisdictions=any(
                configuration.group_of(rule).ledger == "jurisdictions"
                for rule in configuration.rules.values()
            ),
            fields={
                ledger: {name: DeclaredField.of(name, extra) for name, extra in declared.items()}
                for ledger, declared in configuration.fields.items()
            },
        )


def stay(_connection: Connection, _move: Move) -> None:
    """Let nobody else follow a division's new code: where there is only a ledger."""


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What stays the same through one import. `today` is the site's day of `now` (UTC).

    `door` records acts, and through `moved` whoever names divisions follows their new codes.
    """

    settings: ImportSettings
    vault: Vault
    door: RecordDoor
    today: date
    now: datetime
    recorded_by: str = ""
    moved: MoveDoor = stay


@dataclass(frozen=True, slots=True)
class SheetAlarm:
    """A sheet that would change names, birth dates or ID numbers of too many of its rows."""

    sheet: str
    rows: int
    changing: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do (`dry_run`). `missing` are village numbers not in the file."""

    file: str
    dry_run: bool
    counts: Mapping[Count, int]
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    alarms: tuple[SheetAlarm, ...] = ()
    skipped: tuple[str, ...] = ()
    import_id: str | None = field(default=None)

    @property
    def changed_nothing(self) -> bool:
        """Whether the ledger is as it was before: the file had been imported already."""
        return not any(self.counts.get(count, 0) for count in _WRITES)

    @property
    def needs_answer(self) -> bool:
        """Whether the import stopped before writing, to ask if so many changes are meant."""
        return bool(self.alarms) and self.import_id is None

    @property
    def has_quarantined(self) -> bool:
        """Whether some rows wait to be mended (exit code 3)."""
        return self.counts.get(Count.QUARANTINED, 0) > 0

    def as_json(self) -> dict[str, object]:
        """Answer the report for a machine; it holds no personal value."""
        return {
            "file": self.file,
            "import_id": self.import_id,
            "dry_run": self.dry_run,
            "changed_nothing": self.changed_nothing,
            "counts": {str(count): self.counts.get(count, 0) for count in Count},
            "problems": [problem_json(problem) for problem in self.problems],
            "missing": list(self.missing),
            "alarms": [
                {"sheet": alarm.sheet, "rows": alarm.rows, "changing": alarm.changing}
                for alarm in self.alarms
            ],
            "skipped": list(self.skipped),
        }


def take_turn(connection: Connection) -> None:
    """Let only one import decide and write at a time; held to the end of the transaction.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def start_import(connection: Connection, context: ImportContext, *, file: str, digest: str) -> str:
    """Answer the id of an import that begins, or of the same file's that was broken off."""
    broken_off = (
        select(imports.c.id)
        .where(imports.c.digest == digest, imports.c.finished_at.is_(None))
        .order_by(imports.c.id.desc())
    )
    known: str | None = connection.scalars(broken_off).first()
    if known is not None:
        return known
    id_ = new_id(context.now)
    connection.execute(
        insert(imports).values(
            id=id_,
            file=file[:255],
            digest=digest,
            started_at=context.now,
            recorded_by=context.recorded_by[:100],
        )
    )
    return id_


def finish_import(
    connection: Connection, import_id: str, *, counts: Mapping[Count, int], now: datetime
) -> None:
    """Make an import whole: from here on alerts may open from it."""
    written = json.dumps({str(count): number for count, number in sorted(counts.items())})
    connection.execute(
        update(imports).where(imports.c.id == import_id).values(finished_at=now, counts=written)
    )


def refused_rows(problems: tuple[Problem, ...]) -> set[tuple[str, int]]:
    """Answer sheet and row of every row with a problem that keeps it out."""
    return {(p.place.sheet, p.place.row) for p in problems if p.severity is Severity.REFUSED}


def problem_json(problem: Problem) -> dict[str, object]:
    """Answer one problem for a machine."""
    return {
        "file": problem.place.file,
        "sheet": problem.place.sheet,
        "row": problem.place.row,
        "column": problem.place.column,
        "field": problem.field,
        "code": problem.code,
        "severity": str(problem.severity),
        "value_class": problem.value_class,
        "value": problem.value,
        "allowed": list(problem.allowed),
        "sentence": problem_sentence(problem),
    }
