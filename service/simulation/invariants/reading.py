"""Rules and rows read as a person reads them, with the file in hand; in doubt, nothing is certain."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.days import MonthDay
from config.durations import Duration, Unit
from config.groups import AgeRange, Filter, SetFilter
from config.rules import Rule
from service.simulation.invariants.evidence import Evidence
from service.simulation.invariants.settling import counting

GRACE = timedelta(days=21)
"""How long something may be due before it must have been told: slots, caps, rest days, rolls."""

_WORDS = ("status", "population", "category")


def members(evidence: Evidence, rule: Rule) -> Iterator[Row[Any]]:
    """Yield the entries that have certainly been in the rule's group for a while."""
    group, valid = evidence.configuration.group_of(rule), rule.valid
    if valid is not None and ((valid.from_ and valid.from_ > evidence.today - GRACE) or valid.to):
        return
    triggers = evidence.grouped("entry_triggers", "entry_id")
    for entry in evidence.table("entries"):
        if entry.ledger != group.ledger or entry.status != "active":
            continue
        if entry.entered_on > evidence.today - 2 * GRACE:
            continue
        words = {row.trigger for row in triggers.get(entry.id, [])}
        if all(_fits(evidence, *one, (entry, words)) for one in group.where.items()):
            yield entry


def acts(evidence: Evidence, name: str) -> dict[str, list[Row[Any]]]:
    """Answer by entry the records of kinds that count for a rule, whatever became of them."""
    kinds = counting(evidence.configuration, name)
    return {
        entry: [row for row in rows if row.kind in kinds]
        for entry, rows in evidence.grouped("records", "entry_id").items()
    }


def stands(act: Row[Any]) -> bool:
    """Say whether a record counts now: it was done and not taken back."""
    return bool(act.result == "done" and act.voided_at is None)


def known_on(evidence: Evidence, rows: list[Row[Any]]) -> date:
    """Answer the day since which it is known what was recorded and what taken back."""
    instants: list[datetime] = [row.recorded_at for row in rows]
    instants += [row.voided_at for row in rows if row.voided_at]
    return evidence.local(max(instants)).date() if instants else date.min


def windows(evidence: Evidence, name: object) -> Iterator[tuple[str, date, date, date]]:
    """Yield the windows of a plain calendar: year, first and last day, and the day it was known."""
    calendar = evidence.configuration.calendars.get(name) if isinstance(name, str) else None
    if calendar is None or calendar.regions or calendar.region or calendar.years:
        return
    if calendar.every_year is not None:
        first, last = calendar.every_year
        for year in range(evidence.began.year, evidence.today.year + 1):
            begin, end = _in_year(first, year), _in_year(last, year)
            yield str(year), begin, end if end >= begin else _in_year(last, year + 1), date.min
    for row in evidence.table("calendar_windows"):
        if row.calendar == name and not row.region:
            yield row.year_key, row.start_on, row.end_on, row.known_on


def _in_year(day: MonthDay, year: int) -> date:
    return day.in_year(year)


def after(day: date, length: Duration) -> date:
    """Answer the day a length of time ends on, as one counts on a wall calendar; workdays widely."""
    days = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.WORKDAYS: 3}.get(length.unit)
    if days is not None:
        return day + timedelta(days=days * length.amount)
    months = length.amount * (12 if length.unit is Unit.YEARS else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _fits(evidence: Evidence, field: str, wanted: Filter, about: tuple[Row[Any], set[str]]) -> bool:
    """Say whether one filter certainly holds."""
    entry, triggers = about
    if isinstance(wanted, AgeRange):
        return _is_of_age(evidence, wanted, entry.born_on)
    if field == "triggers":
        return isinstance(wanted, SetFilter) and bool(triggers & set(wanted.any_of or ()))
    return field in _WORDS and isinstance(wanted, str) and entry._mapping[field] == wanted


def _is_of_age(evidence: Evidence, wanted: AgeRange, born: date | None) -> bool:
    if born is None:
        return False
    old_enough = wanted.at_least is None or after(born, wanted.at_least) < evidence.today - GRACE
    young_enough = wanted.under is None or after(born, wanted.under) > evidence.today
    return old_enough and young_enough
