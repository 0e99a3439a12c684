"""Evaluation as a person would do it with the file in hand: one entry, one rule, one day. Slow and
independent of the engine: no cut-offs, no caches, no SQL."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class NaiveRecord:
    """A record as somebody remembers it."""

    id: str
    kind: str
    on: date
    result: str


@dataclass
class NaiveEntry:
    """A child's file."""

    status: str = "active"
    level: str = "green"
    place: str = ""
    records: list[NaiveRecord] = field(default_factory=list)
    void: set[str] = field(default_factory=set)

    def anchor(self, kinds: Sequence[str]) -> date | None:
        """Answer when something that counts was last done."""
        days = [
            record.on
            for record in self.records
            if record.kind in kinds and record.result == "done" and record.id not in self.void
        ]
        return max(days, default=None)


@dataclass(frozen=True)
class NaiveStep:
    """A step: days from the due date, whether it is an escalation, since when it is in the rule."""

    id: str
    offset: int
    escalation: bool = False


def months_after(day: date, months: int) -> date:
    """Answer the corresponding day, else the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due(anchor: date, history: Sequence[tuple[int, date]]) -> date:
    """Answer the due date under intervals in months, each with the day it took effect."""
    (months, _), *changes = history
    day = months_after(anchor, months)
    for months, since in changes:
        plain, restarted = (months_after(start, months) for start in (anchor, max(anchor, since)))
        day = max(plain, min(day, restarted))
    return day


def ready_days(
    steps: Sequence[NaiveStep],
    due_on: date,
    *,
    anchor: date | None,
    look_ahead: int,
    escalate_from: date,
) -> dict[str, tuple[date, date]]:
    """Answer by step its day, and the day from which it must be written down."""
    found = {}
    for step in steps:
        day = due_on + timedelta(days=step.offset)
        ahead = look_ahead if step.offset <= 0 else 0
        if anchor is None and step.escalation:
            day, ahead = max(day, escalate_from), 0
        if anchor is None or day > anchor:
            found[step.id] = (day, day - timedelta(days=ahead))
    return found
