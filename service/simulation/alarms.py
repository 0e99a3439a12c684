"""What cannot wait in a trial: a signal is raised, and whoever hears of it answers soon or does not."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Row, select

from alerts.acts import Answer, Signal, answer, raise_signal
from alerts.states import Outcome
from alerts.tables import alerts, signals, tellings
from config.signals import SignalRule
from ledgers.tables import entries, persons
from service.simulation.world import World

_EVERY = timedelta(minutes=11)
"""How often somebody may have read a message that cannot wait."""

_ANSWERS = 0.25
"""The share of people told who answer: few enough to see ladders climb."""

_SAID = (Outcome.SENT.value, Outcome.RELAYED.value)


def something_alarms(world: World, monday: date, chance: Random) -> None:
    """A signal is raised for a village, at any hour."""

    def act() -> None:
        rules = world.site.configuration.rules
        named = sorted(name for name, rule in rules.items() if isinstance(rule, SignalRule))
        with world.database.reading() as connection:
            found = world.children(connection)
        if named and found:
            _raise(world, chance.choice(named), chance.choice(found).lives_in)

    if chance.random() < 0.1:
        day = monday + timedelta(days=chance.randrange(7))
        world.note(day, chance.random() * 24, act)


def _raise(world: World, rule: str, village: str) -> None:
    with world.acting() as (connection, plan):
        wish = Signal(rule, rule, region=village)
        raised = raise_signal(connection, plan, wish, now=world.clock(), today=world.today)
    if raised is not None:
        _Listening(world, raised.id).go_on()


@dataclass(slots=True)
class _Listening:
    """Lets each person who was told of a signal answer once, or never, as long as it is live."""

    world: World
    signal: str
    asked: set[str] = field(default_factory=set)
    seen: int = -1  # how often had been written when it was last looked

    def go_on(self) -> None:
        """Look again in a while."""
        self.world.agenda.note(self.world.clock.true + _EVERY, self._look)

    def _look(self) -> None:
        world = self.world
        if self.seen == world.machine.due.writings:
            self.go_on()
            return
        self.seen = world.machine.due.writings
        with world.database.reading() as connection:
            live = select(signals.c.id, signals.c.raised_at).where(
                signals.c.id == self.signal, signals.c.ended_at.is_(None)
            )
            signal = connection.execute(live).first()
            told = connection.execute(_told_of(self.signal)).all()
        if signal is None:
            return
        for handle in dict.fromkeys(row.handle for row in told):
            if handle not in self.asked:
                self.asked.add(handle)
                if world.chance.happens(_ANSWERS, "alarm", handle, signal.raised_at):
                    self._answer([row for row in told if row.handle == handle])
        self.go_on()

    def _answer(self, told: list[Row[Any]]) -> None:
        """Answer all that this person was told of; one that asks for each entry, one by one."""
        world = self.world
        with world.acting() as (connection, plan):
            for row in told:
                wish = Answer(row.alert, row.person, [row.entry])
                answer(connection, plan, wish, now=world.clock(), today=world.today)


def _told_of(signal: str) -> Any:
    """Ask for what is open of a signal and who has been told of it."""
    return (
        select(
            alerts.c.id.label("alert"),
            entries.c.id.label("entry"),
            persons.c.id.label("person"),
            persons.c.handle,
        )
        .join_from(tellings, alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .join(persons, persons.c.id == tellings.c.person_id)
        .where(alerts.c.anchor == signal, alerts.c.closed_at.is_(None), tellings.c.state.in_(_SAID))
        .order_by(persons.c.handle, entries.c.number)
        .distinct()
    )
