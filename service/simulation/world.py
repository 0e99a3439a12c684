"""Everything a trial is made of, shared by people, life and faults."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, Table, select

from alerts.acts import RecordRequest, record
from alerts.effective import EvaluationPlan
from config.lean import dataclass
from ledgers.database import Database
from ledgers.tables import entries, persons
from service.simulation.agenda import Agenda, Happening
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.machine import Machine
from service.simulation.weather import Post
from service.wiring import Site

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Child:
    """An entry as chance knows it: by its number, which is the same in every run."""

    id: str
    number: str
    lives_in: str


@dataclass(slots=True)
class World:
    """One trial under way. People write through a database handle of their own."""

    machine: Machine
    database: Database
    clock: TrialClock
    post: Post
    chance: Chance
    until: datetime
    agenda: Agenda = field(default_factory=Agenda)
    overdue_overnight: list[tuple[str, str]] = field(default_factory=list)
    clock_was_wrong: bool = False
    troubles: Counter[str] = field(default_factory=Counter)  # how often what went wrong so far
    began: datetime = field(init=False)
    calm_from: datetime = field(init=False)  # when the last trouble ended that nothing else tells

    def __post_init__(self) -> None:
        self.began = self.calm_from = self.clock.true

    @property
    def site(self) -> Site:
        """The site as its daemon sees it now."""
        return self.machine.site

    @property
    def today(self) -> date:
        """The day by the wall clock."""
        return self.site.today(self.clock())

    def at(self, day: date, hours: float) -> datetime:
        """Answer an instant of true time on a day, so many hours after midnight."""
        begin = datetime.combine(day, time(0), tzinfo=self.site.zone)
        return begin + timedelta(hours=hours)

    def note(self, day: date, hours: float, happening: Happening) -> None:
        """Let something happen on a day, unless the trial is over by then."""
        at = self.at(day, hours)
        if at < self.until:
            self.agenda.note(at, happening)

    @contextmanager
    def acting(self) -> Iterator[tuple[Connection, EvaluationPlan]]:
        """Open a unit of work of somebody at the command line; the daemon hears of it at once."""
        with self.database.writing() as connection:
            yield connection, self.site.plan(connection, today=self.today)
        self.machine.look()

    def record(self, request: RecordRequest) -> None:
        """Record what somebody did; a restored backup may have forgotten child or person."""
        with self.acting() as (connection, plan):
            if not is_known(connection, entries, request.entry_id):
                return
            if request.recorded_by and not is_known(connection, persons, request.recorded_by):
                return
            record(connection, plan, [request], now=self.clock(), today=self.today)

    def children(self, connection: Connection) -> list[Child]:
        """Answer the active entries by number."""
        query = select(entries.c.id, entries.c.number, entries.c.lives_in)
        rows = connection.execute(query.where(entries.c.status == "active"))
        return sorted((Child(*row) for row in rows), key=lambda child: child.number)


def is_known(connection: Connection, table: Table, id_: str) -> bool:
    """Say whether there is such a row."""
    return connection.scalar(select(table.c.id).where(table.c.id == id_)) is not None
