"""Windows of a season and rounds of the calendar as spells: where matters come from. Pure."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date
from itertools import zip_longest

from alerts.moments import Spell
from config.lean import dataclass
from schedules.calendars import shifted_days
from schedules.rounds import DueIn, Rounds
from schedules.windows import Instance, Where, instances

_AROUND = 400
"""Days after those asked for in which the window that follows is looked for."""

_Asked = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a season rule, each until the next begins; `name` begins their keys."""

    where: Where
    name: str
    _known: dict[_Asked, tuple[Spell, ...]] = field(default_factory=dict, repr=False, compare=False)

    def between(self, first: date, last: date) -> Sequence[Spell]:
        """Answer those that start on or before `last` and do not end before `first`."""
        if (first, last) not in self._known:
            self._known[first, last] = tuple(self._spells(first, last))
        return self._known[first, last]

    def _spells(self, first: date, last: date) -> Sequence[Spell]:
        around = shifted_days(max(first, last), _AROUND)
        found = instances(self.where, self.name, first=first, last=around)
        followers = [one.start for one in found[1:]]
        return [
            _spell(one, over_on)
            for one, over_on in zip_longest(found, followers)
            if one.start <= last
        ]


def _spell(one: Instance, over_on: date | None) -> Spell:
    entered = [day for day in (one.known_on, one.changed_on) if day is not None]
    return Spell(one.key, one.start, one.end, one.end, over_on, max(entered, default=None))


@dataclass(frozen=True, slots=True)
class Periods:
    """The rounds of a calendar rule; each stays until it is done."""

    rounds: Rounds
    due_in: DueIn
    _known: dict[_Asked, tuple[Spell, ...]] = field(default_factory=dict, repr=False, compare=False)

    def between(self, first: date, last: date) -> Sequence[Spell]:
        """Answer those that open on or before `last` and are not due before `first`."""
        if (first, last) not in self._known:
            rounds = self.rounds.covering(first, last)
            found = (Spell(one.key, one.opening, one.end, self.due_in.due(one)) for one in rounds)
            self._known[first, last] = tuple(spell for spell in found if spell.due_on >= first)
        return self._known[first, last]
