"""Records of what people did, and what they settle, in one transaction."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from alerts import locks, raising, unwell
from alerts.closing import Ending, close
from alerts.effective import EvaluationPlan
from alerts.inserting import insert_new
from alerts.lastacts import raise_last_acts
from alerts.states import Closed
from alerts.stays import recount_stays
from alerts.tables import alerts
from config.lean import dataclass
from ledgers.acts import DONE, RecordDoor, RecordRequest, RecordSource
from ledgers.ids import new_ids
from ledgers.tables import records, touched

LATE_ENTRY = timedelta(days=30)
"""What is recorded later than this after the act is 补录 and counted apart."""

_BATCH = 1000
_BY_HAND = frozenset({RecordSource.CLI, RecordSource.WEB})


@dataclass(slots=True)
class Recorded:
    """What became of requests. `refused` are those dated after today; nothing of them is kept.

    `known` were recorded before. `voided` were, too, and then declared a mistake: only somebody
    who records by hand can bring such a one back, no file can.
    """

    new: list[str] = field(default_factory=list)
    known: list[RecordRequest] = field(default_factory=list)
    voided: list[RecordRequest] = field(default_factory=list)
    refused: list[RecordRequest] = field(default_factory=list)
    late_entries: int = 0
    closed: int = 0

    def __iadd__(self, other: "Recorded") -> "Recorded":
        """Add up batches."""
        self.new += other.new
        self.known += other.known
        self.voided += other.voided
        self.refused += other.refused
        self.late_entries += other.late_entries
        self.closed += other.closed
        return self


@dataclass(frozen=True, slots=True)
class _Row:
    """A request that is to become a record."""

    id: str
    request: RecordRequest
    fingerprint: str


def record(
    connection: Connection,
    plan: EvaluationPlan,
    requests: Sequence[RecordRequest],
    *,
    now: datetime,
    today: date,
) -> Recorded:
    """Record acts, settle the alerts they answer, and note their entries for the next pass.

    The same act twice is one record. Whatever they close, nobody is told of any more.
    """
    result = Recorded()
    kinds = {request.kind for request in requests}
    rules = {rule.name for kind in kinds for rule in plan.concerning(kind)}
    locks.hold(connection, rules, shared=True)
    for at in range(0, len(requests), _BATCH):
        result += _record_batch(connection, plan, requests[at : at + _BATCH], now=now, today=today)
    return result


def door(plan: EvaluationPlan, *, now: datetime, today: date) -> RecordDoor:
    """Answer the door as an import is handed it."""

    def record_all(connection: Connection, requests: Sequence[RecordRequest]) -> None:
        record(connection, plan, requests, now=now, today=today)

    return record_all


def fingerprint(request: RecordRequest) -> str:
    """Answer what tells one act from another: what happened, when, how and with what result.

    Not who wrote it down, nor in which file: a form imported by somebody else is the same form.
    """
    said = [
        request.entry_id,
        request.kind,
        request.happened_on.isoformat(),
        request.month_only,
        request.method,
        request.result,
        request.seen_in_person,
        request.all_well,
    ]
    if request.counterpart is not None:
        said.append(request.counterpart)
    digest = hashlib.sha256(json.dumps(said).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _record_batch(
    connection: Connection,
    plan: EvaluationPlan,
    requests: Sequence[RecordRequest],
    *,
    now: datetime,
    today: date,
) -> Recorded:
    result = Recorded(refused=[one for one in requests if one.happened_on > today])
    possible = [one for one in requests if one.happened_on <= today]
    rows = list(_new_rows(connection, possible, result, now))
    result.new = [row.id for row in rows]
    result.late_entries = sum(_is_late(row.request, today) for row in rows)
    insert_new(connection, records, [_columns(row, now=now, today=today) for row in rows])
    done = [row.request for row in rows if row.request.result == DONE]
    moved = raise_last_acts(connection, done, recorded_on=today)
    result.closed = _settle(connection, plan, rows, now=now, today=today)
    _raise(connection, plan, rows, now=now, today=today)
    _touch(connection, plan, moved, today)
    came_or_went = [one.entry_id for one in done if one.kind in plan.stays.kinds]
    recount_stays(connection, plan.stays, came_or_went, calendar=plan.calendar, today=today)
    unwell.note(connection, plan, [(row.id, row.request) for row in rows], now=now, today=today)
    return result


def _new_rows(
    connection: Connection, requests: Sequence[RecordRequest], result: Recorded, now: datetime
) -> Iterator[_Row]:
    """Sort out what is recorded already, also within the batch itself."""
    standing = _standing(connection, requests)
    for id_, request in zip(new_ids(now, len(requests)), requests, strict=True):
        mark = fingerprint(request)
        if standing.get(mark) is False:
            result.known.append(request)
        elif standing.get(mark) and request.source not in _BY_HAND:
            result.voided.append(request)
        else:
            standing[mark] = False
            yield _Row(id_, request, mark)


def _standing(connection: Connection, requests: Sequence[RecordRequest]) -> dict[str, bool]:
    """Answer the fingerprints recorded already for these entries, and whether all are voided."""
    if not requests:
        return {}
    days = [request.happened_on for request in requests]
    rows = connection.execute(
        select(records.c.fingerprint, records.c.voided_at).where(
            records.c.entry_id.in_({request.entry_id for request in requests}),
            records.c.kind.in_({request.kind for request in requests}),
            records.c.happened_on.between(min(days), max(days)),
        )
    )
    found: dict[str, bool] = {}
    for mark, voided_at in rows:
        found[mark] = found.get(mark, True) and voided_at is not None
    return found


def _is_late(request: RecordRequest, today: date) -> bool:
    return today - request.happened_on > LATE_ENTRY


def _columns(row: _Row, *, now: datetime, today: date) -> dict[str, object]:
    request = row.request
    return {
        "id": row.id,
        "entry_id": request.entry_id,
        "kind": request.kind,
        "happened_on": request.happened_on,
        "month_only": request.month_only,
        "recorded_on": today,
        "recorded_at": now,
        "recorded_by": request.recorded_by,
        "method": request.method,
        "result": request.result,
        "seen_in_person": request.seen_in_person,
        "all_well": request.all_well,
        "counterpart": request.counterpart,
        "late_entry": _is_late(request, today),
        "source": request.source.value,
        "import_id": request.import_id,
        "fingerprint": row.fingerprint,
    }


def _settle(
    connection: Connection,
    plan: EvaluationPlan,
    rows: Iterable[_Row],
    *,
    now: datetime,
    today: date,
) -> int:
    """Close the alerts whose anchor is older than a counting act."""
    acts: dict[tuple[str, str], _Row] = {}
    for row in rows:
        if row.request.result != DONE:
            continue
        for rule in plan.counting(row.request.kind):
            key = (rule.name, row.request.entry_id)
            before = acts.get(key)
            if before is None or row.request.happened_on > before.request.happened_on:
                acts[key] = row
    rules = {rule.name: rule for rule in plan.rules}
    endings = [
        Ending(alert_id, Closed.DONE, acts[key].id)
        for key, alert_id, anchor in _open_alerts(connection, acts)
        if rules[key[0]].settles(anchor, acts[key].request.happened_on)
    ]
    return close(connection, endings, today=today, now=now)


def _raise(
    connection: Connection,
    plan: EvaluationPlan,
    rows: Iterable[_Row],
    *,
    now: datetime,
    today: date,
) -> None:
    """Raise the signals of records just written; what is entered late is no emergency any more."""
    news = [
        raising.News(
            row.id,
            row.request.entry_id,
            row.request.kind,
            row.request.happened_on,
            row.request.recorded_by,
        )
        for row in rows
        if row.request.result == DONE and not _is_late(row.request, today)
    ]
    if news:
        raising.of_records(connection, plan, news, now=now, today=today)


def _open_alerts(
    connection: Connection, acts: Mapping[tuple[str, str], _Row]
) -> Iterator[tuple[tuple[str, str], str, date | None]]:
    if not acts:
        return
    rows = connection.execute(
        select(alerts.c.id, alerts.c.rule, alerts.c.entry_id, alerts.c.anchor_on).where(
            alerts.c.entry_id.in_({entry_id for _, entry_id in acts}),
            alerts.c.closed_at.is_(None),
        )
    ).all()
    for row in rows:
        if (row.rule, row.entry_id) in acts:
            yield (row.rule, row.entry_id), row.id, row.anchor_on


def _touch(
    connection: Connection,
    plan: EvaluationPlan,
    moved: Iterable[tuple[str, str]],
    today: date,
) -> None:
    """Leave to the next pass whether the new anchor is due already (a late entry may be)."""
    whom = {entry_id for entry_id, kind in moved if plan.concerning(kind)}
    if whom:
        rows = [{"entry_id": entry_id, "known_on": today} for entry_id in sorted(whom)]
        connection.execute(insert(touched), rows)
