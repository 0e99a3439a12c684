"""Whoever is due hears of it, what is done is over, and information does not stay for ever."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from config.durations import Duration
from config.duties import ByLevel, DutyRule
from service.simulation.invariants.debts import OWED, Debt
from service.simulation.invariants.evidence import Breach, Evidence
from service.simulation.invariants.reading import GRACE, acts, after, windows
from service.simulation.invariants.settling import is_newer

_ROLLED = timedelta(days=12)
"""How much a due date may be brought forward past rest days, Spring Festival included."""

_INFORMS_FOR = timedelta(days=14 + 21)
"""How long after its last step information may still be open: two weekly slots, and stops."""


def who_is_due_is_told(evidence: Evidence) -> Iterator[Breach]:
    """Whatever has been due for some weeks has a telling, or a reason that can be seen."""
    if evidence.now - evidence.calm_since < GRACE:
        return
    told = {row.alert_id for row in evidence.table("tellings")}
    ended = {row.alert_id for row in evidence.table("steps") if row.ended is not None}
    known: dict[tuple[str, str, str], Row[Any]] = {}
    for row in sorted(evidence.table("alerts"), key=lambda row: row.cycle):
        known[row.rule, row.entry_id, row.anchor] = row
    for name, rule in evidence.configuration.rules.items():
        owed = OWED.get(rule.kind)
        for debt in owed(evidence, name, rule) if owed else ():
            if debt.due_by + GRACE >= evidence.today:
                continue
            alert = known.get((name, debt.entry.id, debt.anchor))
            if alert is None or (alert.closed_at is not None and not debt.may_be_over):
                what = f"{name} {debt.anchor}: due by {debt.due_by}, no alert"
                yield Breach("who-is-due-is-told", debt.entry.id, what)
            elif alert.id not in told | ended and not _is_put_off(evidence, alert, debt):
                yield Breach("who-is-due-is-told", debt.entry.id, f"{name}: nobody was told")


def _is_put_off(evidence: Evidence, alert: Row[Any], debt: Debt) -> bool:
    """Say whether an acknowledgement or a silence lay over it a while ago or does still."""
    lately = evidence.today - GRACE if alert.closed_at is None else debt.due_by
    if alert.deferred_until is not None and alert.deferred_until >= lately:
        return True
    return any(
        row.to_on >= lately
        and (
            row.scope == "person"
            or row.target in (debt.entry.id, alert.rule)
            or (row.scope == "region" and debt.entry.lives_in.startswith(row.target))
        )
        for row in evidence.table("silences")
    )


def information_ends(evidence: Evidence) -> Iterator[Breach]:
    """What nobody has to do is over some weeks after the last day of it, done or not."""
    if evidence.now - evidence.calm_since < GRACE:
        return
    informing = {name for name, rule in evidence.configuration.rules.items() if not rule.done_by}
    for alert in evidence.table("alerts"):
        if alert.rule not in informing or alert.closed_at is not None:
            continue
        if max(alert.due_on, alert.opened_on) + _INFORMS_FOR < evidence.today:
            yield Breach("information-ends", alert.id, f"{alert.rule}: due {alert.due_on}")


def acts_end_matters(evidence: Evidence) -> Iterator[Breach]:
    """One pass after a record that settles it, a matter is over: nobody above hears of it."""
    calm = evidence.calm_since
    if evidence.clock_was_wrong or evidence.now - calm < timedelta(days=1):
        return
    settling = {name: acts(evidence, name) for name in evidence.configuration.rules}
    for alert in evidence.table("alerts"):
        if alert.closed_at is not None or alert.rule not in settling:
            continue
        for act in settling[alert.rule].get(alert.entry_id, ()):
            before = max(act.recorded_at, calm) < evidence.now - timedelta(days=1)
            newer = is_newer(evidence.configuration, act, alert)
            if before and newer and act.result == "done" and act.voided_at is None:
                yield Breach("acts-end-matters", alert.id, f"{alert.rule}: done {act.happened_on}")


def nobody_is_hurried(evidence: Evidence) -> Iterator[Breach]:
    """A duty is never due sooner than an interval after the day on which that interval began.

    So nobody is overdue on the day a level was raised, a window opened or a rule was shortened.
    """
    changes = evidence.grouped("level_changes", "entry_id")
    for alert in evidence.table("alerts"):
        rule = evidence.configuration.rules.get(alert.rule)
        if alert.closed_at is None and isinstance(rule, DutyRule) and alert.anchor_on is not None:
            days = {row.on_date for row in changes.get(alert.entry_id, ())}
            soonest = min(_readings(evidence, alert, rule, days))
            if alert.due_on < soonest - (_ROLLED if rule.roll == "before" else timedelta()):
                what = f"{alert.rule}: {alert.due_on}, not before {soonest}"
                yield Breach("nobody-is-hurried", alert.id, what)


def _readings(
    evidence: Evidence, alert: Row[Any], rule: DutyRule, levelled: set[date]
) -> Iterator[date]:
    """Yield the days on which a reader of the YAML might find a duty due."""
    since = {alert.anchor_on} | {day for day in levelled if day > alert.anchor_on}
    edited = (r.effective_on for r in evidence.table("rule_versions") if r.rule == alert.rule)
    intervals: list[Duration] = (
        list(rule.every.levels.values()) if isinstance(rule.every, ByLevel) else [rule.every]
    )
    if isinstance(rule.every, Duration):
        since |= {max(day, alert.anchor_on) for day in edited}
    yield from (after(day, length) for day in since for length in intervals)
    if rule.on_raise is not None:
        yield from (after(day, rule.on_raise.within) for day in since - {alert.anchor_on})
    for part in rule.during:
        lead = part.lead
        for _, start, _, known in windows(evidence, part.window):
            if lead is None:
                yield after(max(start, known, alert.anchor_on), part.every)
