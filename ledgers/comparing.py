"""Compares another system's list with the ledger: nothing is taken over, what differs is kept.

The same list again adds nothing. What a later list of the same system agrees on is settled; if it
comes apart once more, that is a new difference.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from config.lean import dataclass
from ledgers.among import among
from ledgers.codes import ancestors
from ledgers.database import Database
from ledgers.differing import (
    Difference,
    Kind,
    differences_of,
    is_only_there,
    only_here,
    stated,
    subject_key,
)
from ledgers.entries import ids_by_number
from ledgers.ids import new_id, new_ids
from ledgers.imports import (
    CHILDREN,
    IMPORTED,
    INSTITUTIONS,
    ImportContext,
)
from ledgers.missing import missing_institutions, missing_numbers
from ledgers.pacing import CHILDREN_PER_UNIT, QUARANTINE_PER_UNIT, Pace, Progress, chunks
from ledgers.places import Places
from ledgers.regions import load_regions
from ledgers.rows import FileRows, Problem
from ledgers.sources import Source
from ledgers.tables import differences, imports
from ledgers.touching import touch
from ledgers.verdicts import Refused, Same, Verdict, decide
from ledgers.writing import refusal_of

_Key = tuple[str | None, str, str]
"""Entry, field, and what the other says of it."""


class _Kept(NamedTuple):
    """A difference that was found before and is not settled."""

    id: str
    kind: Kind


class Compared(StrEnum):
    """What a comparison counts."""

    READ = "read"
    SAME = "same"
    DIFFERING = "differing"  # entries of which some field differs
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    UNCLEAR = "unclear"  # rows that nobody can tell apart
    NEW = "new"  # differences found for the first time
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Comparing:
    """Which system a list comes from, whether it lists everybody, and whether anything is kept."""

    source: str
    whole: bool = True
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found. `import_id` None: nothing new was found, or nothing is to be kept."""

    file: str
    source: str
    counts: Mapping[Compared, int]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[str, ...]
    import_id: str | None = None


@dataclass(slots=True)
class _Seen:
    """What the rows of a list came to so far."""

    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[Compared] = field(default_factory=Counter)
    entries: set[str] = field(default_factory=set)
    said: set[tuple[str | None, str]] = field(default_factory=set)  # entries with fields stated
    subjects: set[str] = field(default_factory=set)
    children_at: list[str | None] = field(default_factory=list)


def compare(
    database: Database,
    rows: FileRows,
    context: ImportContext,
    how: Comparing,
    *,
    progress: Progress | None = None,
) -> Comparison:
    """Hold a list against the ledger as it is, and keep what differs."""
    source = Source(rows, context)
    seen = _Seen(problems=list(source.problems))
    seen.counts[Compared.READ] = source.row_count
    pace = Pace(database, source.row_count, writes=False, progress=progress)
    with pace.unit() as connection:
        site = context.settings.site
        places = Places(site, load_regions(connection, within=site))
    for ledger in IMPORTED:
        _look(pace, source, places, (context, ledger), seen)
    seen.differences = [_placed(one, places) for one in seen.differences]
    if how.whole:
        with pace.unit() as connection:
            _look_for_missing(connection, source, context, seen)
    import_id = _keep(database, rows, context, how, seen)
    return Comparison(
        file=rows.file,
        source=how.source,
        counts={count: seen.counts[count] for count in Compared},
        differences=tuple(seen.differences),
        problems=tuple(seen.problems),
        skipped=rows.skipped,
        import_id=import_id,
    )


def _look(
    pace: Pace, source: Source, places: Places, of: tuple[ImportContext, str], seen: _Seen
) -> None:
    """Decide on the rows of one ledger, as an import would."""
    context, ledger = of
    prepared = source.prepared(ledger, places)
    seen.problems += prepared.problems
    claimed: dict[str, int] = {}
    for chunk in chunks(prepared.facts, CHILDREN_PER_UNIT):
        with pace.unit() as connection:
            for verdict in decide(connection, context.vault, chunk, claimed):
                _note(verdict, context, seen)
        pace.advance(len(chunk))


def _placed(one: Difference, places: Places) -> Difference:
    """Answer a difference without the codes that places were given for the comparison only."""
    made_up = {region.code: region.name for region in places.invented}
    if one.field in ("lives_in", "registered_in") and one.theirs in made_up:
        return replace(one, theirs=made_up[one.theirs])
    region = one.region
    while region in made_up:
        region = next(iter(ancestors(region)), None)
    return one if region == one.region else replace(one, region=region)


def _note(verdict: Verdict, context: ImportContext, seen: _Seen) -> None:
    facts, vault = verdict.facts, context.vault
    found = list(differences_of(verdict, vault))
    seen.differences += found
    if isinstance(verdict, Same):
        id_ = verdict.known.id
        seen.entries.add(id_)
        seen.subjects.add(subject_key(facts, vault))
        seen.said |= {(id_, name) for name in stated(facts)}
        seen.counts[Compared.DIFFERING if found else Compared.SAME] += 1
        if facts.ledger == CHILDREN:
            seen.children_at.append(verdict.known.lives_in)
    elif is_only_there(verdict):
        seen.counts[Compared.ONLY_THERE] += 1
    elif isinstance(verdict, Refused):
        seen.counts[Compared.UNCLEAR] += 1
        seen.problems.append(refusal_of(verdict))


def _look_for_missing(
    connection: Connection, source: Source, context: ImportContext, seen: _Seen
) -> None:
    """Add the active entries that the list should have and has not."""
    by_ledger = {CHILDREN: missing_numbers(connection, seen.children_at, seen.entries)}
    if source.rows_of(INSTITUTIONS):
        by_ledger[INSTITUTIONS] = missing_institutions(connection, seen.entries)
    for ledger, numbers in by_ledger.items():
        ids = ids_by_number(connection, numbers) if numbers else {}
        seen.counts[Compared.ONLY_HERE] += len(numbers)
        seen.differences += [
            only_here(ledger, ids[number], number, context.vault) for number in numbers
        ]


def _keep(
    database: Database, rows: FileRows, context: ImportContext, how: Comparing, seen: _Seen
) -> str | None:
    """Write what is new and settle what agrees by now; answer the import that it stands under."""
    with database.reading() as connection:
        known = _open(connection, how.source)
    fresh = list({_key(one): one for one in seen.differences if _key(one) not in known}.values())
    settled = _settled(known, seen)
    seen.counts[Compared.NEW], seen.counts[Compared.SETTLED] = len(fresh), len(settled)
    if not how.writes or not (fresh or settled):
        return None
    pace = Pace(database, 0, writes=True)
    with pace.unit() as connection:
        import_id = _start(connection, rows, context, seen)
    for ids in chunks(settled, QUARANTINE_PER_UNIT):
        with pace.unit() as connection:
            _settle(connection, ids, context)
    for some in chunks(fresh, QUARANTINE_PER_UNIT):
        with pace.unit() as connection:
            _insert(connection, some, context, (how.source, import_id))
        pace.advance(len(some))
    return import_id


def _start(connection: Connection, rows: FileRows, context: ImportContext, seen: _Seen) -> str:
    """Write down that a list was compared; never the import of that file that was broken off."""
    id_ = new_id(context.now)
    connection.execute(
        insert(imports).values(
            id=id_,
            file=rows.file[:255],
            digest=rows.digest,
            started_at=context.now,
            finished_at=context.now,
            recorded_by=context.recorded_by[:100],
            counts=json.dumps({str(count): number for count, number in seen.counts.items()}),
        )
    )
    return id_


def _open(connection: Connection, source: str) -> dict[_Key, _Kept]:
    d = differences.c
    query = select(d.id, d.entry_id, d.field, d.said_key, d.kind).where(
        d.source == source, d.settled_on.is_(None)
    )
    rows = connection.execute(query)
    return {(row.entry_id, row.field, row.said_key): _Kept(row.id, Kind(row.kind)) for row in rows}


def _key(one: Difference) -> _Key:
    return one.entry_id, one.field, one.said_key


def _settled(known: Mapping[_Key, _Kept], seen: _Seen) -> list[str]:
    """Answer the differences that this list speaks of, and no longer has."""
    still = {_key(one) for one in seen.differences}
    ids = []
    for key, kept in known.items():
        entry_id, name, said_key = key
        if key in still:
            continue
        speaks = {
            Kind.FIELD: (entry_id, name) in seen.said,
            Kind.ONLY_HERE: entry_id in seen.entries,
            Kind.ONLY_THERE: said_key in seen.subjects,
        }
        if speaks[kept.kind]:
            ids.append(kept.id)
    return ids


def _settle(connection: Connection, ids: Sequence[str], context: ImportContext) -> None:
    connection.execute(
        update(differences)
        .where(among(connection, differences.c.id, ids), differences.c.settled_on.is_(None))
        .values(settled_on=context.today)
    )


def _insert(
    connection: Connection,
    fresh: Sequence[Difference],
    context: ImportContext,
    of: tuple[str, str],
) -> None:
    """Write differences nobody has written meanwhile, and have evaluation look at their entries."""
    source, import_id = of
    known = _open(connection, source)
    new = [one for one in fresh if _key(one) not in known]
    rows = [
        {
            "id": id_,
            "entry_id": one.entry_id,
            "kind": one.kind.value,
            "ledger": one.ledger,
            "field": one.field,
            "ours": one.ours,
            "theirs": one.theirs,
            "region": one.region if one.kind is Kind.ONLY_THERE else None,
            "sheet": None if one.place is None else one.place.sheet[:100],
            "row": None if one.place is None else one.place.row,
            "found_on": context.today,
            "source": source,
            "import_id": import_id,
            "said_key": one.said_key,
        }
        for id_, one in zip(new_ids(context.now, len(new)), new, strict=True)
    ]
    if rows:
        connection.execute(insert(differences), rows)
    ids = sorted({one.entry_id for one in new if one.entry_id is not None})
    touch(connection, ids, known_on=context.today)
