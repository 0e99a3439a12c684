"""Abolished codes: what took their place, and everything under them that moves along."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from ledgers.regions import Move, Region, current_code, load_successors
from ledgers.tables import entries, posts, regions, village_numbers

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
    moves, made = [], {}
    for code in sorted(_used(connection, listed) | (names.keys() & listed.keys())):
        new = current_code(code, following)
        if new == code:
            continue
        moves.append(Move(code, new))
        if new not in names and code in names:
            made[new] = Region(new, names[code])
    return moves, list(made.values())


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
