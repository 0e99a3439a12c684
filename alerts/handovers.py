"""Posts and children that came into new hands lately: since when, and whose they are now."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from alerts.directory import Directory, batches
from alerts.lately import LOOKED_BACK, changed_lately, recently_moved
from config.lean import dataclass
from ledgers.tables import assignments, entries, entry_changes, post_holdings, posts
from schedules.calendars import shifted_days

_Key = tuple[str, str]

_LATELY = select(post_holdings.c.post_id).where(
    post_holdings.c.held_from > bindparam("begun"), post_holdings.c.held_from <= bindparam("day")
)
_HELD = (
    select(
        posts.c.role,
        posts.c.region,
        post_holdings.c.person_id,
        post_holdings.c.held_from,
        post_holdings.c.held_to,
    )
    .join(post_holdings, post_holdings.c.post_id == posts.c.id)
    .where(posts.c.id.in_(_LATELY), post_holdings.c.held_from <= bindparam("day"))
)
"""Who has held the posts that somebody came to lately. Written once: each slot asks."""


class Held(NamedTuple):
    """Who holds something from a day to a day, both included; None: still."""

    person: str
    held_from: date
    held_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is theirs on a day."""
        return self.held_from <= day and (self.held_to is None or day <= self.held_to)


@dataclass(frozen=True, slots=True)
class HandOver:
    """The day from which on others hold something, and who; empty: whoever holds the post.

    `before` are the days of the other hand-overs lately, in order.
    """

    on: date
    to: frozenset[str]
    before: tuple[date, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """The days of all hand-overs lately."""
        return (*self.before, self.on)

    def along_with(self, days: Iterable[date]) -> "HandOver":
        """Answer the same with more days before it."""
        earlier = {day for day in (*self.before, *days) if day < self.on}
        return replace(self, before=tuple(sorted(earlier)))


@dataclass(frozen=True, slots=True)
class HandOvers:
    """What changed hands in the months before a day.

    `posts` is by (role, region), `by_name` by (entry, role). `moved` are entries that came to live
    under other posts, and since when: their people have not changed, but are others.
    """

    posts: Mapping[_Key, HandOver] = field(default_factory=dict)
    by_name: Mapping[_Key, HandOver] = field(default_factory=dict)
    moved: Mapping[str, date] = field(default_factory=dict)

    @classmethod
    def on(cls, connection: Connection, day: date, entry_ids: Collection[str]) -> "HandOvers":
        """Read all posts, and of children given away by name those asked for."""
        ids = changed_lately(connection, sorted(entry_ids), day)
        found: dict[_Key, HandOver] = {}
        for key, (entered_on, spans) in _assigned(connection, ids, day).items():
            if one := _with_earlier(partial(_of_name, spans, entered_on), spans, day):
                found[key] = one
        return cls(_changed_posts(connection, day), found, _moved(connection, ids, day))

    def __bool__(self) -> bool:
        """Say whether anything changed hands."""
        return bool(self.posts or self.by_name or self.moved)

    def of(
        self, role: str, whose: tuple[str, str], *, is_named: bool, directory: Directory
    ) -> HandOver | None:
        """Answer the newest hand-over of who holds a role for an entry; None: none lately.

        `whose` is the entry and its place; `is_named`: somebody holds it by name now, so that what
        changed at the post means nothing.
        """
        entry_id, place = whose
        by_name = self.by_name.get((entry_id, role))
        if is_named:
            return by_name
        of_post = self._of_post(role, place, directory)
        both = [one for one in (by_name, of_post) if one is not None]
        newest = max(both, key=lambda one: one.on, default=None)
        return newest and newest.along_with(day for one in both for day in one.days)

    def _of_post(self, role: str, place: str, directory: Directory) -> HandOver | None:
        if not self.posts:
            return None
        for length in range(len(place), 0, -1):
            if directory.holders.get((role, place[:length])):
                return self.posts.get((role, place[:length]))
        return None


def newest_change(spans: Sequence[Held], day: date) -> HandOver | None:
    """Answer since when those who hold something are there in place of somebody else.

    None: nobody holds it, nobody did before, or whoever did is among them.
    """
    now = [span for span in spans if span.holds_on(day)]
    if not now:
        return None
    here = frozenset(span.person for span in now)
    since = min(_begun(spans, span) for span in now)
    before = [span for span in spans if span.held_from < since]
    if not before:
        return None
    last = max(span.held_to or date.max for span in before)
    if any(span.person in here for span in before if (span.held_to or date.max) == last):
        return None
    return HandOver(since, here)


def _begun(spans: Sequence[Held], held: Held) -> date:
    """Answer since when a person holds it without a gap: a new row is no new person."""
    since = held.held_from
    mine = [span for span in spans if span.person == held.person and span.held_to is not None]
    for span in sorted(mine, key=lambda one: one.held_from, reverse=True):
        if span.held_from < since <= shifted_days(span.held_to or date.max, 1):
            since = span.held_from
    return since


def _with_earlier(
    newest_on: Callable[[date], HandOver | None], spans: Sequence[Held], day: date
) -> HandOver | None:
    """Answer the newest hand-over by a day, with the days of the others; None: none lately."""
    newest = newest_on(day)
    if newest is None or not _is_recent(newest.on, day):
        return None
    ends = [shifted_days(span.held_to, 1) for span in spans if span.held_to is not None]
    days = {one for one in (*(span.held_from for span in spans), *ends) if _is_recent(one, day)}
    found = (newest_on(one) for one in days)
    return newest.along_with(one.on for one in found if one and _is_recent(one.on, day))


def _of_name(spans: Sequence[Held], entered_on: date, day: date) -> HandOver | None:
    """Answer when a child came to somebody by name, or back to whoever holds the post."""
    now = [span for span in spans if span.holds_on(day)]
    if not now:
        ended = [span.held_to for span in spans if span.held_to and span.held_to < day]
        back_on = shifted_days(max(ended), 1) if ended else date.min
        return HandOver(back_on, frozenset()) if _is_recent(back_on, day) else None
    change = newest_change(spans, day)
    since = min(_begun(spans, span) for span in now)
    if change is None and entered_on < since and all(s.held_from >= since for s in spans):
        # Until then it was the post's.
        change = HandOver(since, frozenset(span.person for span in now))
    return change if change and _is_recent(change.on, day) else None


def _is_recent(on: date, day: date) -> bool:
    return shifted_days(day, -LOOKED_BACK) < on <= day


def _moved(connection: Connection, entry_ids: Sequence[str], day: date) -> dict[str, date]:
    found: dict[str, date] = {}
    for batch in batches(entry_ids):
        query = recently_moved(day).add_columns(func.max(entry_changes.c.at).label("at"))
        rows = query.where(entry_changes.c.entry_id.in_(batch)).group_by(entry_changes.c.entry_id)
        found |= {row.entry_id: row.at.date() for row in connection.execute(rows)}
    return found


def _changed_posts(connection: Connection, day: date) -> dict[_Key, HandOver]:
    rows = connection.execute(_HELD, {"day": day, "begun": shifted_days(day, -LOOKED_BACK)})
    spans: dict[_Key, list[Held]] = defaultdict(list)
    for role, region, *held in rows:
        spans[role, region].append(Held(*held))
    found = ((key, _with_earlier(partial(newest_change, of), of, day)) for key, of in spans.items())
    return {key: change for key, change in found if change}


def _assigned(
    connection: Connection, entry_ids: Sequence[str], day: date
) -> dict[_Key, tuple[date, list[Held]]]:
    """Answer all there were of these entries, with the day each entry came."""
    found: dict[_Key, tuple[date, list[Held]]] = {}
    for batch in batches(entry_ids):
        query = (
            select(assignments, entries.c.entered_on)
            .join(entries, entries.c.id == assignments.c.entry_id)
            .where(assignments.c.entry_id.in_(batch), assignments.c.held_from <= day)
        )
        for row in connection.execute(query):
            held = Held(row.person_id, row.held_from, row.held_to)
            key = (row.entry_id, row.role)
            found.setdefault(key, (row.entered_on, []))[1].append(held)
    return found
