"""What another system's list says otherwise, as a workbook: by village number, without a name."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from sqlalchemy import Connection, func, select

from alerts.listing import WIDTHS, Asked, Places, made_on, place_headings
from alerts.wording_differences import Differing, Words
from config.language import catalogue
from config.lean import dataclass
from ledgers.differing import Kind
from ledgers.exporting import Cell, SheetPlan, write_workbook
from ledgers.tables import differences, entries

_ = catalogue("alerts")


@dataclass(frozen=True, slots=True)
class Kept:
    """A difference that is not settled. `lives_in` is where the other says, if we have no entry."""

    said: Differing
    number: str | None
    lives_in: str
    sheet: str | None
    row: int | None
    source: str
    found_on: date


def open_differences(
    connection: Connection, asked: Asked, *, source: str | None = None
) -> Iterator[Kept]:
    """Yield the differences that no later list settled, by place and number."""
    d = differences.c
    place = func.coalesce(entries.c.lives_in, d.region, "")
    number = func.coalesce(entries.c.number, "")  # databases do not agree where nothing sorts
    query = (
        select(
            d.kind,
            d.ledger,
            d.field,
            d.ours,
            d.theirs,
            entries.c.number,
            place.label("lives_in"),
            d.sheet,
            d.row,
            d.source,
            d.found_on,
        )
        .join_from(differences, entries, d.entry_id == entries.c.id, isouter=True)
        .where(d.settled_on.is_(None), asked.covers(place))
        .order_by(place, func.length(number), number, d.field, d.id)
    )
    if source is not None:
        query = query.where(d.source == source)
    for row in connection.execute(query):
        said = Differing(Kind(row.kind), row.ledger, row.field, row.ours, row.theirs)
        yield Kept(said, row.number, row.lives_in, row.sheet, row.row, row.source, row.found_on)


def export_differences(
    connection: Connection, asked: Asked, stream: BinaryIO, *, source: str | None = None
) -> int:
    """Write every open difference, one a row, with room for what was found; answer how many."""
    places = Places.load(connection, asked)
    words = Words(asked.in_force.configuration, places.names)

    def rows() -> Iterator[list[Cell]]:
        for kept in open_differences(connection, asked, source=source):
            ours, theirs = words.values(kept.said)
            yield [
                *places.of(kept.lives_in),
                kept.number,
                words.field(kept.said),
                ours,
                theirs,
                kept.source,
                _place(kept),
                kept.found_on,
                None,
            ]

    headings = [
        *place_headings(),
        _("number"),
        _("what differs"),
        _("in our ledger"),
        _("in the other list"),
        _("other list"),
        _("where it stands there"),
        _("found on"),
        _("what was found"),
    ]
    plan = SheetPlan(
        title=_("differences"),
        headings=headings,
        rows=rows(),
        heading=_("Differences from other systems, to be checked"),
        note=made_on(asked),
        widths={**WIDTHS, 3: 16, 4: 14, 5: 14, 6: 16, 7: 18, 8: 12, 9: 20},
        fill_in=frozenset({9}),
        landscape=True,
    )
    return write_workbook(stream, [plan])


def _place(kept: Kept) -> str | None:
    if kept.sheet is None or kept.row is None:
        return None
    return _("%(sheet)s, row %(row)s") % {"sheet": kept.sheet, "row": kept.row}
