"""Whoever is due hears of it: due dates worked out as a person would, with the file in hand.

One function for each kind of rule, in `OWED`; a kind that has none yet is not checked.
"""

import json
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.durations import Duration, Unit
from config.groups import AgeRange, Filter, SetFilter
from config.rules import Rule
from service.simulation.invariants.evidence import Breach, Evidence
from service.simulation.invariants.sending import counting

GRACE = timedelta(days=21)
"""How long something may be due before it must have been told: slots, caps, rest days, rolls."""


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed for an entry at the latest since `due_by`. `anchor`: the alert's, as written."""

    entry: Row[Any]
    anchor: str
    due_by: date


Owed = Callable[[Evidence, str, Rule], Iterator[Debt]]


def who_is_due_is_told(evidence: Evidence) -> Iterator[Breach]:
    """Whatever has been due for some weeks has a telling, or a reason that can be seen."""
    if evidence.now - evidence.calm_since < GRACE:
        return
    told = {row.alert_id for row in evidence.table("tellings")}
    known = {
        (row.rule, row.entry_id, row.anchor): row
        for row in evidence.table("alerts")
        if row.closed_at is None
    }
    for name, rule in evidence.configuration.rules.items():
        owed = OWED.get(rule.kind)
        for debt in owed(evidence, name, rule) if owed else ():
            if debt.due_by + GRACE >= evidence.today:
                continue
            alert = known.get((name, debt.entry.id, debt.anchor))
            if alert is None:
                what = f"{name} {debt.anchor}: due by {debt.due_by}, no alert"
                yield Breach("who-is-due-is-told", debt.entry.id, what)
            elif alert.id not in told and not _is_put_off(evidence, alert, debt.entry):
                yield Breach("who-is-due-is-told", debt.entry.id, f"{name}: nobody was told")


def _is_put_off(evidence: Evidence, alert: Row[Any], entry: Row[Any]) -> bool:
    """Say whether an acknowledgement or a silence lay over it a while ago or does still."""
    lately = evidence.today - GRACE
    if alert.deferred_until is not None and alert.deferred_until >= lately:
        return True
    return any(
        row.to_on >= lately
        and (
            row.scope == "person"
            or row.target in (entry.id, alert.rule)
            or (row.scope == "region" and entry.lives_in.startswith(row.target))
        )
        for row in evidence.table("silences")
    )


def duties(evidence: Evidence, name: str, rule: Rule) -> Iterator[Debt]:
    """A duty is due its longest interval so far after what was last done."""
    intervals = _intervals(evidence, name, rule)
    offsets = [step.at.amount for step in rule.steps if isinstance(step.at, Duration)]
    first = min(offsets, default=1)
    if not intervals or first > 0 or rule.regions:
        return
    kinds = counting(evidence.configuration, name)
    acts = evidence.grouped("records", "entry_id")
    triggers = evidence.grouped("entry_triggers", "entry_id")
    given = {row.entry_id: row.due_on for row in evidence.table("first_dues") if row.rule == name}
    for entry in evidence.table("entries"):
        mine = [row for row in acts.get(entry.id, []) if row.kind in kinds]
        words = {row.trigger for row in triggers.get(entry.id, [])}
        if not _belongs(evidence, rule, entry, words):
            continue
        # What was written down or taken back later could not be known before.
        known = max((_known(evidence, row) for row in mine), default=date.min)
        counted = [row for row in mine if row.result == "done" and row.voided_at is None]
        if counted:
            anchor = max(row.happened_on for row in counted)
            due = max(after(anchor, interval) for interval in intervals)
            yield Debt(entry, anchor.isoformat(), max(due, known))
        elif entry.id in given:
            yield Debt(entry, "never", max(given[entry.id], known))
        elif not mine:
            start = max(evidence.configuration.launch.on, entry.entered_on)
            within = evidence.configuration.launch.first_due_within
            yield Debt(entry, "never", after(start, within))


def _known(evidence: Evidence, row: Row[Any]) -> date:
    instants: list[datetime] = [row.recorded_at, *([row.voided_at] if row.voided_at else [])]
    return evidence.local(max(instants)).date()


def _intervals(evidence: Evidence, name: str, rule: Rule) -> list[Duration]:
    """Answer every interval the rule has had; none if it has another form than a length of time."""
    every = getattr(rule, "every", None)
    if not isinstance(every, Duration):
        return []
    found = [every]
    for row in evidence.table("rule_versions"):
        written = json.loads(row.spec)["timing"]["base"].get("every") if row.rule == name else None
        if isinstance(written, str):
            found.append(Duration.parse(written))
    return found


def _belongs(evidence: Evidence, rule: Rule, entry: Row[Any], triggers: set[str]) -> bool:
    """Say whether an entry has been in the rule's group for a while; in doubt it has not."""
    group = evidence.configuration.group_of(rule)
    valid = rule.valid
    if valid is not None and ((valid.from_ and valid.from_ > evidence.today - GRACE) or valid.to):
        return False
    if entry.ledger != group.ledger or entry.status != "active":
        return False
    if entry.entered_on > evidence.today - 2 * GRACE:
        return False
    return all(
        _fits(evidence, field, wanted, (entry, triggers)) for field, wanted in group.where.items()
    )


def _fits(evidence: Evidence, field: str, wanted: Filter, about: tuple[Row[Any], set[str]]) -> bool:
    """Say whether one filter certainly holds."""
    entry, triggers = about
    if isinstance(wanted, AgeRange):
        return _is_of_age(evidence, wanted, entry.born_on)
    if field == "triggers":
        return isinstance(wanted, SetFilter) and bool(triggers & set(wanted.any_of or ()))
    return field in _WORDS and isinstance(wanted, str) and entry._mapping[field] == wanted


_WORDS = ("status", "population", "category")


def _is_of_age(evidence: Evidence, wanted: AgeRange, born: date | None) -> bool:
    if born is None:
        return False
    old_enough = wanted.at_least is None or after(born, wanted.at_least) < evidence.today - GRACE
    young_enough = wanted.under is None or after(born, wanted.under) > evidence.today
    return old_enough and young_enough


def after(day: date, length: Duration) -> date:
    """Answer the day a length of time ends on, as one counts on a wall calendar; workdays widely."""
    days = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.WORKDAYS: 3}.get(length.unit)
    if days is not None:
        return day + timedelta(days=days * length.amount)
    months = length.amount * (12 if length.unit is Unit.YEARS else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


OWED: dict[str, Owed] = {"duty": duties}
"""How each kind of rule says what is owed. A new kind of rule is added here."""
