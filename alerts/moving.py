"""Bounds that move with the day: which entries come into a group, or leave it, by time alone."""

from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from alerts.ages import Ages
from config.durations import Duration
from config.lean import dataclass
from ledgers.codes import LENGTHS
from ledgers.tables import assignments, entries, persons, post_holdings, posts
from schedules.calendars import shifted_days
from schedules.periods import month_end

_MONTH = 31
_ANY_BELOW = "9" * max(LENGTHS)


class Bound(Protocol):
    """One thing about entries that days change and nobody writes down."""

    def crossed(self, before: Ages, now: Ages) -> ColumnElement[bool]:
        """Answer the condition on `entries` that it may differ between the days of the two.

        It may name a few too many, never one too few.
        """


@dataclass(frozen=True, slots=True)
class AgeBound:
    """Reaching an age."""

    age: Duration

    def crossed(self, before: Ages, now: Ages) -> ColumnElement[bool]:
        old, new = before.born_by(self.age), now.born_by(self.age)
        return and_(
            # Plain bounds for the index; months known only as such reach a little further back.
            entries.c.born_on > shifted_days(old, -_MONTH),
            entries.c.born_on <= new,
            born_until(new),
            ~born_until(old),
        )


@dataclass(frozen=True, slots=True)
class StayBound:
    """Having stayed for so long."""

    span: Duration

    def crossed(self, before: Ages, now: Ages) -> ColumnElement[bool]:
        since = entries.c.stay_since
        return and_(since > before.begun_by(self.span), since <= now.begun_by(self.span))


@dataclass(frozen=True, slots=True)
class StayEndBound:
    """Having been away for longer than a stay bears."""

    def crossed(self, before: Ages, now: Ages) -> ColumnElement[bool]:
        until = entries.c.stay_until
        return and_(until >= before.today, until < now.today)


@dataclass(frozen=True, slots=True)
class HolderBound:
    """Somebody taking up or giving up a role for an entry."""

    role: str

    def crossed(self, before: Ages, now: Ages) -> ColumnElement[bool]:
        moved = _moved(post_holdings.c.held_from, post_holdings.c.held_to, before, now)
        place = entries.alias("place")
        by_post = (
            select(place.c.id)
            .select_from(posts)
            .join(post_holdings, post_holdings.c.post_id == posts.c.id)
            .join(persons, persons.c.id == post_holdings.c.person_id)
            .join(
                place,
                # A range, unlike a pattern, finds its way in an index.
                and_(
                    place.c.lives_in >= posts.c.region,
                    place.c.lives_in <= posts.c.region.concat(_ANY_BELOW),
                ),
            )
            .where(posts.c.role == self.role, or_(moved, _left(before, now)))
        )
        by_name = (
            select(assignments.c.entry_id)
            .join(persons, persons.c.id == assignments.c.person_id)
            .where(
                assignments.c.role == self.role,
                or_(
                    _moved(assignments.c.held_from, assignments.c.held_to, before, now),
                    _left(before, now),
                ),
            )
        )
        return or_(entries.c.id.in_(by_post), entries.c.id.in_(by_name))


def born_until(bound: date) -> ColumnElement[bool]:
    """Answer the condition `born_on <= bound`; a birth known to the month counts as its last day."""
    return on_or_before(bound, entries.c.born_on, entries.c.born_month_only)


def on_or_before(
    bound: date, day: ColumnElement[date], month_only: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Say that a date is on or before `bound`; one known to the month counts as its last day."""
    whole = bound == month_end(bound.year, bound.month)
    months = bound if whole else shifted_days(bound.replace(day=1), -1)
    return or_(and_(month_only.is_(False), day <= bound), and_(month_only.is_(True), day <= months))


def is_staying(today: date) -> ColumnElement[bool]:
    """Answer the condition on `entries` that a stay is known and no absence has ended it."""
    since, until = entries.c.stay_since, entries.c.stay_until
    return and_(since.is_not(None), or_(until.is_(None), until >= today))


def has_holder(role: str, today: date) -> ColumnElement[bool]:
    """Answer the condition on `entries` that somebody has a role for the entry on a day.

    A post counts for its own division and all below it.
    """
    above = [func.substr(entries.c.lives_in, 1, length) for length in LENGTHS]
    there = or_(persons.c.left_on.is_(None), persons.c.left_on > today)
    by_post = exists().where(
        posts.c.role == role,
        posts.c.region.in_(above),
        post_holdings.c.post_id == posts.c.id,
        post_holdings.c.held_from <= today,
        or_(post_holdings.c.held_to.is_(None), post_holdings.c.held_to >= today),
        persons.c.id == post_holdings.c.person_id,
        there,
    )
    by_name = exists().where(
        assignments.c.entry_id == entries.c.id,
        assignments.c.role == role,
        assignments.c.held_from <= today,
        or_(assignments.c.held_to.is_(None), assignments.c.held_to >= today),
        persons.c.id == assignments.c.person_id,
        there,
    )
    return or_(by_post, by_name)


def _moved(
    first: ColumnElement[date], last: ColumnElement[date], before: Ages, now: Ages
) -> ColumnElement[bool]:
    began = and_(first > before.today, first <= now.today)
    return or_(began, and_(last >= before.today, last < now.today))


def _left(before: Ages, now: Ages) -> ColumnElement[bool]:
    return and_(persons.c.left_on > before.today, persons.c.left_on <= now.today)
