"""Asking for entries that came into other hands lately: by name, or because they moved."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    union,
)

from alerts.directory import batches
from ledgers.among import among_named
from ledgers.tables import assignments, entries, entry_changes, posts
from schedules.calendars import shifted_days

LOOKED_BACK = 90
"""Days after which a hand-over is forgotten: what it held back went out long before."""

_MANY = 2000
"""Entries of which those that changed are looked for among all, rather than one by one."""

_Day = date | BindParameter[date]
_Instant = datetime | BindParameter[datetime]


def recently_named(day: date) -> Select[str]:
    """Ask for entries that somebody was given by name lately, or gave back; perhaps a few too many."""
    return _named(day, shifted_days(day, -LOOKED_BACK))


def recently_moved(day: date) -> Select[str]:
    """Ask for entries that came to live under other posts lately.

    Where a division's code became another the posts went along: those are not among them.
    """
    return _moved_between(instant(shifted_days(day, -LOOKED_BACK)), instant(shifted_days(day, 2)))


def _named(day: _Day, begun: _Day) -> Select[str]:
    held = assignments.c
    return (
        select(held.entry_id)
        .join(entries, entries.c.id == held.entry_id)
        .where(
            held.held_from <= day,
            or_(
                and_(held.held_from > begun, held.held_from > entries.c.entered_on),
                and_(held.held_to >= begun, held.held_to < day),
            ),
        )
    )


def _moved_between(after: _Instant, before: _Instant) -> Select[str]:
    changed, post = entry_changes.c, posts.alias("post")
    return select(changed.entry_id).where(
        changed.field == "lives_in",
        changed.at > after,
        changed.at < before,
        exists().where(post.c.region == changed.old_plain),
    )


def _lately(dialect: str) -> CompoundSelect[str]:
    """Ask both of some entries, in a statement that is put together once."""
    named = _named(bindparam("day", type_=Date()), bindparam("begun", type_=Date()))
    moved = _moved_between(
        bindparam("after", type_=entry_changes.c.at.type),
        bindparam("before", type_=entry_changes.c.at.type),
    )
    return union(
        named.where(among_named(dialect, assignments.c.entry_id, "ids")),
        moved.where(among_named(dialect, entry_changes.c.entry_id, "ids")),
    )


_CHANGED_LATELY = {dialect: _lately(dialect) for dialect in ("sqlite", "postgresql")}


def changed_lately(connection: Connection, ids: Sequence[str], day: date) -> list[str]:
    """Answer the few of some entries that came into other hands lately; perhaps a few too many."""
    if len(ids) > _MANY:
        changed = set(connection.scalars(recently_named(day)))
        changed.update(connection.scalars(recently_moved(day)))
    else:
        query = _CHANGED_LATELY[connection.dialect.name]
        begun = shifted_days(day, -LOOKED_BACK)
        days = {
            "day": day,
            "begun": begun,
            "after": instant(begun),
            "before": instant(shifted_days(day, 2)),
        }
        changed = set()
        for batch in batches(ids):
            changed.update(connection.scalars(query, {"ids": batch, **days}))
    return [id_ for id_ in ids if id_ in changed]


def instant(day: date) -> datetime:
    """Answer the beginning of a day in UTC."""
    return datetime.combine(day, time(), UTC)
