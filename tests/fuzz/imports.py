"""Whatever is handed in to be imported: all of it is in the ledger afterwards as reported, or none."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from ledgers.database import Database
from ledgers.errors import FileRefused
from ledgers.importing import apply_import, plan_import
from ledgers.imports import Count, ImportReport
from ledgers.reading.counties import known_counties
from ledgers.reading.reader import recognise
from ledgers.tables import entries, persons, quarantine, records, regions
from service.importing import import_context, vocabulary_of
from service.wiring import Site
from tests.fuzz.county import County
from tests.fuzz.cutting import PowerCut
from tests.fuzz.sheets import Sheet
from tests.fuzz.standing import changed, faults_of, picture_of, shape_of

_NOTED = ("imports",)
"""An import is noted each time."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """How many rows there are of what an import makes."""

    children: int
    institutions: int
    persons: int
    regions: int
    records: int
    quarantined: int

    @classmethod
    def of(cls, database: Database) -> "Shelves":
        """Count them."""
        with database.reading() as connection:
            kinds = select(entries.c.ledger, func.count()).group_by(entries.c.ledger)
            by_ledger = {one.ledger: int(one[1]) for one in connection.execute(kinds)}
            people, places, acts = (
                connection.scalar(select(func.count()).select_from(one)) or 0
                for one in (persons, regions, records)
            )
            rows = select(quarantine.c.import_id, quarantine.c.sheet, quarantine.c.row).distinct()
            waiting = connection.execute(rows).all()
        children, institutions = (by_ledger.get(one, 0) for one in ("children", "institutions"))
        return cls(children, institutions, people, places, acts, len(waiting))

    def follow(self, before: "Shelves", counts: Mapping[Count, int]) -> None:
        """See that what was counted is what was written."""
        assert self.children - before.children == counts[Count.NEW]
        assert self.institutions - before.institutions == counts[Count.INSTITUTIONS]
        assert self.persons - before.persons == counts[Count.PERSONS]
        # What takes an abolished division's place may be known, or come with it.
        new = self.regions - before.regions
        assert counts[Count.REGIONS] <= new <= counts[Count.REGIONS] + counts[Count.REGIONS_CHANGED]
        assert self.records - before.records == counts[Count.RECORDS]
        assert self.quarantined - before.quarantined == counts[Count.QUARANTINED]


def bring(site: Site, sheet: Sheet) -> ImportReport:
    """Import a sheet as the command does, once its cells are read.

    Raises:
        FileRefused: nothing was touched.
    """
    now = site.clock()
    counties = known_counties() | {site.configuration.site.region[:6]}
    rows = recognise(
        sheet.as_read(), vocabulary=vocabulary_of(site.configuration), county_codes=counties
    )
    with site.database.writing() as connection:
        plan = site.plan(connection, today=site.today(now))
    context = import_context(site, plan, now=now, recorded_by="office")
    return apply_import(site.database, plan_import(site.database, rows, context), context)


def is_whole_or_nothing(county: County, sheet: Sheet) -> None:
    """Import a sheet twice: as counted the first time, nothing the second."""
    county.put_back()
    with county.open() as site:
        taken_or_untouched(site, sheet)


def taken_or_untouched(site: Site, sheet: Sheet) -> None:
    """Import a sheet twice into what is there."""
    before, shelves = picture_of(site.database), Shelves.of(site.database)
    try:
        report = bring(site, sheet)
    except FileRefused:
        assert changed(before, picture_of(site.database)) == []
        return
    after = picture_of(site.database)
    assert faults_of(site.database) == []
    if report.needs_answer:
        assert changed(before, after) == []
        return
    Shelves.of(site.database).follow(shelves, report.counts)
    assert bring(site, sheet).changed_nothing
    assert changed(after, picture_of(site.database), but=_NOTED) == []


def comes_to_the_same_when_broken_off(county: County, tried: tuple[Sheet, int]) -> None:
    """Import a sheet while the power goes, then again: as if nothing had happened."""
    sheet, keeps = tried
    county.put_back()
    with county.open() as site:
        try:
            whole = bring(site, sheet)
        except FileRefused:
            return
        undisturbed = shape_of(site.database, but=_NOTED)
    county.put_back()
    with county.open(keeps=keeps) as site:
        try:
            bring(site, sheet)
        except PowerCut:
            assert faults_of(site.database) == []
    with county.open() as site:
        again = bring(site, sheet)
        assert again.needs_answer == whole.needs_answer
        assert shape_of(site.database, but=_NOTED) == undisturbed
