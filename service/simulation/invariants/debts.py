"""What each kind of rule says is owed, worked out from plain rows: one function for each, in `OWED`.

A due date here is the latest that a reader of the YAML could find; in doubt, nothing is owed.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from config.calendar_rules import CalendarRule
from config.dates import DateRule, FromField
from config.durations import Duration
from config.duties import ByLevel, DutyRule
from config.lean import dataclass
from config.rules import Rule
from config.seasons import SeasonRule
from service.simulation.invariants.evidence import Evidence
from service.simulation.invariants.reading import (
    GRACE,
    acts,
    after,
    known_on,
    members,
    stands,
    windows,
)
from service.simulation.invariants.settling import first_offset

_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed for an entry at the latest since `due_by`. `anchor`: the alert's, as written.

    `may_be_over`: nobody has to act, so it may have ended by itself, but not untold.
    """

    entry: Row[Any]
    anchor: str
    due_by: date
    may_be_over: bool = False


Owed = Callable[[Evidence, str, Rule], Iterator[Debt]]


def duties(evidence: Evidence, name: str, rule: Rule) -> Iterator[Debt]:
    """A duty is due its longest interval so far after what was last done."""
    if not isinstance(rule, DutyRule) or first_offset(rule) > 0 or rule.regions:
        return
    counting_acts = acts(evidence, name)
    given = {row.entry_id: row.due_on for row in evidence.table("first_dues") if row.rule == name}
    for entry in members(evidence, rule):
        mine = counting_acts.get(entry.id, [])
        intervals = _intervals(evidence, (name, rule), entry)
        if not intervals:
            continue
        # What was written down or taken back later could not be known before.
        known = max(known_on(evidence, mine), _last_change(evidence, entry))
        counted = [row.happened_on for row in mine if stands(row)]
        if counted:
            start = max(*counted, _last_change(evidence, entry))
            due = max(after(start, interval) for interval in intervals)
            yield Debt(entry, max(counted).isoformat(), max(due, known))
        elif entry.id in given:
            yield Debt(entry, "never", max(given[entry.id], known))
        elif not mine:
            start = max(evidence.configuration.launch.on, entry.entered_on, known)
            within = evidence.configuration.launch.first_due_within
            yield Debt(entry, "never", after(start, within))


def dates(evidence: Evidence, name: str, rule: Rule) -> Iterator[Debt]:
    """A date is due once, unless it was settled since its first step or the record it counts from.

    A step is written some weeks ahead of its day, and may be told and settled from then on.
    """
    if not isinstance(rule, DateRule) or rule.regions or not rule.done_by:
        return
    of_entry = acts(evidence, name)
    first = timedelta(days=first_offset(rule))
    starts = {} if isinstance(rule.on, FromField) else _newest(evidence, rule.on.record)
    for entry in members(evidence, rule):
        mine = of_entry.get(entry.id, [])
        day, known = starts.get(entry.id, (None, date.min))
        if isinstance(rule.on, FromField):
            day = entry._mapping.get(rule.on.field)
        if day is None:
            continue
        due = after(day, rule.on.plus)
        if isinstance(rule.on, FromField):
            # Who reached the age before the rule was there has left that behind.
            written = [known_on(evidence, [row]) for row in mine if stands(row)]
            is_settled = (
                due < evidence.began.date() or max(written, default=day) >= due + first - GRACE
            )
        else:
            is_settled = any(stands(row) and row.happened_on >= day for row in mine)
        if not is_settled:
            due = max(due, due + first, known, known_on(evidence, mine))
            yield Debt(entry, day.isoformat(), due)


def _newest(evidence: Evidence, kind: str) -> dict[str, tuple[date | None, date]]:
    """Answer by entry the newest record of a kind that stands, and since when that is known."""
    found = {}
    for entry, rows in evidence.grouped("records", "entry_id").items():
        mine = [row for row in rows if row.kind == kind]
        newest = max((row.happened_on for row in mine if stands(row)), default=None)
        found[entry] = (newest, known_on(evidence, mine))
    return found


def seasons(evidence: Evidence, name: str, rule: Rule) -> Iterator[Debt]:
    """A window is owed to all who were there when it began, and was told, even if it is over."""
    if not isinstance(rule, SeasonRule) or rule.regions or rule.lead or rule.tail:
        return
    for year, start, end, known in windows(evidence, rule.window):
        if start <= evidence.began.date() or known > end - GRACE:
            continue
        for debt in _in_spell(evidence, (name, rule), start):
            due = max(debt.due_by, start, known)
            yield Debt(
                debt.entry,
                f"season:{year}",
                due,
                may_be_over=not rule.done_by or end < evidence.today,
            )


def rounds(evidence: Evidence, name: str, rule: Rule) -> Iterator[Debt]:
    """Each period is owed by itself, until something is done in it or later."""
    if not isinstance(rule, CalendarRule) or rule.regions or rule.period not in _MONTHS:
        return
    for start, end in _periods(evidence, _MONTHS[rule.period]):
        for debt in _in_spell(evidence, (name, rule), start):
            due = max(debt.due_by, end)
            yield Debt(debt.entry, start.isoformat(), due, may_be_over=not rule.done_by)


def _in_spell(evidence: Evidence, of: tuple[str, Rule], start: date) -> Iterator[Debt]:
    """Yield who owes what began on a day: nothing was done since."""
    name, rule = of
    counting_acts = acts(evidence, name)
    for entry in members(evidence, rule):
        mine = counting_acts.get(entry.id, [])
        is_done = any(stands(row) and row.happened_on >= start for row in mine)
        if entry.entered_on < start and not (rule.done_by and is_done):
            yield Debt(entry, "", known_on(evidence, mine))


def _periods(evidence: Evidence, months: int) -> Iterator[tuple[date, date]]:
    """Yield the periods of the year that began after the trial, with their last days."""
    for month in range(1, 13, months):
        start = date(evidence.today.year, month, 1)
        year, rest = divmod(month - 1 + months, 12)
        end = date(start.year + year, rest + 1, 1) - timedelta(days=1)
        if start > evidence.began.date():
            yield start, end


def _last_change(evidence: Evidence, entry: Row[Any]) -> date:
    mine = (row.on_date for row in evidence.table("level_changes") if row.entry_id == entry.id)
    return max(mine, default=date.min)


def _intervals(evidence: Evidence, of: tuple[str, DutyRule], entry: Row[Any]) -> list[Duration]:
    """Answer every interval the rule has had for an entry's level; none if it is not configured."""
    name, rule = of
    if isinstance(rule.every, ByLevel):
        level = rule.every.levels.get(entry.level)
        return [] if level is None else [level]
    found = [rule.every]
    for row in evidence.table("rule_versions"):
        written = json.loads(row.spec)["timing"]["base"].get("every") if row.rule == name else None
        if isinstance(written, str):
            found.append(Duration.parse(written))
    return found


OWED: dict[str, Owed] = {"duty": duties, "date": dates, "season": seasons, "calendar": rounds}
"""How each kind of rule says what is owed. A new kind of rule is added here."""
