"""What an act brings to light: a child who is not well, a child nobody can reach."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from alerts.effective import EvaluationPlan
from alerts.matters import Matter, MatterKind, close_matters, open_matters
from ledgers.acts import DONE, RecordRequest
from ledgers.tables import entries, records

NOT_REACHED = "not-reached"
"""The result 未联系上."""

TWICE_WITHIN = timedelta(days=14)
_RecordOf = tuple[str, RecordRequest]
"""A record's id and what it says."""


def note(
    connection: Connection,
    plan: EvaluationPlan,
    made: Sequence[_RecordOf],
    *,
    now: datetime,
    today: date,
) -> None:
    """Open what the supervisor must hear of, and close what is settled.

    “Not well” is told the same day; not reached when it is the second time within 14 days. Whoever
    recorded it is named in `detail` as `recorded_by`, so as not to be told of it.
    """
    reached = {one.entry_id for _, one in made if one.result == DONE}
    if reached:
        close_matters(connection, MatterKind.NO_DIRECTOR_REACHED, sorted(reached), now=now)
    judged = {one.entry_id for _, one in made if one.all_well is not None}
    if judged:
        # A later "well" settles it; a later "not well" is news again.
        close_matters(connection, MatterKind.NOT_WELL, sorted(judged), now=now)
    unwell = [(id_, one) for id_, one in made if one.all_well is False]
    missed = {one.entry_id: (id_, one) for id_, one in made if one.result == NOT_REACHED}
    twice = _missed_twice(connection, missed, today) if missed else set()
    found = [(MatterKind.NOT_WELL, one) for one in unwell]
    found += [(MatterKind.NO_DIRECTOR_REACHED, missed[entry_id]) for entry_id in sorted(twice)]
    if found:
        regions = _regions(connection, {one.entry_id for _, (_, one) in found})
        matters = [_matter(kind, of, plan, regions) for kind, of in found]
        open_matters(connection, matters, now=now)


def _matter(
    kind: MatterKind, of: _RecordOf, plan: EvaluationPlan, regions: Mapping[str, str]
) -> Matter:
    record_id, one = of
    detail: dict[str, int | str] = {"record": record_id}
    if one.recorded_by is not None:
        detail["recorded_by"] = one.recorded_by
    return Matter(kind, one.entry_id, plan.supervisor, regions.get(one.entry_id), detail)


def _missed_twice(connection: Connection, missed: Iterable[str], today: date) -> set[str]:
    """Answer who was not reached on a second day within the term, and not reached since at all."""
    since = today - TWICE_WITHIN
    standing = (
        records.c.entry_id.in_(list(missed)),
        records.c.voided_at.is_(None),
        records.c.happened_on >= since,
    )
    rows = connection.execute(
        select(
            records.c.entry_id,
            records.c.result,
            func.count().label("times"),
            func.max(records.c.happened_on).label("last"),
        )
        .where(*standing, records.c.result.in_((NOT_REACHED, DONE)))
        .group_by(records.c.entry_id, records.c.result)
    ).all()
    done = {row.entry_id: row.last for row in rows if row.result == DONE}
    return {
        row.entry_id
        for row in rows
        if row.result == NOT_REACHED
        and row.times > 1
        and row.last > done.get(row.entry_id, date.min)
    }


def _regions(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    query = select(entries.c.id, entries.c.lives_in).where(entries.c.id.in_(list(ids)))
    return {row.id: row.lives_in for row in connection.execute(query)}
