"""Abolished codes: what took their place, and everything under them that moves along."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from ledgers.codes import current_code
from ledgers.ids import new_ids
from ledgers.regions import Move, Region, load_successors
from ledgers.tables import entries, entry_changes, posts, regions, village_numbers

KNOWN: Mapping[str, str] = {
    # 张家口市崇礼县改为崇礼区 (2016)
    "130733": "130709",
    # 杭州市下城区并入拱墅区 (2021); 江干区 330104 was divided between two districts: ask its county
    "330103": "330105",
}
"""Counties whose whole area went to one other, by the yearly notices on changed division codes."""


def successors(connection: Connection) -> dict[str, str]:
    """Answer the code that took the place of each abolished one: known ones, and those imported."""
    return {**KNOWN, **load_successors(connection)}


def moves_of(
    connection: Connection, successions: Iterable[Move]
) -> tuple[list[Move], list[Region]]:
    """Answer every code that moves with abolished ones, and the divisions to be made for them.

    What lies below an abolished code moves with it and keeps its digits, unless a successor of its
    own is known. A code that the site knows only from an entry or a post moves too.
    """
    listed = {move.old: move.new for move in successions}
    following = {**successors(connection), **listed}
    names = _in_force(connection)
    known = set(connection.scalars(select(regions.c.code)))
    moves, made = [], {}
    for code in sorted(_used(connection, listed) | listed.keys()):
        new = current_code(code, following)
        if new == code:
            continue
        moves.append(Move(code, new))
        for one in {code, new} - known:
            made[one] = Region(one, names.get(code, code))
    return moves, list(made.values())


def keep_history(
    connection: Connection, move: Move, *, import_id: str | None, now: datetime
) -> None:
    """Remember with each entry which code it had before a move."""
    for column in (entries.c.lives_in, entries.c.registered_in):
        ids = connection.scalars(select(entries.c.id).where(column == move.old)).all()
        rows = [
            {
                "id": id_,
                "entry_id": entry_id,
                "at": now,
                "import_id": import_id,
                "field": column.name,
                "old_plain": move.old,
                "new_plain": move.new,
            }
            for id_, entry_id in zip(new_ids(now, len(ids)), ids, strict=True)
        ]
        if rows:
            connection.execute(insert(entry_changes), rows)


def _in_force(connection: Connection) -> dict[str, str]:
    query = select(regions.c.code, regions.c.name).where(regions.c.valid_to.is_(None))
    return dict(iter(connection.execute(query)))


def _used(connection: Connection, abolished: Mapping[str, str]) -> set[str]:
    """Answer the codes in use that are abolished or lie below one that is."""
    columns = (
        regions.c.code,
        entries.c.lives_in,
        entries.c.registered_in,
        posts.c.region,
        village_numbers.c.region,
    )
    prefixes: Sequence[str] = sorted(abolished)
    found: set[str] = set()
    for column in columns:
        for prefix in prefixes:
            query = select(column).distinct().where(column.startswith(prefix, autoescape=True))
            found.update(connection.scalars(query))
    return found
