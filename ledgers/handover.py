"""What changes hands: posts and children handed over, people away, gone, or stood in for."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from ledgers.ids import new_id, new_ids
from ledgers.tables import assignments, deputies, leaves, persons, post_holdings


def replace_person(connection: Connection, old: str, new: str, *, on: date, now: datetime) -> int:
    """Hand everything `old` holds over to `new` from a day on; answer how many posts moved.

    The alerts move with the posts, because recipients are looked up when a slot opens.
    """
    held = select(post_holdings.c.post_id).where(
        post_holdings.c.person_id == old,
        or_(post_holdings.c.held_to.is_(None), post_holdings.c.held_to >= on),
    )
    posts_held = list(connection.scalars(held.distinct()))
    given = select(assignments.c.entry_id, assignments.c.role).where(
        assignments.c.person_id == old,
        or_(assignments.c.held_to.is_(None), assignments.c.held_to >= on),
    )
    children = connection.execute(given.distinct()).all()
    leave_person(connection, old, on=on)
    connection.execute(update(persons).where(persons.c.id == new).values(left_on=None))
    _hold(connection, new, posts_held, on=on, now=now)
    already = set(
        connection.execute(
            select(assignments.c.entry_id, assignments.c.role).where(
                assignments.c.person_id == new, assignments.c.held_to.is_(None)
            )
        )
    )
    rows = [
        {"entry_id": entry, "role": role, "person_id": new, "held_from": on}
        for entry, role in children
        if (entry, role) not in already
    ]
    if rows:
        connection.execute(insert(assignments), rows)
    return len(posts_held)


def leave_person(connection: Connection, person_id: str, *, on: date) -> None:
    """End everything a person holds: `on` is the first day they are no longer told."""
    last = on - timedelta(days=1)
    for table in (post_holdings, assignments, deputies):
        # what would have begun on that day or later never begins
        connection.execute(
            delete(table).where(table.c.person_id == person_id, table.c.held_from >= on)
        )
        connection.execute(
            update(table)
            .where(
                table.c.person_id == person_id,
                or_(table.c.held_to.is_(None), table.c.held_to > last),
            )
            .values(held_to=last)
        )
    connection.execute(update(persons).where(persons.c.id == person_id).values(left_on=on))


def add_leave(
    connection: Connection, person_id: str, *, from_on: date, to_on: date | None, now: datetime
) -> str:
    """Note that a person is away; None as the last day: until further notice. Answers its id."""
    id_ = new_id(now)
    connection.execute(
        insert(leaves).values(id=id_, person_id=person_id, from_on=from_on, to_on=to_on)
    )
    return id_


def end_leaves(connection: Connection, person_id: str, *, on: date) -> None:
    """Note that a person is back: `on` is the first day they are told again."""
    connection.execute(
        update(leaves)
        .where(leaves.c.person_id == person_id, or_(leaves.c.to_on.is_(None), leaves.c.to_on >= on))
        .values(to_on=on - timedelta(days=1))
    )


def set_deputy(connection: Connection, person_id: str, deputy_id: str, *, held_from: date) -> None:
    """Name who stands in for a person from a day on; a deputy named before is relieved."""
    last = held_from - timedelta(days=1)
    mine = deputies.c.person_id == person_id
    current = (
        select(func.count())
        .select_from(deputies)
        .where(mine, deputies.c.deputy_id == deputy_id, deputies.c.held_to.is_(None))
    )
    if connection.scalar(current):
        return
    connection.execute(
        update(deputies).where(mine, deputies.c.held_to.is_(None)).values(held_to=last)
    )
    connection.execute(
        insert(deputies).values(person_id=person_id, deputy_id=deputy_id, held_from=held_from)
    )


def _hold(
    connection: Connection, person_id: str, post_ids: Sequence[str], *, on: date, now: datetime
) -> None:
    held = select(post_holdings.c.post_id).where(
        post_holdings.c.person_id == person_id, post_holdings.c.held_to.is_(None)
    )
    already = set(connection.scalars(held))
    wanted = [post for post in post_ids if post not in already]
    rows = [
        {"id": id_, "post_id": post, "person_id": person_id, "held_from": on}
        for id_, post in zip(new_ids(now, len(wanted)), wanted, strict=True)
    ]
    if rows:
        connection.execute(insert(post_holdings), rows)
