"""Writes one chunk of a ledger's rows: entries, what changed, acts, what to look at again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from datetime import date

from sqlalchemy import Connection, insert, select

from config.lean import dataclass
from ledgers.acts import RecordRequest, RecordSource
from ledgers.among import among
from ledgers.declared import write_values
from ledgers.entries import (
    Row,
    adopt_entries,
    insert_entries,
    new_row,
    update_entries,
    write_triggers,
)
from ledgers.facts import Facts, refused, warning
from ledgers.ids import new_ids
from ledgers.imports import CHILDREN, Count, Counts, ImportContext
from ledgers.institutions import free_handles
from ledgers.kinds import kind_of_act
from ledgers.levels import LevelChange, note_levels
from ledgers.numbers import give_numbers
from ledgers.places import Places
from ledgers.rows import Problem
from ledgers.sealing import Spot
from ledgers.tables import entry_changes, records
from ledgers.touching import touch
from ledgers.verdicts import New, Refused, Same, Verdict, joined_secret

_ACTIVE = "active"
_CHILD_COUNTS = (Count.NEW, Count.CHANGED, Count.UNCHANGED)
_INSTITUTION_COUNTS = (
    Count.INSTITUTIONS,
    Count.INSTITUTIONS_CHANGED,
    Count.INSTITUTIONS_UNCHANGED,
)


@dataclass(slots=True)
class Tally:
    """What an import has counted and found so far; `children_at`: where its children live."""

    counts: Counts = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    good: list[Facts] = field(default_factory=list)
    children_at: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The verdicts on some rows, with the records that they ask for.

    `entry_ids` has an id for each verdict, None where the row is refused.
    """

    verdicts: tuple[Verdict, ...]
    entry_ids: tuple[str | None, ...]
    requests: tuple[tuple[RecordRequest, ...], ...]

    @property
    def ledger(self) -> str:
        """The ledger that all of the rows belong to."""
        return self.verdicts[0].facts.ledger

    def is_change(self, index: int) -> bool:
        """Whether a row about a known entry says something new of it."""
        verdict = self.verdicts[index]
        return isinstance(verdict, Same) and bool(verdict.changes or self.requests[index])

    def naming_directors(self) -> list[tuple[str, str, Facts]]:
        """Answer the entries whose rows name a director, and where they live."""
        named = []
        for verdict, id_ in zip(self.verdicts, self.entry_ids, strict=True):
            facts = verdict.facts
            place = facts.lives_in or (
                verdict.known.lives_in if isinstance(verdict, Same) else None
            )
            if id_ is not None and facts.director is not None and place is not None:
                named.append((id_, place, facts))
        return named

    def said_anew(self) -> set[str]:
        """Answer the entries whose row is not the one they were last written by."""
        return {
            id_
            for verdict, id_ in zip(self.verdicts, self.entry_ids, strict=True)
            if id_ is not None and not (isinstance(verdict, Same) and verdict.is_the_same_row)
        }


def prepare_chunk(
    connection: Connection,
    context: ImportContext,
    verdicts: Sequence[Verdict],
    *,
    import_id: str | None,
    tally: Tally,
) -> Chunk:
    """Find out which acts are new, and count everything; writes nothing."""
    made = iter(new_ids(context.now, len(verdicts)))
    ids = tuple(
        verdict.known.id if isinstance(verdict, Same) else next(made) for verdict in verdicts
    )
    requests = _requests(connection, context, (verdicts, ids), import_id=import_id, tally=tally)
    entry_ids = tuple(
        None if isinstance(verdict, Refused) else id_
        for verdict, id_ in zip(verdicts, ids, strict=True)
    )
    chunk = Chunk(tuple(verdicts), entry_ids, requests)
    _count(chunk, tally)
    return chunk


def write_chunk(
    connection: Connection, context: ImportContext, places: Places, chunk: Chunk, import_id: str
) -> None:
    """Write everything of a chunk into the caller's transaction."""
    _write_new(connection, context, places, chunk, import_id)
    _write_changed(connection, context, chunk, import_id)
    requests = [request for one in chunk.requests for request in one]
    if requests:
        context.door(connection, requests)


def refusal_of(verdict: Refused) -> Problem:
    """Answer why nobody can say which entry a row is about."""
    return refused(verdict.facts.place, "row", verdict.problem)


def _count(chunk: Chunk, tally: Tally) -> None:
    new, changed, unchanged = _CHILD_COUNTS if chunk.ledger == CHILDREN else _INSTITUTION_COUNTS
    for index, verdict in enumerate(chunk.verdicts):
        if isinstance(verdict, Refused):
            tally.problems.append(refusal_of(verdict))
            continue
        tally.good.append(verdict.facts)
        if chunk.ledger == CHILDREN:
            tally.children_at.append(verdict.facts.lives_in)
        tally.counts[Count.RECORDS] += len(chunk.requests[index])
        tally.seen.add(chunk.entry_ids[index] or "")
        if isinstance(verdict, New):
            tally.counts[new] += 1
            continue
        tally.counts[changed if chunk.is_change(index) else unchanged] += 1


def _write_new(
    connection: Connection, context: ImportContext, places: Places, chunk: Chunk, import_id: str
) -> None:
    new = [
        (verdict.facts, id_)
        for verdict, id_ in zip(chunk.verdicts, chunk.entry_ids, strict=True)
        if isinstance(verdict, New) and id_ is not None
    ]
    numbers = _numbers(connection, places, chunk.ledger, [facts for facts, _id in new])
    rows = []
    for (facts, id_), number in zip(new, numbers, strict=True):
        row = new_row(context.vault, id_, facts)
        row |= {"ledger": chunk.ledger, "number": number, "import_id": import_id}
        row |= {"entered_on": context.today}
        row["left_on"] = None if row["status"] == _ACTIVE else context.today
        row["level_since"] = context.today if row.get("level") else None
        rows.append(row)
    insert_entries(connection, rows)
    declared = {id_: {**facts.declared, **facts.keyed} for facts, id_ in new}
    write_values(connection, declared, replacing=False)
    triggers = {id_: facts.triggers for facts, id_ in new if facts.triggers}
    write_triggers(connection, triggers, replacing=False)
    touch(connection, (id_ for _facts, id_ in new), known_on=context.today)


def _numbers(
    connection: Connection, places: Places, ledger: str, new: Sequence[Facts]
) -> list[str]:
    """Answer what new entries are called: a public name that is free, else a number."""
    handles = free_handles(connection, [facts.handle for facts in new])
    regions = [
        facts.lives_in or "" for facts, handle in zip(new, handles, strict=True) if not handle
    ]
    numbers = iter(give_numbers(connection, places, ledger, regions) if regions else ())
    return [handle or next(numbers) for handle in handles]


def _write_changed(
    connection: Connection, context: ImportContext, chunk: Chunk, import_id: str
) -> None:
    changed = [
        verdict
        for index, verdict in enumerate(chunk.verdicts)
        if isinstance(verdict, Same) and chunk.is_change(index)
    ]
    update_entries(connection, [_changed_row(context, one, import_id) for one in changed])
    triggers = {one.known.id: one.triggers for one in changed if one.triggers is not None}
    write_triggers(connection, triggers, replacing=True)
    declared = {one.known.id: {**one.declared, **one.facts.keyed} for one in changed}
    write_values(connection, declared, replacing=True)
    note_levels(connection, _level_changes(changed, context.today), now=context.now)
    _keep_history(connection, context, changed, import_id)
    touch(connection, (one.known.id for one in changed), known_on=context.today)
    written = {one.known.id for one in changed}
    left_over = [
        verdict.known.id
        for verdict in chunk.verdicts
        if isinstance(verdict, Same)
        and not verdict.known.import_whole
        and verdict.known.id not in written
    ]
    adopt_entries(connection, left_over, import_id)


def _level_changes(changed: Sequence[Same], today: date) -> list[LevelChange]:
    return [
        LevelChange(one.known.id, change.old_plain, change.new_plain, today)
        for one in changed
        for change in one.changes
        if change.column == "level"
    ]


def _changed_row(context: ImportContext, one: Same, import_id: str) -> Row:
    row: Row = dict(one.stored or {})
    id_, facts = one.known.id, one.facts
    for change in one.changes:
        if change.column in facts.secrets:
            text = joined_secret(change.column, change.old_secret, facts.secrets[change.column])
            row[change.column] = context.vault.seal(text, Spot("entries", change.column, id_))
            key = change.column.replace("sealed_", "") + "_key"
            if key in facts.keys:
                row[key] = facts.keys[key]
        elif change.column in facts.plain:
            row[change.column] = facts.plain[change.column]
            if change.column == "grade":
                row["grade_year"] = facts.plain["grade_year"]
            if change.column == "status":
                row["left_on"] = None if row["status"] == _ACTIVE else context.today
    row |= {"row_key": facts.row_key, "import_id": import_id}
    return row


def _keep_history(
    connection: Connection, context: ImportContext, changed: Sequence[Same], import_id: str
) -> None:
    pairs = [(one, change) for one in changed for change in one.changes]
    rows = [
        {
            "id": id_,
            "entry_id": one.known.id,
            "at": context.now,
            "import_id": import_id,
            "field": change.column.removeprefix("sealed_"),
            "old_plain": change.old_plain,
            "new_plain": change.new_plain,
            "sealed_old": None
            if change.old_secret is None
            else context.vault.seal(change.old_secret, Spot("entry_changes", "sealed_old", id_)),
        }
        for id_, (one, change) in zip(new_ids(context.now, len(pairs)), pairs, strict=True)
    ]
    if rows:
        connection.execute(insert(entry_changes), rows)


def _requests(
    connection: Connection,
    context: ImportContext,
    decided: tuple[Sequence[Verdict], Sequence[str]],
    *,
    import_id: str | None,
    tally: Tally,
) -> tuple[tuple[RecordRequest, ...], ...]:
    verdicts, ids = decided
    known = _known_acts(connection, verdicts)
    answer = []
    for verdict, id_ in zip(verdicts, ids, strict=True):
        fresh = []
        for request in _asked_for(context, verdict, id_, import_id=import_id, tally=tally):
            if (id_, request.kind, request.happened_on) in known:
                tally.counts[Count.RECORDS_KNOWN] += 1
            else:
                fresh.append(request)
        answer.append(tuple(fresh))
    return tuple(answer)


def _asked_for(
    context: ImportContext, verdict: Verdict, entry_id: str, *, import_id: str | None, tally: Tally
) -> list[RecordRequest]:
    if isinstance(verdict, Refused) or (isinstance(verdict, Same) and verdict.is_the_same_row):
        return []
    asked = []
    for act, at in verdict.facts.acts.items():
        kind = kind_of_act(context.settings.records, act)
        place = verdict.facts.place
        if kind is None:
            tally.problems.append(warning(place, f"last_{act}", "kind-not-configured", value=act))
        elif at.day > context.today:
            shown = at.day.isoformat()
            tally.problems.append(warning(place, f"last_{act}", "date-in-future", value=shown))
        else:
            asked.append(
                RecordRequest(
                    entry_id=entry_id,
                    kind=kind,
                    happened_on=at.day,
                    month_only=at.month_only,
                    source=RecordSource.LEDGER,
                    import_id=import_id,
                )
            )
    return asked


def _known_acts(
    connection: Connection, verdicts: Sequence[Verdict]
) -> set[tuple[str, str, object]]:
    """Answer entry, kind and day of every record there is; a voided one stays voided."""
    ids = [v.known.id for v in verdicts if isinstance(v, Same) and not v.is_the_same_row]
    if not ids:
        return set()
    query = select(records.c.entry_id, records.c.kind, records.c.happened_on).where(
        among(connection, records.c.entry_id, ids)
    )
    return {(entry, kind, day) for entry, kind, day in connection.execute(query)}
