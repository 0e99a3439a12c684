"""Lines of a filled-in 走访登记表 become requests to record, or questions."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from sqlalchemy import Connection, select

from config.lean import dataclass
from ledgers.acts import DONE, RecordRequest, RecordSource
from ledgers.divisions import division_of
from ledgers.entries import ids_by_number
from ledgers.facts import refused, warning
from ledgers.imports import CHILDREN, ImportContext
from ledgers.kinds import kind_of_word
from ledgers.persons import find_person
from ledgers.places import PlaceProblem, Places, Written
from ledgers.posts import load_holdings
from ledgers.rows import Problem, RecordRow
from ledgers.tables import forms, records, village_numbers

_ACT = (
    "entry_id",
    "kind",
    "happened_on",
    "month_only",
    "method",
    "result",
    "seen_in_person",
    "all_well",
    "counterpart",
)
"""What tells one act from another, as for whoever records it: a corrected line is another act."""


@dataclass(slots=True)
class ActRows:
    """What a sheet of acts comes to. `known` counts acts that were recorded before.

    `seen` are the acts of the same import's earlier chunks, and grows.
    """

    seen: set[tuple[object, ...]] = field(default_factory=set)
    requests: list[RecordRequest] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: int = 0


@dataclass(frozen=True, slots=True)
class ActSource:
    """Where lines come from: a form, an import (None: a dry run), and what it has asked already."""

    form_id: str | None
    import_id: str | None
    seen: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is looked up once for a sheet."""

    context: ImportContext
    prefixes: Mapping[str, Sequence[str]]
    ids: Mapping[str, str]
    persons: Mapping[str, str | None]
    form_id: str | None
    form_person: str | None
    import_id: str | None


def read_acts(
    connection: Connection,
    context: ImportContext,
    places: Places,
    rows: Sequence[RecordRow],
    *,
    source: ActSource,
) -> ActRows:
    """Turn lines into requests. Writes nothing."""
    form_id = source.form_id
    filled_in = [row for row in rows if row.happened is not None]
    form_person = None
    if form_id is not None:
        form_person = connection.scalar(select(forms.c.person_id).where(forms.c.id == form_id))
    prefixes = _prefixes(connection)
    scope = _regions_of(connection, context, form_person)
    numbers = {row: _numbers(row, places, prefixes, scope) for row in filled_in}
    wanted = {number for each in numbers.values() for number in each}
    desk = _Desk(
        context=context,
        prefixes=prefixes,
        ids=ids_by_number(connection, wanted),
        persons=_persons(connection, context, filled_in),
        form_id=form_id if form_person is not None else None,
        form_person=form_person,
        import_id=source.import_id,
    )
    answer = ActRows(source.seen)
    for row in filled_in:
        request = _request(desk, row, numbers[row])
        if isinstance(request, Problem):
            answer.problems.append(request)
        else:
            answer.requests.append(request)
            answer.problems += _odd(desk, row, request)
    _leave_out_known(connection, answer)
    return answer


def _request(desk: _Desk, row: RecordRow, numbers: Sequence[str]) -> RecordRequest | Problem:
    found = {desk.ids[number] for number in numbers if number in desk.ids}
    if len(found) != 1:
        code = "number-ambiguous" if found else "number-unknown"
        return refused(row.place, "number", code, value=row.number)
    if row.kind is None:
        return refused(row.place, "kind", "kind-missing")
    kind = kind_of_word(desk.context.settings.records, row.kind)
    if kind is None:
        return refused(row.place, "kind", "kind-unknown", value=row.kind)
    if row.happened is None or row.happened.day > desk.context.today:
        return refused(row.place, "happened", "date-in-future")
    other = division_of(row.counterpart) if row.counterpart else None
    if row.counterpart and other is None:
        return refused(row.place, "counterpart", "counterpart-unknown", value=row.counterpart)
    by = desk.persons.get(row.recorded_by) if row.recorded_by else None
    return RecordRequest(
        entry_id=found.pop(),
        kind=kind,
        happened_on=row.happened.day,
        month_only=row.happened.month_only,
        source=RecordSource.FORM,
        result=row.result or DONE,
        method=row.method,
        recorded_by=by or desk.form_person,
        seen_in_person=row.seen_in_person,
        all_well=row.all_well,
        import_id=desk.import_id,
        form_id=desk.form_id,
        counterpart=other if desk.context.settings.records[kind].counterpart else None,
    )


def _odd(desk: _Desk, row: RecordRow, request: RecordRequest) -> list[Problem]:
    """Answer what is odd about the other division of a line that is taken all the same."""
    names_one = desk.context.settings.records[request.kind].counterpart
    if names_one == (row.counterpart is not None):
        return []
    code = "counterpart-missing" if names_one else "counterpart-not-kept"
    return [warning(row.place, "counterpart", code)]


def _prefixes(connection: Connection) -> dict[str, list[str]]:
    """Answer the prefixes of children's numbers: bare digits on a form are a child's."""
    query = select(village_numbers.c.region, village_numbers.c.prefix).where(
        village_numbers.c.ledger == CHILDREN
    )
    found: dict[str, list[str]] = {}
    for region, prefix in connection.execute(query):
        found.setdefault(region, []).append(prefix)
    return found


def _regions_of(connection: Connection, context: ImportContext, person_id: str | None) -> list[str]:
    if person_id is None:
        return []
    holdings = load_holdings(connection, on=context.today)
    return [holding.post.region for holding in holdings if holding.person_id == person_id]


def _numbers(
    row: RecordRow, places: Places, prefixes: Mapping[str, Sequence[str]], scope: Sequence[str]
) -> list[str]:
    """Answer the whole numbers that a line can mean: 青山-03, or its digits in a village.

    Digits without a village are looked for in the divisions of the form's person only.
    """
    if row.number is None:
        return []
    digits = row.number.rpartition("-")[2]
    if not digits.isdigit() or digits != row.number:
        return [row.number]
    number = f"{int(digits):02d}"
    if row.village is not None:
        region = places.known_village(Written(None, row.village), within=scope)
        wanted = [] if isinstance(region, PlaceProblem) else list(prefixes.get(region, ()))
    else:
        wanted = [p for r, given in prefixes.items() if r.startswith(tuple(scope)) for p in given]
    return [f"{prefix}-{number}" for prefix in wanted]


def _persons(
    connection: Connection, context: ImportContext, rows: Sequence[RecordRow]
) -> dict[str, str | None]:
    """Answer who recorded, by what the lines call them; None where that is not one person."""
    found = {}
    for reference in {row.recorded_by for row in rows if row.recorded_by}:
        ids = find_person(connection, context.vault, reference)
        found[reference] = ids[0] if len(ids) == 1 else None
    return found


def _leave_out_known(connection: Connection, answer: ActRows) -> None:
    """Take out what is recorded already, voided or not, and what a file says twice."""
    ids = {request.entry_id for request in answer.requests}
    r = records.c
    query = select(*(r[name] for name in _ACT)).where(r.entry_id.in_(ids))
    known = {tuple(row) for row in connection.execute(query)}
    fresh = []
    for one in answer.requests:
        act = tuple(getattr(one, name) for name in _ACT)
        if act in known or act in answer.seen:
            answer.known += 1
        else:
            answer.seen.add(act)
            fresh.append(one)
    answer.requests = fresh
