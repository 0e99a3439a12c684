"""A small made-up county and a year in it, by seed: what the tests and `make soak` live through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from service import logs
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.faults import Fault
from service.simulation.made_up import Size
from service.simulation.people import HABITS
from service.simulation.sites import made_up
from service.simulation.trial import Seams, Tried, Wish, run
from service.wiring import Site
from tests.service.simulation.written import DUTIES, RULES, written

FIRST = date(2027, 1, 4)
"""A Monday, a month after the county's launch."""

ALL = frozenset(Fault)

_WHOLE = 0.1
"""The share of counties with three villages of eight children, and all rules."""

_ALL_RULES = 0.1
"""The share of counties with one village, and all rules all the same."""


@dataclass(frozen=True, slots=True)
class County:
    """How large a county is, and which of the rules it has."""

    size: Size
    rules: tuple[str, ...] = tuple(RULES)

    @classmethod
    def of(cls, seed: int) -> "County":
        """Draw a county: every tenth has three villages, most others a village and some rules.

        What goes wrong with ten rules and 24 children mostly does with three and five, in a tenth
        of the time.
        """
        chance = Chance(seed).of("county")
        kind = chance.random()
        if kind < _WHOLE:
            return cls(Size(villages=3, children=8, unreachable=0.3))
        size = Size(villages=1, children=chance.randint(3, 6), unreachable=0.3)
        if kind < _WHOLE + _ALL_RULES:
            return cls(size)
        duty = chance.choice(DUTIES)
        more = chance.sample(sorted(RULES.keys() - {duty}), chance.randint(1, 4))
        return cls(size, tuple(name for name in RULES if name in {duty, *more}))


@dataclass(frozen=True, slots=True)
class Year:
    """One seed's year: with what faults, how many days, and which planted bugs.

    `county`: which one is lived in; None: the seed's own.
    """

    seed: int
    faults: frozenset[Fault] = ALL
    days: int = 365
    seams: Seams | None = None
    county: County | None = None

    @property
    def place(self) -> County:
        """The county that it is lived in."""
        return self.county or County.of(self.seed)

    @property
    def wish(self) -> Wish:
        """What is tried; every fourth county is of another mood."""
        habits = list(HABITS.values())[self.seed % len(HABITS)]
        last = FIRST + timedelta(days=self.days - 1)
        return Wish(FIRST, last, seed=self.seed, habits=habits, faults=self.faults)


@contextmanager
def begun(year: Year) -> Iterator[tuple[Site, TrialClock]]:
    """Answer the county of a seed as it is when its year begins."""
    logs.configure("critical")
    place = year.place
    size = replace(place.size, seed=year.seed)
    with TemporaryDirectory(prefix="shouwang-") as folder:
        config = Path(folder) / "shouwang.yaml"
        config.write_text(written(place.rules), encoding="utf-8")
        with made_up(config, {}, size, first=FIRST) as made:
            yield made


def live(year: Year) -> Tried:
    """Live through a year."""
    with begun(year) as (site, clock):
        return run(site, clock, year.wish, year.seams)
