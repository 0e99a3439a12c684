"""Alerts that are open when a plan begins: what is written and said of them, and what is not yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.changes import Facts, Horizon, Keep, KnownAlert, Moved
from alerts.cohorts import Cohort, Member, Said, Written
from alerts.effective import WatchedRule
from alerts.evaluate import judge
from alerts.facts import BATCH, known_alerts
from alerts.states import Outcome
from alerts.tables import alerts, steps
from alerts.waiting import Told, told_before
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry with open alerts, and what it owes within the span."""

    facts: Facts
    member: Member
    owed: tuple[Cohort, ...]


_Rows = tuple[date | None, Mapping[str, Row[Any]]]
_NO_ROWS: _Rows = (None, {})


def of_open(
    connection: Connection, rule: WatchedRule, asked: Sequence[Asked], horizon: Horizon
) -> Iterator[tuple[Cohort, Member]]:
    """Yield a cohort for each matter of each entry: as it stands if its alert stays open, else new."""
    for at in range(0, len(asked), BATCH):
        batch = asked[at : at + BATCH]
        known = known_alerts(connection, [one.facts.entry_id for one in batch], [rule.name])
        alerts_of = {entry_id: of for (_rule, entry_id), of in known.items()}
        still_open = [one.id for of in alerts_of.values() for one in of if one.is_open]
        rows = _rows_of(connection, still_open)
        told = told_before(connection, still_open)
        for one in batch:
            facts = replace(one.facts, alerts=alerts_of.get(one.facts.entry_id, ()))
            kept = {
                change.alert.key: change
                for change in judge(rule, facts, horizon)
                if isinstance(change, Keep)
            }
            for cohort in one.owed:
                keep = kept.get(cohort.matter.key)
                if keep is None:
                    yield cohort, one.member
                    continue
                id_ = keep.alert.id
                state = rows.get(id_, _NO_ROWS), told.get(id_, ())
                yield _kept(cohort, keep.alert, keep.moved, state), one.member


def _rows_of(connection: Connection, alert_ids: Sequence[str]) -> dict[str, _Rows]:
    """Answer until when each alert is acknowledged, and its step rows by id."""
    found: dict[str, tuple[date | None, dict[str, Row[Any]]]] = {}
    for at in range(0, len(alert_ids), BATCH):
        query = (
            select(steps, alerts.c.deferred_until)
            .join(alerts, alerts.c.id == steps.c.alert_id)
            .where(steps.c.alert_id.in_(alert_ids[at : at + BATCH]))
        )
        for row in connection.execute(query):
            found.setdefault(row.alert_id, (row.deferred_until, {}))[1][row.id] = row
    return {id_: (until, rows) for id_, (until, rows) in found.items()}


def _kept(
    cohort: Cohort,
    alert: KnownAlert,
    moved: Sequence[Moved],
    state: tuple[_Rows, Sequence[Told]],
) -> Cohort:
    (deferred_until, rows), told = state
    moves = {one.step_id: one for one in moved}
    written = []
    highest: dict[str, int] = {}
    for step in alert.made:
        highest[step.key] = max(highest.get(step.key, -1), step.occurrence)
        row, move = rows[step.id], moves.get(step.id)
        written.append(
            Written(
                step.key,
                step.occurrence,
                move.on_date if move else row.on_date,
                row.known_on,
                move.after_due if move else row.after_due,
                move.waiting if move else step.waiting,
            )
        )
    said = [
        Said(
            rows[one.step_id].step,
            one.occurrence,
            one.person_id,
            one.role,
            one.state,
            loose=one.state is Outcome.PENDING and one.notice_id is None,
        )
        for one in told
    ]
    return replace(
        cohort,
        deferred_until=deferred_until,
        written=tuple(written),
        said=tuple(said),
        made=tuple(sorted(highest.items())),
        version=alert.version,
    )
