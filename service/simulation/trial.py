"""A trial: the real engine on a virtual clock, from one day to another, as fast as it goes."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta

from channels.protocol import Channel
from channels.registry import build
from config.lean import dataclass
from ledgers.database import Database
from ledgers.ids import drawn_from
from ledgers.memory import collecting_rarely
from service import duties
from service.simulation import faults, life
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.faults import Fault
from service.simulation.invariants.evidence import Breach
from service.simulation.invariants.promises import breaches
from service.simulation.machine import Audit, Machine
from service.simulation.people import HABITS, Habits, People
from service.simulation.weather import Post, WeatheredChannel
from service.simulation.world import WEEK, World
from service.wiring import Site


@dataclass(frozen=True, slots=True)
class Wish:
    """What is tried: which days, with what people and faults. Not `lively`: nobody comes or goes."""

    first: date
    last: date
    seed: int = 1
    habits: Habits = HABITS["usual"]
    faults: frozenset[Fault] = frozenset()
    lively: bool = True
    progress: Callable[[int, int], None] = lambda _done, _all: None  # told in days


@dataclass(frozen=True, slots=True)
class Seams:
    """Where a test plants a bug: what audits, what a channel is, what is done to the database."""

    audit: Audit = duties.audit_all
    machine: type[Machine] = Machine
    channel: Callable[[str, Channel, Post], Channel] = WeatheredChannel
    meddle: Callable[[Database], None] | None = None  # each week
    check_every: timedelta = 4 * WEEK


@dataclass(slots=True)
class Tried:
    """What came of a trial, beside what its database holds."""

    breaches: list[Breach] = field(default_factory=list)
    crashes: int = 0
    audits: int = 0
    tries: int = 0
    troubles: dict[str, int] = field(default_factory=dict)  # what went wrong, and how often


def run(site: Site, clock: TrialClock, wish: Wish, seams: Seams | None = None) -> Tried:
    """Live through the days of a wish on a site that is a copy and goes by `clock`."""
    chance = Chance(wish.seed)
    clock.true = _midnight(site, wish.first)
    with drawn_from(chance.of("ids").randbytes), collecting_rarely():
        trial = _Trial(site, clock, chance, wish, seams or Seams())
        try:
            return trial.live()
        finally:
            trial.world.machine.close()


def _midnight(site: Site, day: date) -> datetime:
    return datetime.combine(day, time(0, 1), tzinfo=site.zone).astimezone(UTC)


class _Trial:
    """One trial under way."""

    def __init__(
        self, site: Site, clock: TrialClock, chance: Chance, wish: Wish, seams: Seams
    ) -> None:
        post = Post(clock, chance)
        channels: Mapping[str, Channel] = {
            name: seams.channel(name, build("memory", {}), post)
            for name in site.configuration.channels
        }
        machine = seams.machine(site, clock, channels, chance, audit=seams.audit)
        until = _midnight(site, wish.last + timedelta(days=1))
        database = Database(site.database.engine)
        self.world = World(machine, database, clock, post, chance, until)
        self._wish = wish
        self._seams = seams
        self._found: dict[Breach, None] = {}

    def live(self) -> Tried:
        """Let everything happen in its order, and look now and then whether promises are kept."""
        world, machine = self.world, self.world.machine
        machine.start()
        People(world, self._wish.habits).begin()
        if self._wish.lively:
            life.begin(world)
        faults.begin(world, self._wish.faults)
        self._each(WEEK, self._week)
        self._each(self._seams.check_every, self._check)
        while self._step():
            pass
        self._check()
        diary = machine.diary
        troubles = {**world.troubles, Fault.CRASHES.value: diary.crashes}
        tries = len(world.post.handed)
        return Tried(list(self._found), diary.crashes, len(diary.audits), tries, troubles)

    def _step(self) -> bool:
        """Do what comes next; answer whether there was anything before the end."""
        world, machine = self.world, self.world.machine
        job_at, job = machine.next_job(world.clock())
        sends_at = machine.next_send()
        moments = [world.clock.true_at(job_at)]
        moments += [] if sends_at is None else [world.clock.true_at(sends_at)]
        noted_at = world.agenda.next_at()
        if noted_at is not None and noted_at <= min(moments):
            if noted_at >= world.until:
                return False
            world.clock.true = max(noted_at, world.clock.true)
            world.agenda.take()()
            return True
        if min(moments) >= world.until:
            return False
        world.clock.true = min(moments)
        if moments[0] <= world.clock.true:
            machine.do(job)
        else:
            machine.look()
        return True

    def _each(self, length: timedelta, act: Callable[[], None]) -> None:
        """Do something at the end of each such time."""
        at = self.world.clock.true + length
        while at < self.world.until:
            self.world.agenda.note(at, act)
            at += length

    def _week(self) -> None:
        wish, done = self._wish, self.world.clock.true - self.world.began
        wish.progress(done.days, (wish.last - wish.first).days + 1)
        if self._seams.meddle is not None:
            self._seams.meddle(self.world.database)

    def _check(self) -> None:
        self._found.update(dict.fromkeys(breaches(self.world)))
