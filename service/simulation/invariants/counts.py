"""Promise 9: the list, the counts and the statistics are the same figures."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from alerts.in_force import InForce
from alerts.open_items import open_items, tallies
from alerts.statistics import read_statistics
from alerts.terms import Term
from service.simulation.invariants.evidence import Breach, Evidence

_Figures = Counter[tuple[str, str]]


def counts_agree(connection: Connection, in_force: InForce, evidence: Evidence) -> Iterator[Breach]:
    """Count by hand what the engine lists, counts and reports."""
    today = evidence.today
    listed = _Figures((i.rule, i.standing.value) for i in open_items(connection, today))
    counted = _Figures()
    for tally in tallies(connection, today):
        counted[tally.rule, tally.standing.value] += tally.count
    by_hand = _Figures(
        (row.rule, _standing(row, today)) for row in evidence.table("alerts") if not row.closed_at
    )
    for key in sorted(listed.keys() | counted.keys() | by_hand.keys()):
        figures = [source[key] for source in (listed, counted, by_hand)]
        if len(set(figures)) > 1:
            yield Breach("counts-agree", key[0], f"{key[1]}: list, count, by hand {figures}")
    yield from _statistics(connection, in_force, evidence)


def _standing(alert: Row[Any], today: date) -> str:
    if alert.due_on >= today:
        return "today" if alert.due_on == today else "ahead"
    return "never" if alert.anchor_on is None else "overdue"


def _statistics(connection: Connection, in_force: InForce, evidence: Evidence) -> Iterator[Breach]:
    today = evidence.today
    term = Term.parse(str(today.year))
    found = read_statistics(connection, in_force, term, today=today)
    here = sum(_is_here(row, today) for row in evidence.table("entries"))
    if found.total.entries != here:
        yield Breach("counts-agree", "entries", f"{found.total.entries}, by hand {here}")
    for name in ("entries", "cared_for", "entered", "left", "villages_without", "not_reached"):
        total, rows = getattr(found.total, name), sum(getattr(row, name) for row in found.rows)
        if total != rows:
            yield Breach("counts-agree", name, f"total {total}, of rows {rows}")
    for act, figures in found.total.acts.items():
        parts = ("on_time", "late_entered", "overdue", "never", "left", "not_yet")
        if figures.due != sum(getattr(figures, part) for part in parts):
            yield Breach("counts-agree", act, "due is not the sum of its parts")


def _is_here(entry: Row[Any], today: date) -> bool:
    if entry.ledger != "children" or entry.entered_on > today:
        return False
    still = entry.left_on is None and entry.status == "active"
    return still or (entry.left_on is not None and entry.left_on > today)
