"""Lists as workbooks: what is overdue, whom to visit, what became of each telling, the figures.

All of it is of class `public`: village numbers, villages, dates, posts. No child is named.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import BinaryIO

from sqlalchemy import Connection

from alerts.export_outcomes import export_outcomes
from alerts.export_statistics import export_statistics
from alerts.items import informing, last_done
from alerts.lines import Strength
from alerts.listing import WIDTHS, Asked, Places, made_on, place_headings
from alerts.open_items import PAST, WORK, OpenItem, Standing, Wanted, as_line_item, open_items
from alerts.wording import day_text, joined, standing_text
from config.language import catalogue
from ledgers.exporting import Cell, SheetPlan, write_workbook

__all__ = ["Asked", "export_outcomes", "export_overdue", "export_statistics", "export_visits"]

_ = catalogue("alerts")


def export_overdue(connection: Connection, asked: Asked, stream: BinaryIO) -> int:
    """Write what should have been done by now, overdue or never recorded; answer how many rows."""
    wanted = replace(_wanted(asked), standings=PAST)
    places = Places.load(connection, asked)

    def rows() -> Iterator[list[Cell]]:
        for item in open_items(connection, asked.today, wanted):
            rule = asked.in_force.configuration.rules.get(item.rule)
            yield [
                *places.of(item.lives_in),
                item.number,
                rule.say if rule else item.rule,
                standing_text(item.standing),
                item.due_on,
                item.days_past(asked.today) if item.standing is Standing.OVERDUE else None,
                last_done(rule, item.anchor_on),
                _("not reached") if item.not_reached else None,
                places.director(item.entry_id, item.lives_in),
            ]

    headings = [
        *place_headings(),
        _("number"),
        _("matter"),
        _("state"),
        _("due on"),
        _("days overdue"),
        _("last done on"),
        _("last try"),
        places.title,
    ]
    plan = SheetPlan(
        title=_("overdue"),
        headings=headings,
        rows=rows(),
        heading=_("Overdue and never recorded"),
        note=made_on(asked),
        widths=WIDTHS,
        landscape=True,
    )
    return write_workbook(stream, [plan])


def export_visits(connection: Connection, asked: Asked, stream: BinaryIO, *, until: date) -> int:
    """Write whom to see up to a day, one row an entry with its strongest matter; answer how many."""
    wanted = replace(_wanted(asked), due_by=until, standings=WORK)
    places = Places.load(connection, asked)
    strength = Strength.of(asked.in_force.configuration)

    def rows() -> Iterator[list[Cell]]:
        found = open_items(connection, asked.today, wanted)
        for _entry, of_entry in groupby(found, key=attrgetter("entry_id")):
            row = _visit(list(of_entry), asked, places, strength)
            if row is not None:
                yield row

    headings = [
        *place_headings(),
        _("number"),
        _("matter"),
        _("due on"),
        _("state"),
        _("last done on"),
        places.title,
        _("done on"),
        _("how"),
        _("result"),
    ]
    plan = SheetPlan(
        title=_("visits"),
        headings=headings,
        rows=rows(),
        heading=_("Whom to see up to %(day)s") % {"day": day_text(until)},
        note=made_on(asked),
        widths=WIDTHS,
        fill_in=frozenset({8, 9, 10}),
        landscape=True,
    )
    return write_workbook(stream, [plan])


def _wanted(asked: Asked) -> Wanted:
    told = informing(asked.in_force.configuration)
    return Wanted(region=asked.region, places=asked.places, informing=told)


def _visit(
    of_entry: list[OpenItem], asked: Asked, places: "Places", strength: Strength
) -> list[Cell] | None:
    configuration = asked.in_force.configuration
    found = [(one, as_line_item(one, configuration)) for one in of_entry]
    items = {line.alert_id: one for one, line in found if line is not None}
    kept = strength.strongest([line for _one, line in found if line is not None])
    if not kept:
        return None
    first = min(kept, key=lambda item: item.due_on)
    item = items[first.alert_id]
    earliest = min(of_entry, key=lambda one: one.due_on)
    return [
        *places.of(item.lives_in),
        item.number,
        joined(dict.fromkeys(one.act for one in kept)),
        first.due_on,
        standing_text(earliest.standing),
        last_done(configuration.rules.get(item.rule), item.anchor_on),
        places.director(item.entry_id, item.lives_in),
        None,
        None,
        None,
    ]
