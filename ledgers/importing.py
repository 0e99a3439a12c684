"""Brings what was read from a file into the ledger: planned first, then written in short units.

A plan and its application are one code path that either only reads or also writes, so that a dry
run reports what a real one does. Each unit of work decides on the rows of its chunk against the
ledger as it is at that moment, and is whole by itself: an import that was broken off is simply
imported again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field

from sqlalchemy import Connection

from config.lean import dataclass
from ledgers.act_rows import ActSource, read_acts
from ledgers.database import Database
from ledgers.directors import Directors
from ledgers.imports import (
    IMPORTED,
    INSTITUTIONS,
    Count,
    ImportContext,
    ImportReport,
    finish_import,
    start_import,
)
from ledgers.jurisdictions import keep_jurisdictions
from ledgers.memory import collecting_rarely
from ledgers.missing import missing_institutions, missing_numbers
from ledgers.pacing import (
    CHILDREN_PER_UNIT,
    MOVES_PER_UNIT,
    PERSONS_PER_UNIT,
    QUARANTINE_PER_UNIT,
    REGIONS_PER_UNIT,
    Pace,
    Progress,
    chunks,
)
from ledgers.places import Places
from ledgers.quarantined import GoodRow, keep_bad_rows, settle_mended
from ledgers.region_lists import RegionPlan, plan_regions
from ledgers.regions import Move, add_regions, load_regions, move_region, rename_regions
from ledgers.rows import FileRows
from ledgers.sources import Prepared, Source
from ledgers.staff import Staff
from ledgers.staff_changes import write_staff
from ledgers.successions import keep_history, moves_of
from ledgers.verdicts import decide
from ledgers.watching import Watch
from ledgers.writing import Chunk, Tally, prepare_chunk, write_chunk


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file and what importing it would do."""

    rows: FileRows
    report: ImportReport
    prepared: Mapping[str, Prepared] = field(default_factory=dict, repr=False)


@collecting_rarely()
def plan_import(database: Database, rows: FileRows, context: ImportContext) -> ImportPlan:
    """Find out what an import would do; writes nothing."""
    run = _Run(database, rows, context)
    report = run.go()
    return ImportPlan(rows, report, run.prepared)


@collecting_rarely()
def apply_import(
    database: Database,
    plan: ImportPlan,
    context: ImportContext,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Write what was planned, against the ledger as it is by now.

    A sheet that would change names, birth dates or ID numbers of too many rows stops everything
    before anything is written: the report then names it in `alarms` and has no import id; `force` is
    the answer that this is meant.
    """
    if plan.report.alarms and not force:
        return plan.report
    run = _Run(database, plan.rows, context, writes=True, progress=progress)
    run.prepared = dict(plan.prepared)
    return run.go()


class _Run:
    """One pass over a file, with or without writing."""

    def __init__(
        self,
        database: Database,
        rows: FileRows,
        context: ImportContext,
        *,
        writes: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._database = database
        self._rows = rows
        self._context = context
        self._writes = writes
        self.prepared: dict[str, Prepared] = {}
        self._source = Source(rows, context)
        self._tally = Tally(problems=list(self._source.problems))
        self._import_id: str | None = None
        self._places = Places(context.settings.site, ())
        self._invented = 0
        self._watch = Watch()
        self._pace = Pace(database, self._source.row_count, writes=writes, progress=progress)

    def go(self) -> ImportReport:
        """Do everything in order and answer what came of it."""
        self._begin()
        self._apply_regions()
        self._apply_persons()
        for ledger in IMPORTED:
            self._apply_entries(ledger)
        self._apply_acts()
        self._settle()
        return self._finish()

    def _begin(self) -> None:
        self._tally.counts[Count.READ] = self._source.row_count
        if self._writes:
            with self._pace.unit() as connection:
                self._import_id = start_import(
                    connection, self._context, file=self._rows.file, digest=self._rows.digest
                )

    def _apply_regions(self) -> None:
        site = self._context.settings.site
        with self._pace.unit() as connection:
            plan = plan_regions(load_regions(connection), self._source.regions)
        self._write_regions(plan)
        self._tally.problems += plan.problems
        self._tally.counts[Count.REGIONS] = len(plan.new)
        changed = len(plan.renamed) + len(plan.moves) + len(plan.successions)
        self._tally.counts[Count.REGIONS_CHANGED] = changed
        with self._pace.unit() as connection:
            known = load_regions(connection) if self._writes else plan.after
            self._places = Places(site, (r for r in known if r.code.startswith(site)))
            if self._source.names_the_county:
                self._places.name_site(self._context.settings.site_name)
            self._places.find_all(self._source.written_places())
            self._write_invented(connection)

    def _write_regions(self, plan: RegionPlan) -> None:
        if not self._writes:
            return
        for new in chunks(plan.new, REGIONS_PER_UNIT):
            with self._pace.unit() as connection:
                add_regions(connection, new)
        if plan.renamed:
            with self._pace.unit() as connection:
                rename_regions(connection, plan.renamed)
        self._move_regions(plan.moves)
        if plan.successions:
            with self._pace.unit() as connection:
                moves, made = moves_of(connection, plan.successions)
                add_regions(connection, made)
            self._move_regions(moves)

    def _move_regions(self, moves: Sequence[Move]) -> None:
        context = self._context
        for some in chunks(moves, MOVES_PER_UNIT):
            with self._pace.unit() as connection:
                for move in some:
                    keep_history(connection, move, import_id=self._import_id, now=context.now)
                    move_region(connection, move, today=self._context.today)
                    self._context.moved(connection, move)

    def _write_invented(self, connection: Connection) -> None:
        fresh = self._places.invented[self._invented :]
        self._invented = len(self._places.invented)
        self._tally.counts[Count.REGIONS] += len(fresh)
        if self._writes:
            add_regions(connection, fresh)

    def _apply_persons(self) -> None:
        staff: Staff | None = None
        for chunk in chunks(self._source.persons, PERSONS_PER_UNIT):
            with self._pace.unit() as connection:
                if staff is None or self._writes:
                    staff = Staff.load(connection, self._context, self._places, earlier=staff)
                for row in chunk:
                    staff.read(row)
                self._write_invented(connection)
                if self._writes:
                    write_staff(connection, self._context, staff.changes, import_id=self._import_id)
            if self._writes:
                self._count_staff(staff)
            self._pace.advance(len(chunk))
        if staff is not None and not self._writes:
            self._count_staff(staff)

    def _count_staff(self, staff: Staff) -> None:
        changes, counts = staff.changes, self._tally.counts
        counts[Count.PERSONS] += len(changes.new)
        counts[Count.PERSONS_CHANGED] += changes.brought_up_to_date
        counts[Count.POSTS] += len(changes.holdings) + len(changes.ended)
        self._tally.problems += changes.problems

    def _apply_entries(self, ledger: str) -> None:
        earlier = self.prepared.get(ledger)
        found = self._source.prepared(ledger, self._places, earlier=earlier)
        self.prepared[ledger] = found
        self._tally.problems += found.problems
        self._tally.counts[Count.MERGED] += found.merged
        claimed: dict[str, int] = {}
        directors: Directors | None = None
        for chunk in chunks(found.facts, CHILDREN_PER_UNIT):
            with self._pace.unit() as connection:
                verdicts = decide(connection, self._context.vault, chunk, claimed)
                prepared = prepare_chunk(
                    connection,
                    self._context,
                    verdicts,
                    import_id=self._import_id,
                    tally=self._tally,
                )
                if self._import_id is not None:
                    self._write_invented(connection)
                    write_chunk(connection, self._context, self._places, prepared, self._import_id)
                directors = directors or Directors.load(connection, self._context)
                self._assign(connection, directors, prepared)
            self._watch.look_at(verdicts)
            self._pace.advance(len(chunk))

    def _assign(self, connection: Connection, directors: Directors, chunk: Chunk) -> None:
        """Give children to the directors that their rows name, where the post does not already."""
        named = chunk.naming_directors()
        if not named or directors.role is None:
            return
        wanted, problems = directors.wanted(connection, named)
        new, replacing = directors.fresh(connection, wanted, chunk.said_anew())
        self._tally.problems += problems
        self._tally.counts[Count.ASSIGNMENTS] += len(new)
        if self._writes:
            directors.assign(connection, new, replacing=replacing)

    def _apply_acts(self) -> None:
        seen: set[tuple[object, ...]] = set()
        for form_id, rows in self._source.acts:
            for chunk in chunks(rows, CHILDREN_PER_UNIT):
                with self._pace.unit() as connection:
                    source = ActSource(form_id, self._import_id, seen)
                    acts = read_acts(connection, self._context, self._places, chunk, source=source)
                    if self._writes and acts.requests:
                        self._context.door(connection, acts.requests)
                self._tally.problems += acts.problems
                self._tally.counts[Count.RECORDS] += len(acts.requests)
                self._tally.counts[Count.RECORDS_KNOWN] += acts.known
                self._pace.advance(len(chunk))

    def _settle(self) -> None:
        """Put bad rows into quarantine, and take out what good rows have mended."""
        if self._import_id is None:
            return
        vault, now, import_id = self._context.vault, self._context.now, self._import_id
        bad = self._source.bad_rows(self._tally.problems)
        for chunk in chunks(bad, QUARANTINE_PER_UNIT):
            with self._pace.unit() as connection:
                keep_bad_rows(connection, vault, chunk, now=now, import_id=import_id)
        self._keep_jurisdictions(import_id)
        still_bad = {(one.place.sheet, one.place.row) for one in bad}
        rows = [*map(GoodRow.of, self._tally.good), *self._source.good_others()]
        good = [one for one in rows if (one.place.sheet, one.place.row) not in still_bad]
        with self._pace.unit() as connection:
            settle_mended(connection, vault, (good, bad), now=now, import_id=import_id)

    def _keep_jurisdictions(self, import_id: str) -> None:
        context = self._context
        if not context.settings.jurisdictions:
            return
        with self._pace.unit() as connection:
            keep_jurisdictions(
                connection,
                context.settings.site,
                import_id=import_id,
                now=context.now,
                today=context.today,
            )

    def _finish(self) -> ImportReport:
        counts, tally = self._tally.counts, self._tally
        bad = self._source.bad_rows(tally.problems)
        missing: tuple[str, ...] = ()
        if not self._source.is_mending:
            with self._database.reading() as connection:
                missing = missing_numbers(connection, tally.children_at, tally.seen)
                if self._source.rows_of(INSTITUTIONS):
                    missing += missing_institutions(connection, tally.seen)
        counts[Count.MISSING] = len(missing)
        counts[Count.QUARANTINED] = len(bad)
        counts[Count.WARNINGS] = len(tally.problems) - sum(len(one.problems) for one in bad)
        if self._import_id is not None:
            with self._pace.unit() as connection:
                finish_import(connection, self._import_id, counts=counts, now=self._context.now)
        return ImportReport(
            file=self._rows.file,
            dry_run=not self._writes,
            counts={count: counts[count] for count in Count},
            problems=tuple(self._tally.problems),
            missing=missing,
            alarms=self._watch.alarms(self._source.entry_rows_by_sheet),
            skipped=self._rows.skipped,
            import_id=self._import_id,
        )
