"""The figures of a term as a workbook, one row for each township and one for all."""

from typing import BinaryIO

from alerts.listing import Asked
from alerts.statistics import ACTS, Statistics, TownFigures
from alerts.wording import day_text
from config.language import catalogue
from ledgers.exporting import Cell, SheetPlan, write_workbook

_ = catalogue("alerts")


def export_statistics(statistics: Statistics, asked: Asked, stream: BinaryIO) -> int:
    """Write a term's figures, a row for each township and one for all; answer how many rows."""
    plan = SheetPlan(
        title=_("statistics"),
        headings=_statistics_headings(),
        rows=(_figures(row) for row in (*statistics.rows, statistics.total)),
        heading=_("%(site)s: figures of %(term)s")
        % {"site": asked.in_force.configuration.site.name, "term": statistics.term.name},
        note=_("As of %(day)s. Rate: on time, of those due who did not leave.")
        % {"day": day_text(statistics.as_of)},
        landscape=True,
    )
    return write_workbook(stream, [plan])


def _statistics_headings() -> list[str]:
    acts = {"contact": _("contact"), "visit": _("visit"), "update": _("update")}
    of_acts = [
        _("%(act)s: %(figure)s") % {"act": acts[act], "figure": figure}
        for act in ACTS
        for figure in (
            _("due"),
            _("on time"),
            _("entered late"),
            _("overdue"),
            _("never recorded"),
            _("rate"),
        )
    ]
    return [
        _("township"),
        _("in the ledger"),
        _("cared for"),
        *of_acts,
        _("new"),
        _("left"),
        _("villages without a director"),
        _("not reached"),
        _("reported"),
        _("reported and settled"),
    ]


def _figures(row: TownFigures) -> list[Cell]:
    cells: list[Cell] = [row.name or _("total"), row.entries, row.cared_for]
    for act in ACTS:
        of = row.acts[act]
        rate = None if of.rate is None else f"{of.rate:.1%}"
        cells += [of.due, of.on_time, of.late_entered, of.overdue, of.never, rate]
    plain = (row.entered, row.left, row.villages_without, row.not_reached)
    return [*cells, *plain, row.reported, row.settled]
