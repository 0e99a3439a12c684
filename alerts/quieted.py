"""Silences at a slot: what is not told now, and since when it could be told again."""

from datetime import date
from typing import Protocol

from sqlalchemy import Connection, case, select

from alerts.tables import silences
from alerts.waiting import WaitingStep
from config.lean import dataclass


class Silenceable(Protocol):
    """What a silence can lie over."""

    @property
    def entry_id(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def lives_in(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Silence:
    """Something nothing is told about for some days."""

    scope: str
    target: str
    to_on: date


@dataclass(frozen=True, slots=True)
class Silences:
    """Silences in force on one day, and when those that ended let things go again."""

    now: tuple[Silence, ...]
    past: tuple[Silence, ...]

    @classmethod
    def on(cls, connection: Connection, day: date) -> "Silences":
        """Read all that have begun."""
        ended_on = case(
            (silences.c.ended_at.is_not(None), True), else_=silences.c.to_on < day
        ).label("ended")
        rows = connection.execute(
            select(silences.c.scope, silences.c.target, silences.c.to_on, ended_on).where(
                silences.c.from_on <= day
            )
        ).all()
        found: dict[bool, list[Silence]] = {True: [], False: []}
        for row in rows:
            found[bool(row.ended)].append(
                Silence(row.scope, row.target, min(row.to_on, day) if row.ended else row.to_on)
            )
        return cls(tuple(found[False]), tuple(found[True]))

    def cover(self, step: Silenceable) -> bool:
        """Say whether nothing may be said of a step now, to anybody."""
        return any(_covers(silence, step) for silence in self.now)

    def cover_person(self, person: str) -> bool:
        """Say whether a person is to be left alone now."""
        return any(s.scope == "person" and s.target == person for s in self.now)

    def deferred_to(self, step: WaitingStep, person: str | None = None) -> date | None:
        """Answer the last day an ended silence or an acknowledgement held a step back.

        With `person`, also one that lay over whoever is told.
        """
        days = [silence.to_on for silence in self.past if _covers(silence, step)]
        if person is not None and (rested := self.rested(person)):
            days.append(rested)
        if step.deferred_until is not None:
            days.append(step.deferred_until)
        return max(days, default=None)

    def rested(self, person: str) -> date | None:
        """Answer the last day an ended silence lay over a person."""
        mine = (s.to_on for s in self.past if s.scope == "person" and s.target == person)
        return max(mine, default=None)


def _covers(silence: Silence, step: Silenceable) -> bool:
    match silence.scope:
        case "entry":
            return silence.target == step.entry_id
        case "rule":
            return silence.target == step.rule
        case "region":
            return step.lives_in.startswith(silence.target)
        case _:
            return False
