"""The nightly pass over everything that must find nothing to do (DESIGN.md 3, 10).

It trusts no cache: due dates, cut-offs and last acts are worked out anew from records and rules.
Run it right after a pass; what it finds is a fault of the engine or a hand in the database.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.selectable import Select

from alerts.changes import Close, Facts, Horizon, Keep, Open
from alerts.effective import EvaluationPlan, WatchedRule
from alerts.evaluate import judge
from alerts.facts import BATCH, facts_of, gather, matching
from alerts.filters import Ages
from alerts.lastacts import counted
from alerts.states import Outcome
from alerts.tables import alerts, notices, outcomes, steps, tellings
from config.lean import dataclass
from ledgers.database import Database
from ledgers.tables import entries, last_acts, records, touched


class Fault(StrEnum):
    """What the audit can find."""

    ALERT_MISSING = "alert-missing"  # due, and no alert is open
    ALERT_STALE = "alert-stale"  # open, and nothing is owed (any more) for its anchor
    DATES_STALE = "dates-stale"  # due date, next day or steps are others than they should be
    FIRST_DUE_MISSING = "first-due-missing"  # never recorded, and no first due day was given
    LAST_ACT_WRONG = "last-act-wrong"  # another date than the records say
    STEP_OF_CLOSED = "step-of-closed"  # waits to be told, and its alert is closed
    STEP_UNENDED = "step-unended"  # nobody is waited for, nobody was told, no outcome
    TELLING_WITHOUT_OUTCOME = "telling-without-outcome"
    TELLING_STATE_WRONG = "telling-state-wrong"  # another state than its moves lead to
    TELLING_OF_CLOSED = "telling-of-closed"  # still to be sent, and its alert is closed
    TELLING_LOST = "telling-lost"  # still to be sent, and its notice is over
    TWO_OPEN = "two-open"  # two open alerts of one rule for one entry
    UNKNOWN_RULE = "unknown-rule"  # open, and there is no such rule


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and the row it is in, by ids only."""

    fault: Fault
    subject: str
    rule: str | None = None


def audit(
    database: Database,
    plan: EvaluationPlan,
    *,
    today: date,
    now: datetime,
    look_ahead: int,
) -> list[Finding]:
    """Look at every entry, alert, step and telling; an empty list is the only good answer.

    `now` stands for the moment the state is looked at; entries touched since the last pass are
    left to the next one.
    """
    horizon = Horizon(today, look_ahead, plan.calendar)
    findings: list[Finding] = []
    with database.reading() as connection:
        for fault, query in _checks(plan, now):
            findings += [Finding(fault, subject) for subject in connection.execute(query).scalars()]
        for ids in _entries(connection):
            findings += _last_acts(connection, ids)
            findings += _judged(connection, plan, ids, horizon)
    return findings


def _entries(connection: Connection) -> Iterator[list[str]]:
    """Walk over all entries that no change waits for, in bounded batches."""
    last = ""
    while True:
        query = (
            select(entries.c.id)
            .where(
                entries.c.id > last,
                ~select(touched.c.id).where(touched.c.entry_id == entries.c.id).exists(),
            )
            .order_by(entries.c.id)
            .limit(BATCH)
        )
        ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _judged(
    connection: Connection, plan: EvaluationPlan, ids: Sequence[str], horizon: Horizon
) -> Iterator[Finding]:
    gathered = gather(connection, dict.fromkeys(ids), plan.rules)
    ages = Ages.on(plan, horizon.today)
    for rule in plan.rules:
        inside = matching(connection, ids, rule, ages)
        for facts in facts_of(connection, rule, gathered, inside, ages):
            yield from _of_entry(rule, facts, horizon)


def _of_entry(rule: WatchedRule, facts: Facts, horizon: Horizon) -> Iterator[Finding]:
    deadline = facts.variant.deadline(facts.level) if facts.variant else None
    if deadline is not None and facts.anchor is None and facts.first_due is None:
        yield Finding(Fault.FIRST_DUE_MISSING, facts.entry_id, rule.name)
    for change in judge(rule, facts, horizon):
        match change:
            case Open():
                yield Finding(Fault.ALERT_MISSING, change.entry_id, rule.name)
            case Close():
                yield Finding(Fault.ALERT_STALE, change.alert.id, rule.name)
            case Keep() if change.changes:
                yield Finding(Fault.DATES_STALE, change.alert.id, rule.name)


def _last_acts(connection: Connection, ids: Sequence[str]) -> Iterator[Finding]:
    rows = connection.execute(select(last_acts).where(last_acts.c.entry_id.in_(ids)))
    kept = {(row.entry_id, row.kind): (row.happened_on, row.recorded_on) for row in rows}
    kinds = connection.execute(
        select(records.c.entry_id, records.c.kind).distinct().where(records.c.entry_id.in_(ids))
    )
    keys = kept.keys() | {(row.entry_id, row.kind) for row in kinds}
    true = counted(connection, keys)
    for key in sorted(keys):
        if kept.get(key) != true.get(key):
            yield Finding(Fault.LAST_ACT_WRONG, key[0])


def _checks(plan: EvaluationPlan, now: datetime) -> Iterator[tuple[Fault, Select[str]]]:
    """Answer each fault that one query finds, with the query."""
    closed = alerts.c.closed_at.is_not(None)
    unsent = tellings.c.state.in_([Outcome.PENDING.value, Outcome.HELD.value])
    names = [rule.name for rule in plan.rules]
    yield (
        Fault.UNKNOWN_RULE,
        select(alerts.c.id).where(alerts.c.closed_at.is_(None), alerts.c.rule.not_in(names)),
    )
    yield (
        Fault.TWO_OPEN,
        select(alerts.c.entry_id)
        .where(alerts.c.closed_at.is_(None))
        .group_by(alerts.c.entry_id, alerts.c.rule, alerts.c.anchor)
        .having(func.count() > 1),
    )
    yield (
        Fault.STEP_OF_CLOSED,
        select(steps.c.id).join(alerts).where(closed, steps.c.waiting != ""),
    )
    told = select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists()
    yield (
        Fault.STEP_UNENDED,
        select(steps.c.id).where(steps.c.waiting == "", steps.c.ended.is_(None), ~told),
    )
    yield Fault.TELLING_OF_CLOSED, select(tellings.c.id).join(alerts).where(closed, unsent)
    over = select(notices.c.id).where(
        notices.c.id == tellings.c.notice_id, notices.c.ended_at.is_not(None)
    )
    yield Fault.TELLING_LOST, select(tellings.c.id).where(unsent, over.exists())
    moved = select(outcomes.c.id).where(outcomes.c.telling_id == tellings.c.id)
    yield Fault.TELLING_WITHOUT_OUTCOME, select(tellings.c.id).where(~moved.exists())
    # Counted, not sorted by time: the clock may have gone back between two moves.
    into, out_of = (
        select(func.count())
        .where(outcomes.c.telling_id == tellings.c.id, column == tellings.c.state)
        .scalar_subquery()
        for column in (outcomes.c.became, outcomes.c.was)
    )
    wrong = select(tellings.c.id).where(into != out_of + 1, moved.exists())
    yield Fault.TELLING_STATE_WRONG, wrong
