"""A file's rows sorted by what they are, with the order in which an import needs them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import field

from config.lean import dataclass
from ledgers.duty_places import all_places
from ledgers.facts import Facts, declared_of, facts_of, refused, warnings_of, written
from ledgers.imports import CHILDREN, INSTITUTIONS, ImportContext
from ledgers.institutions import institution_facts, place_of, written_of
from ledgers.matching import MatchProblem, merge_rows
from ledgers.places import PlaceProblem, Places, Written
from ledgers.quarantined import BadRow, GoodRow
from ledgers.reading.vocabulary import Kind
from ledgers.row_texts import AnyRow, texts_of
from ledgers.rows import (
    ChildRow,
    FileRows,
    InstitutionRow,
    PersonRow,
    Problem,
    RecordRow,
    RegionRow,
    Severity,
    SheetRows,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rows of a file about one ledger's entries, ready to be compared with it."""

    places: list[str | PlaceProblem] = field(repr=False)
    facts: list[Facts] = field(repr=False)
    merged: int
    problems: list[Problem]


class Source:
    """What one file brings, whatever sheets it stands in."""

    def __init__(self, rows: FileRows, context: ImportContext) -> None:
        self._context = context
        self._sheets = rows.sheets
        self.regions: list[RegionRow] = []
        self.persons: list[PersonRow] = []
        self.acts: list[tuple[str | None, list[RecordRow]]] = []
        self._children: list[ChildRow] = []
        self._institutions: list[InstitutionRow] = []
        for sheet in rows.sheets:
            self._sort(sheet)

    def _sort(self, sheet: SheetRows) -> None:
        acts: list[RecordRow] = []
        for row in sheet.rows:
            if isinstance(row, ChildRow):
                self._children.append(row)
            elif isinstance(row, InstitutionRow):
                self._institutions.append(row)
            elif isinstance(row, PersonRow):
                self.persons.append(row)
            elif isinstance(row, RegionRow):
                self.regions.append(row)
            else:
                acts.append(row)
        if acts:
            self.acts.append((sheet.form_id, acts))

    @property
    def problems(self) -> list[Problem]:
        """What reading has found."""
        return [problem for sheet in self._sheets for problem in sheet.problems]

    @property
    def row_count(self) -> int:
        """How many rows were read, refused ones included."""
        taken = sum(len(sheet.rows) for sheet in self._sheets)
        refused_rows = {
            (sheet.sheet, p.place.row)
            for sheet in self._sheets
            for p in sheet.problems
            if p.severity is Severity.REFUSED
        }
        return taken + len(refused_rows)

    @property
    def entry_rows_by_sheet(self) -> Counter[str]:
        """How many children or institutions each sheet lists."""
        return Counter(
            place.sheet
            for rows in (self._children, self._institutions)
            for place in (row.place for row in rows)
        )

    @property
    def is_mending(self) -> bool:
        """Whether this is the workbook of mended rows: it does not list everybody."""
        return any("quarantine" in row.extras for row in self._children) or any(
            row.mends for row in self._institutions
        )

    def good_others(self) -> Iterator[GoodRow]:
        """Answer the rows of people, divisions and acts; an act without a day was left blank."""
        for person in self.persons:
            yield GoodRow(person.place, person.name, person.mends)
        for region in self.regions:
            yield GoodRow(region.place, None, region.mends)
        for _form, acts in self.acts:
            for act in acts:
                if act.happened is not None:
                    yield GoodRow(act.place, None, act.mends)

    def written_places(self) -> Iterator[Written]:
        """Answer every place that a row names."""
        yield from map(written, self._children)
        for row in self._institutions:
            named = written_of(row, self._context.settings)
            if named is not None:
                yield named
        yield from all_places(self.persons, dict(self._context.settings.roles))

    def rows_of(self, ledger: str) -> int:
        """Answer how many rows are about a ledger's entries."""
        return len(self._institutions if ledger == INSTITUTIONS else self._children)

    @property
    def names_the_county(self) -> bool:
        """Whether some institution may belong to the county itself."""
        return bool(self._institutions)

    def prepared(
        self, ledger: str, places: Places, *, earlier: "Prepared | None" = None
    ) -> "Prepared":
        """Answer the facts of every row of a ledger that can be told apart from the others.

        What was prepared `earlier` is taken as it is if every row still lies in the same place.
        """
        found = self._places(ledger, places)
        if earlier is not None and earlier.places == found:
            return earlier
        readable: list[Facts] = []
        problems: list[Problem] = []
        for facts, odd in self._read(ledger, found, places):
            problems += odd
            if isinstance(facts, Problem):
                problems.append(facts)
            else:
                readable.append(facts)
        kept, merged, duplicates = merge_rows(readable)
        problems += [refused(facts.place, "row", MatchProblem.DUPLICATE) for facts in duplicates]
        sealed_off = [facts.sealed_off(self._context.vault) for facts in kept]
        return Prepared(found, sealed_off, len(merged), problems)

    def _places(self, ledger: str, places: Places) -> list[str | PlaceProblem]:
        if ledger == CHILDREN:
            return [places.find(written(row)) for row in self._children]
        settings = self._context.settings
        return [place_of(row, places, settings) for row in self._institutions]

    def _read(
        self, ledger: str, found: Sequence[str | PlaceProblem], places: Places
    ) -> Iterator[tuple[Facts | Problem, Sequence[Problem]]]:
        """Yield each row's facts, or why there are none, with what is odd about it."""
        context = self._context
        if ledger == CHILDREN:
            for child, place in zip(self._children, found, strict=True):
                facts = facts_of(child, place, places=places, context=context)
                yield facts, warnings_of(child, context)
            return
        for row, place in zip(self._institutions, found, strict=True):
            odd = declared_of(row, INSTITUTIONS, context).problems
            yield institution_facts(row, place, context=context), odd

    def bad_rows(self, problems: Sequence[Problem]) -> list[BadRow]:
        """Answer each row that was refused, with its problems and what it says."""
        by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
        for problem in problems:
            if problem.severity is Severity.REFUSED:
                by_row[(problem.place.sheet, problem.place.row)].append(problem)
        if not by_row:
            return []
        said: dict[tuple[str, int], AnyRow] = {
            (sheet.sheet, row.place.row): row
            for sheet in self._sheets
            for row in sheet.rows
            if (sheet.sheet, row.place.row) in by_row
        }
        sheets = {sheet.sheet: sheet for sheet in self._sheets}
        bad = []
        for (name, number), found in sorted(by_row.items()):
            sheet, row = sheets[name], said.get((name, number))
            texts = sheet.refused_texts.get(number) or (
                {} if row is None else texts_of(row, kind=Kind(sheet.kind))
            )
            bad.append(BadRow(sheet.kind, tuple(found), texts))
        return bad
