"""What goes wrong in a trial: noted beforehand for the whole of it, from the seed alone."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

from alerts.holding import held_for, held_notices, release_delivery
from alerts.notices import failed_notices, redrive
from config.durations import Duration
from config.lean import dataclass
from config.rules import Rule
from service.keys import KeySource
from service.saving import backup, restore
from service.simulation.mortal import Fate
from service.simulation.overnight import stricter
from service.simulation.weather import Handed, Storm, Weather
from service.simulation.world import World


class Fault(StrEnum):
    """A kind of trouble that a trial may have."""

    OUTAGES = "outages"  # channels refuse, fall silent, lose answers
    CRASHES = "crashes"  # the daemon dies between two units of work
    CLOCKS = "clocks"  # the wall clock jumps
    STOPS = "stops"  # the daemon stands still for days
    RESTORES = "restores"  # a backup of some days ago is brought back
    EDITS = "edits"  # a rule is changed in the middle of the year


def begin(world: World, wanted: frozenset[Fault]) -> None:
    """Note everything that will go wrong."""
    for fault in Fault:
        if fault in wanted:
            _KINDS[fault](world, world.chance.of("faults", fault.value))
    if wanted:
        _look_each_day(world, world.site.today(world.clock.true))


def _days(world: World, chance: Random, each: float) -> Iterator[date]:
    """Yield days of the trial, one in so many on average."""
    first, last = (world.site.today(moment) for moment in (world.clock.true, world.until))
    day = first
    while (day := day + timedelta(days=1 + round(chance.expovariate(1 / each)))) < last:
        yield day


def _outages(world: World, chance: Random) -> None:
    kinds = list(Weather)
    for day in _days(world, chance, 30):
        begins = world.at(day, chance.random() * 24)
        hours = chance.choice((1, 3, 8, 30, 60))
        channel = chance.choice(sorted(world.site.configuration.channels))
        storm = Storm(channel, chance.choice(kinds), begins, begins + timedelta(hours=hours))
        world.post.storms.append(storm)
        world.troubles[Fault.OUTAGES] += 1


def _crashes(world: World, chance: Random) -> None:
    for day in _days(world, chance, 12):
        fate = Fate(chance.randint(1, 12), kept=chance.random() < 0.5)
        hours = chance.choice((0.05, 8.6, 9.1, 9.1, 8.6 + chance.random() * 10))
        recover = chance.random() < 0.5
        away = timedelta(seconds=chance.choice((5, 60, 1200, 7200)))
        world.note(day, hours, _Doom(world, fate, away=away, recover=recover))


@dataclass(frozen=True, slots=True)
class _Doom:
    """Lets the daemon die at its next work, and start again some time later."""

    world: World
    fate: Fate
    away: timedelta
    recover: bool

    def __call__(self) -> None:
        self.world.machine.doom(self.fate)
        self._watch()

    def _watch(self) -> None:
        """Look again and again until it has died, then start it."""
        world = self.world
        if world.machine.is_up:
            world.agenda.note(world.clock.true + timedelta(minutes=20), self._watch)
        else:
            world.agenda.note(world.clock.true + self.away, self._start)

    def _start(self) -> None:
        if not self.world.machine.is_up:
            self.world.machine.start(recover=self.recover)


def _clocks(world: World, chance: Random) -> None:
    for day in _days(world, chance, 90):
        hours = chance.choice((-26, -3, -0.5, 0.5, 5, 30, 24 * 9))
        lasts = timedelta(hours=chance.choice((2, 20, 50)))
        begins = world.at(day, chance.random() * 24)
        jump = timedelta(hours=hours)
        world.agenda.note(begins, _jump(world, jump))
        world.agenda.note(begins + lasts, _jump(world, -jump))


def _jump(world: World, by: timedelta) -> Callable[[], None]:
    def jump() -> None:
        world.clock.wrong_by += by
        world.clock_was_wrong = True
        world.troubles[Fault.CLOCKS] += 1
        world.calm_from = world.clock.true
        world.machine.beat(by)

    return jump


def _stops(world: World, chance: Random) -> None:
    for day in _days(world, chance, 100):
        world.note(day, chance.random() * 24, _stopped(world))
        away = timedelta(days=chance.choice((1, 2, 5, 12)))
        world.note(day + away, chance.random() * 24, _started(world))


def _stopped(world: World) -> Callable[[], None]:
    def stop() -> None:
        world.machine.stop()
        world.troubles[Fault.STOPS] += 1

    return stop


def _started(world: World) -> Callable[[], None]:
    def start() -> None:
        if not world.machine.is_up:
            world.machine.start()

    return start


def _restores(world: World, chance: Random) -> None:
    for day in _days(world, chance, 150):
        saved = _Saved(world)
        world.note(day, 3, saved.save)
        world.note(day + timedelta(days=chance.choice((1, 4, 9))), 12, saved.restore)


class _Saved:
    """A backup, and what had been handed over by then."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._folder = Path(mkdtemp(prefix="shouwang-"))
        # A trial may end before the backup is brought back.
        self._forget = finalize(self, rmtree, self._folder, ignore_errors=True)
        self._handed: list[Handed] = []

    def save(self) -> None:
        """Make the backup."""
        self._handed = list(self._world.post.handed)
        backup(self._world.database, self._file)

    def restore(self) -> None:
        """Bring it back; whatever was sent since then nobody knows of any more."""
        world = self._world
        world.machine.stop()
        keys = KeySource(world.site.settings, world.site.config_path).read()
        restore(world.database, self._file, keys, now=world.clock(), replace=True)
        world.post.handed[:] = self._handed
        world.calm_from = world.clock.true
        self._forget()
        world.troubles[Fault.RESTORES] += 1
        world.machine.start()

    @property
    def _file(self) -> Path:
        return self._folder / "backup.sqlite"


def _edits(world: World, chance: Random) -> None:
    for day in _days(world, chance, 80):
        world.note(day, 10 + chance.random() * 6, _Edit(world, chance.random()))


@dataclass(frozen=True, slots=True)
class _Edit:
    """Changes one rule's interval, and sees who becomes overdue by it."""

    world: World
    luck: float

    def __call__(self) -> None:
        world = self.world
        edited = [(name, new) for name, rule in _rules(world) for new in _variations(rule)]
        if not edited or not world.machine.is_up:
            return
        name, rule = edited[int(self.luck * len(edited))]
        configuration = world.site.configuration
        changed = {"rules": {**configuration.rules, name: rule}}
        world.troubles[Fault.EDITS] += 1
        with stricter(world):
            world.machine.configure(configuration.model_copy(update=changed))


def _rules(world: World) -> list[tuple[str, Rule]]:
    return list(world.site.configuration.rules.items())


def _variations(rule: Rule) -> Iterator[Rule]:
    """Yield a rule with other intervals; one without an interval has none."""
    every = getattr(rule, "every", None)
    if isinstance(every, Duration):
        for amount in (max(every.amount // 2, 1), every.amount + 1, every.amount * 2):
            if amount != every.amount:
                yield rule.model_copy(update={"every": Duration(amount, every.unit)})


def _look_each_day(world: World, day: date) -> None:
    """Let the operator look each morning: release what is held, try again what has failed."""

    def look() -> None:
        allowed = world.site.timetable.quiet.next_allowed
        with world.database.reading() as connection:
            held = held_for(connection) is not None
            stuck = held or bool(held_notices(connection) or failed_notices(connection))
        if stuck and world.machine.is_up and world.clock.wrong_by == timedelta(0):
            with world.database.writing() as connection:
                now = world.clock()
                moved = release_delivery(connection, allowed, now=now)
                moved += redrive(connection, failed_notices(connection), allowed, now=now)
            if held:
                world.calm_from = world.clock.true  # until now nobody was told, however urgent
            if moved:
                world.machine.work()
        _look_each_day(world, day + timedelta(days=1))

    world.note(day + timedelta(days=1), 10.5, look)


_KINDS: dict[Fault, Callable[[World, Random], None]] = {
    Fault.OUTAGES: _outages,
    Fault.CRASHES: _crashes,
    Fault.CLOCKS: _clocks,
    Fault.STOPS: _stops,
    Fault.RESTORES: _restores,
    Fault.EDITS: _edits,
}
