"""How an alert ends: the alert, its waiting steps and its tellings in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from alerts import outcomes
from alerts.states import Closed, Outcome
from alerts.tables import alerts, silences, steps, tellings
from config.lean import dataclass
from ledgers.tables import entries

_BATCH = 500
_UNSENT = (Outcome.PENDING.value, Outcome.HELD.value)


@dataclass(frozen=True, slots=True)
class Ending:
    """An open alert that is to end. `record_id` is what settled it, if a record did."""

    alert_id: str
    how: Closed
    record_id: str | None = None


def close(connection: Connection, endings: Sequence[Ending], *, today: date, now: datetime) -> int:
    """End alerts, and answer how many.

    What waits to be told ends too: `resolved` if the act was done, `silenced` if a silence lay
    over it, else `suppressed`. Tellings handed to a channel already keep waiting for its answer.
    """
    for at in range(0, len(endings), _BATCH):
        batch = endings[at : at + _BATCH]
        _close_alerts(connection, batch, today=today, now=now)
        silenced = _silenced(connection, [e for e in batch if e.how is not Closed.DONE], today)
        grouped: dict[tuple[Outcome, str], list[str]] = defaultdict(list)
        for ending in batch:
            grouped[_outcome(ending, silenced), ending.how.value].append(ending.alert_id)
        for (outcome, reason), ids in grouped.items():
            _end_steps(connection, ids, outcome, reason)
            _end_tellings(connection, ids, outcome, (reason, now))
    return len(endings)


def end_closed(connection: Connection, telling_ids: Collection[str], *, now: datetime) -> None:
    """End those of some pending tellings whose alert was closed while they were on their way."""
    rows = connection.execute(
        select(tellings.c.id, alerts.c.closed_how)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .where(
            tellings.c.id.in_(telling_ids),
            tellings.c.state == Outcome.PENDING.value,
            alerts.c.closed_at.is_not(None),
        )
    ).all()
    for how in sorted({row.closed_how for row in rows}):
        ids = [row.id for row in rows if row.closed_how == how]
        outcome = _outcome(Ending("", Closed(how)), ())
        outcomes.move(connection, ids, outcome, now=now, reason=how)


def _outcome(ending: Ending, silenced: Iterable[str]) -> Outcome:
    if ending.how is Closed.DONE:
        return Outcome.RESOLVED
    if ending.how is Closed.EXPIRED:
        return Outcome.EXPIRED
    return Outcome.SILENCED if ending.alert_id in silenced else Outcome.SUPPRESSED


def _close_alerts(
    connection: Connection, batch: Sequence[Ending], *, today: date, now: datetime
) -> None:
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("alert_id"), alerts.c.closed_at.is_(None))
        .values(
            next_at=None,
            closed_on=today,
            closed_at=now,
            closed_how=bindparam("how"),
            closing_record=bindparam("record_id"),
        ),
        [{"alert_id": e.alert_id, "how": e.how.value, "record_id": e.record_id} for e in batch],
    )


def _end_steps(
    connection: Connection, alert_ids: Sequence[str], outcome: Outcome, reason: str
) -> None:
    connection.execute(
        update(steps)
        .where(steps.c.alert_id.in_(alert_ids), steps.c.waiting != "")
        .values(waiting="", ended=outcome.value, ended_reason=reason)
    )


def _end_tellings(
    connection: Connection,
    alert_ids: Sequence[str],
    outcome: Outcome,
    because: tuple[str, datetime],
) -> None:
    reason, now = because
    query = select(tellings.c.id).where(
        tellings.c.alert_id.in_(alert_ids), tellings.c.state.in_(_UNSENT)
    )
    ids = list(connection.execute(query).scalars())
    if ids:
        outcomes.move(connection, ids, outcome, now=now, reason=reason)


def _silenced(connection: Connection, endings: Sequence[Ending], today: date) -> set[str]:
    """Answer which of these alerts a silence lies over."""
    if not endings:
        return set()
    targets = _silences_on(connection, today)
    if not any(targets.values()):
        return set()
    rows = connection.execute(
        select(alerts.c.id, alerts.c.rule, alerts.c.entry_id, entries.c.lives_in)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(alerts.c.id.in_([ending.alert_id for ending in endings]))
    )
    regions = tuple(targets["region"])
    return {
        row.id
        for row in rows
        if row.entry_id in targets["entry"]
        or row.rule in targets["rule"]
        or row.lives_in.startswith(regions)
    }


def _silences_on(connection: Connection, today: date) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {"entry": set(), "rule": set(), "region": set()}
    rows = connection.execute(
        select(silences.c.scope, silences.c.target).where(
            silences.c.from_on <= today,
            silences.c.to_on >= today,
            silences.c.ended_at.is_(None),
            silences.c.scope.in_(found),
        )
    )
    for row in rows:
        found[row.scope].add(row.target)
    return found
