"""Divisions: their codes, their names, and what moves when a local code gets its real one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, delete, insert, literal, or_, select, update

from config.lean import dataclass
from ledgers.access.tables import user_scopes
from ledgers.tables import (
    entries,
    post_holdings,
    posts,
    regions,
    touched,
    village_numbers,
)


@dataclass(frozen=True, slots=True)
class Region:
    """One division. `local`: its code is our own until the real one is imported."""

    code: str
    name: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A local code and the real one that takes its place."""

    old: str
    new: str


_SUCCESSORS = select(regions.c.code, regions.c.successor).where(regions.c.successor.is_not(None))
"""Written once: each pass asks whether anything was imported."""

MoveDoor = Callable[[Connection, Move], None]
"""Told of each code that changes, in the transaction that changes it: others name divisions too."""


def load_successors(connection: Connection) -> dict[str, str]:
    """Answer the code that took the place of each abolished one."""
    return dict(iter(connection.execute(_SUCCESSORS)))


def load_regions(connection: Connection, *, within: str = "") -> list[Region]:
    """Answer every division in force within a prefix, in order of code."""
    query = (
        select(regions.c.code, regions.c.name, regions.c.local)
        .where(regions.c.code.startswith(within, autoescape=True), regions.c.valid_to.is_(None))
        .order_by(regions.c.code)
    )
    return [Region(code, name, local) for code, name, local in connection.execute(query)]


def region_names(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Answer the names of codes; those unknown are missing."""
    query = select(regions.c.code, regions.c.name).where(regions.c.code.in_(codes))
    return dict(iter(connection.execute(query)))


def add_regions(connection: Connection, new: Sequence[Region]) -> None:
    """Write divisions that are not there yet."""
    if new:
        rows = [{"code": r.code, "name": r.name, "local": r.local} for r in new]
        connection.execute(insert(regions), rows)


def rename_regions(connection: Connection, renamed: Iterable[Region]) -> None:
    """Write new names; a name that came with a real code makes the code real."""
    rows = [{"key": r.code, "name": r.name, "local": r.local} for r in renamed]
    if rows:
        statement = (
            update(regions)
            .where(regions.c.code == bindparam("key"))
            .values(name=bindparam("name"), local=bindparam("local"))
        )
        connection.execute(statement, rows)


def move_region(connection: Connection, move: Move, *, today: date) -> int:
    """Put the real code in the place of a local one; answer how many entries moved.

    Entries, posts and numbers go along, the entries are touched, and the old code stays as a
    row that names its successor. Doing it twice does nothing the second time.
    """
    moved = entries.c.lives_in == move.old
    whom = select(entries.c.id, literal(today, touched.c.known_on.type)).where(
        or_(moved, entries.c.registered_in == move.old)
    )
    connection.execute(insert(touched).from_select(["entry_id", "known_on"], whom))
    count = connection.execute(update(entries).where(moved).values(lives_in=move.new)).rowcount
    connection.execute(
        update(entries).where(entries.c.registered_in == move.old).values(registered_in=move.new)
    )
    _move_posts(connection, move)
    _move_scopes(connection, move)
    connection.execute(
        update(village_numbers).where(village_numbers.c.region == move.old).values(region=move.new)
    )
    connection.execute(
        update(regions).where(regions.c.code == move.old).values(valid_to=today, successor=move.new)
    )
    return count


def _move_posts(connection: Connection, move: Move) -> None:
    """Move posts; where the real code has the same post already, their holdings are joined."""
    query = select(posts.c.role, posts.c.region, posts.c.id).where(
        posts.c.region.in_((move.old, move.new))
    )
    at: Mapping[tuple[str, str], str] = {
        (r, region): i for r, region, i in connection.execute(query)
    }
    for (role, region), post_id in at.items():
        if region != move.old:
            continue
        target = at.get((role, move.new))
        if target is None:
            connection.execute(update(posts).where(posts.c.id == post_id).values(region=move.new))
            continue
        _join_holdings(connection, post_id, target)
        connection.execute(delete(posts).where(posts.c.id == post_id))


def _move_scopes(connection: Connection, move: Move) -> None:
    """Let whoever sees the old code see the new one, and nobody see it twice."""
    seeing = select(user_scopes.c.user_id).where(user_scopes.c.region == move.new)
    old = user_scopes.c.region == move.old
    connection.execute(delete(user_scopes).where(old, user_scopes.c.user_id.in_(seeing)))
    connection.execute(update(user_scopes).where(old).values(region=move.new))


def _join_holdings(connection: Connection, old: str, new: str) -> None:
    held = select(post_holdings.c.person_id).where(post_holdings.c.post_id == new)
    connection.execute(
        delete(post_holdings).where(
            post_holdings.c.post_id == old, post_holdings.c.person_id.in_(held)
        )
    )
    connection.execute(
        update(post_holdings).where(post_holdings.c.post_id == old).values(post_id=new)
    )
