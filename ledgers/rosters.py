"""The sheet of numbers and names (对照表) that is handed over on paper; no channel sends it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import BinaryIO

from sqlalchemy import Connection, select

from config.language import catalogue
from ledgers.access.scopes import Scope
from ledgers.entries import RosterLine, roster
from ledgers.exporting import SheetPlan, write_workbook
from ledgers.imports import IMPORTED
from ledgers.posts import load_holdings
from ledgers.regions import region_names
from ledgers.sealing import Vault
from ledgers.tables import assignments, entries

_ = catalogue("ledgers")


def export_roster(connection: Connection, lines: Sequence[RosterLine], stream: BinaryIO) -> int:
    """Write numbers and names, a sheet for each village (`roster_of`); answer how many.

    Whoever calls it writes the look down (DESIGN.md 6).
    """
    names = region_names(connection, {line.lives_in for line in lines})
    by_village: dict[str, list[RosterLine]] = defaultdict(list)
    for line in lines:
        by_village[names.get(line.lives_in, line.lives_in)].append(line)
    sheets = [
        SheetPlan(
            title=village,
            heading=_("Numbers and names: %(village)s") % {"village": village},
            note=_("On paper only. Do not photograph it, do not send it on."),
            headings=[_("number"), _("name")],
            rows=_cells(found),
            widths={0: 18, 1: 18},
            protected=True,
        )
        for village, found in by_village.items()
    ]
    empty = SheetPlan(_("nobody"), [_("number"), _("name")], [])
    return write_workbook(stream, sheets or [empty], is_small=True)


def roster_of(
    connection: Connection,
    vault: Vault,
    person_id: str,
    *,
    on: date,
    within: Scope | None = None,
) -> list[RosterLine]:
    """Answer the active children and institutions of a person's posts, and children by name.

    `within` divisions only those who live there.
    """
    regions: Collection[str] = {
        holding.post.region
        for holding in load_holdings(connection, on=on)
        if holding.person_id == person_id
    }
    lines = {
        line.entry_id: line
        for ledger in IMPORTED
        for line in roster(connection, vault, regions, ledger=ledger)
    }
    query = (
        select(entries.c.lives_in)
        .join_from(assignments, entries)
        .where(assignments.c.person_id == person_id, assignments.c.held_to.is_(None))
    )
    places = set(connection.scalars(query))
    given = select(assignments.c.entry_id).where(
        assignments.c.person_id == person_id, assignments.c.held_to.is_(None)
    )
    theirs = set(connection.scalars(given))
    for line in roster(connection, vault, places):
        if line.entry_id in theirs:
            lines[line.entry_id] = line
    seen = (one for one in lines.values() if within is None or within.covers(one.lives_in))
    return sorted(seen, key=lambda line: (line.lives_in, line.number))


def _cells(lines: list[RosterLine]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield line.number, line.name
