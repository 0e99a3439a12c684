"""Posts: a role in a division, held by a person from a day to a day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from config.lean import dataclass
from config.model import Role
from ledgers.access.scopes import Scope
from ledgers.ids import new_ids
from ledgers.tables import post_holdings, posts


@dataclass(frozen=True, slots=True)
class Post:
    """A role in a division: 青山村 儿童主任."""

    role: str
    region: str


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a post. `held_to` is the last day; None: still held."""

    post: Post
    person_id: str
    held_from: date
    held_to: date | None = None
    id: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the post is theirs on a day."""
        return self.held_from <= day and (self.held_to is None or day <= self.held_to)


def role_of_title(roles: Mapping[str, Role], title: str) -> str | None:
    """Answer the role a ledger's title means: its id, title or an alias; None if it is none."""
    wanted = "".join(title.split())
    for role_id, role in roles.items():
        if wanted in {role_id, role.title, *role.aliases}:
            return role_id
    return None


def load_holdings(
    connection: Connection, *, on: date | None = None, within: Scope | None = None
) -> list[Holding]:
    """Answer all holdings, those of one day or `within` divisions if named, in the order they began."""
    query = (
        select(
            posts.c.role,
            posts.c.region,
            post_holdings.c.person_id,
            post_holdings.c.held_from,
            post_holdings.c.held_to,
            post_holdings.c.id,
        )
        .join_from(post_holdings, posts)
        .order_by(post_holdings.c.held_from, post_holdings.c.id)
    )
    if on is not None:
        still = or_(post_holdings.c.held_to.is_(None), post_holdings.c.held_to >= on)
        query = query.where(post_holdings.c.held_from <= on, still)
    if within is not None:
        query = query.where(within.where(posts.c.region))
    return [
        Holding(Post(role, region), person, held_from, held_to, id_)
        for role, region, person, held_from, held_to, id_ in connection.execute(query)
    ]


def ensure_posts(
    connection: Connection, wanted: Collection[Post], *, now: datetime
) -> dict[Post, str]:
    """Answer the ids of posts, making those that are not there."""
    query = select(posts.c.role, posts.c.region, posts.c.id).where(
        posts.c.region.in_({post.region for post in wanted})
    )
    known = {Post(role, region): id_ for role, region, id_ in connection.execute(query)}
    missing = [post for post in dict.fromkeys(wanted) if post not in known]
    made = dict(zip(missing, new_ids(now, len(missing)), strict=True))
    if made:
        rows = [{"id": id_, "role": p.role, "region": p.region} for p, id_ in made.items()]
        connection.execute(insert(posts), rows)
    return {**known, **made}


def add_holdings(connection: Connection, new: Sequence[Holding], *, now: datetime) -> None:
    """Write new holdings and the posts they need."""
    if not new:
        return
    ids = ensure_posts(connection, {holding.post for holding in new}, now=now)
    rows = [
        {
            "id": id_,
            "post_id": ids[holding.post],
            "person_id": holding.person_id,
            "held_from": holding.held_from,
            "held_to": holding.held_to,
        }
        for id_, holding in zip(new_ids(now, len(new)), new, strict=True)
    ]
    connection.execute(insert(post_holdings), rows)


def end_holdings(connection: Connection, ended: Iterable[tuple[str, date | None]]) -> None:
    """Write the last day of holdings, by id; None opens one again."""
    rows = [{"key": id_, "last": last} for id_, last in ended]
    if rows:
        statement = (
            update(post_holdings)
            .where(post_holdings.c.id == bindparam("key"))
            .values(held_to=bindparam("last"))
        )
        connection.execute(statement, rows)
