"""Entries that come due in the same way, counted together by place: what a plan goes by.

All with the same matter under a rule are one cohort. Alerts that are open already are kept apart as
far as their steps and tellings differ.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple

from alerts.moments import Matter
from alerts.states import Outcome
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A step row that is there already."""

    key: str
    occurrence: int
    on_date: date
    known_on: date
    after_due: bool
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A telling that is there already; `loose`: pending, and in no notice."""

    key: str
    occurrence: int
    person: str
    role: str
    state: Outcome
    loose: bool


class Known(NamedTuple):
    """What the pass of a day writes could first be known on another; all else on its own day."""

    by_pass_of: date
    on: date


@dataclass(frozen=True, slots=True)
class Cohort:
    """Entries under one rule whose matter and steps are the same.

    `since`: passes look at them only from this day. `until`: on this day they leave, or the matter
    is over; `ends` says that the matter itself has such a day. `version` is the rule's when the
    alert opened; None: it has not.
    """

    rule: str
    variant: str
    matter: Matter
    level: str | None = None
    known: Known | None = None
    since: date | None = None
    until: date | None = None
    ends: bool = False
    deferred_until: date | None = None
    written: tuple[Written, ...] = ()
    said: tuple[Said, ...] = ()
    made: tuple[tuple[str, int], ...] = ()
    version: int | None = None


class Member(NamedTuple):
    """Where some of a cohort are. `entry_id` is empty unless who is told hangs on the entry."""

    entry_id: str
    place: str
    lives_in: str


Sizes = dict[Cohort, Counter[Member]]
"""How many entries each cohort has at each place."""
