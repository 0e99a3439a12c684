"""Which people a scope holds: by their posts, children given by name, and whom they stand in for."""

from datetime import date
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.tables import assignments, deputies, entries, persons, post_holdings, posts


class Belonging(Enum):
    """How far somebody must belong to divisions to be found there."""

    PARTLY = auto()  # holds something there, or did when they left
    NOW = auto()  # and, today or to come, nothing elsewhere
    ALWAYS = auto()  # and never held anything elsewhere


@dataclass(frozen=True, slots=True)
class People:
    """The people who belong to divisions on a day; whoever holds nothing belongs nowhere."""

    scope: Scope
    today: date
    how: Belonging = Belonging.PARTLY

    def where(self, person: ColumnElement[Any]) -> ColumnElement[bool]:
        """Answer the condition that a column of persons' ids names one of them."""
        left = select(persons.c.id).where(persons.c.id == person, persons.c.left_on.is_not(None))
        is_here = self._holds(person, inside=True, or_else=left.exists())
        if self.how is Belonging.PARTLY:
            return is_here
        ever = true() if self.how is Belonging.ALWAYS else None
        return and_(is_here, not_(self._holds(person, inside=False, or_else=ever)))

    def _holds(
        self, person: ColumnElement[Any], *, inside: bool, or_else: ColumnElement[bool] | None
    ) -> ColumnElement[bool]:
        """Say that somebody holds something there, or stands in; what is over counts only `or_else`."""
        of_posts = (
            select(post_holdings.c.id)
            .join(posts, posts.c.id == post_holdings.c.post_id)
            .where(
                post_holdings.c.person_id == person,
                self._lies(posts.c.region, inside=inside),
                self._lasts(post_holdings.c.held_to, or_else),
            )
        )
        of_entries = (
            select(assignments.c.entry_id)
            .join(entries, entries.c.id == assignments.c.entry_id)
            .where(
                assignments.c.person_id == person,
                self._lies(entries.c.lives_in, inside=inside),
                self._lasts(assignments.c.held_to, or_else),
            )
        )
        stood_in_for = (
            select(deputies.c.deputy_id)
            .join(post_holdings, post_holdings.c.person_id == deputies.c.person_id)
            .join(posts, posts.c.id == post_holdings.c.post_id)
            .where(
                deputies.c.deputy_id == person,
                self._lies(posts.c.region, inside=inside),
                self._lasts(deputies.c.held_to, or_else),
                self._lasts(post_holdings.c.held_to, or_else),
            )
        )
        return or_(*(one.exists() for one in (of_posts, of_entries, stood_in_for)))

    def _lies(self, place: ColumnElement[Any], *, inside: bool) -> ColumnElement[bool]:
        within = self.scope.where(place)
        return within if inside else not_(within)

    def _lasts(
        self, held_to: ColumnElement[Any], or_else: ColumnElement[bool] | None
    ) -> ColumnElement[bool]:
        lasts = or_(held_to.is_(None), held_to >= self.today)
        return lasts if or_else is None else or_(lasts, or_else)
