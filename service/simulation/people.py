"""People who are told: they do what is due, later, not at all, or write it down long afterwards."""

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.acts import DONE, RecordRequest, RecordSource
from alerts.open_items import NOT_REACHED
from alerts.states import Outcome
from alerts.tables import alerts, outcomes, steps, tellings
from channels.protocol import Message
from config.lean import dataclass
from config.rules import Rule
from ledgers.importing import apply_import, plan_import
from ledgers.reading import reader
from ledgers.tables import entries, persons
from service.demo_office import fill_in
from service.importing import import_context, vocabulary_of
from service.simulation.world import World

_SAID = (Outcome.SENT.value, Outcome.RELAYED.value)
_READS_AT = 17.5
_METHODS = ("home", "phone", "video", "school")
_LATE_ENTRY_DAYS = (31, 50)


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are, as shares of cases; `days`: within how many they act at the latest."""

    answers: float
    days: int
    unasked: float = 0.1  # of the children of a month, somebody does something by themselves
    missed: float = 0.08  # nobody is reached
    unwell: float = 0.04
    written_late: float = 0.03  # is written down weeks afterwards
    by_form: float = 0.3  # of the forms mailed out come back filled in


HABITS = {
    "diligent": Habits(0.97, 4),
    "usual": Habits(0.8, 8),
    "slow": Habits(0.5, 20, unasked=0.03, written_late=0.1),
    "silent": Habits(0.0, 1, unasked=0.0, by_form=0.0),
}
"""Kinds of people by name."""


class People:
    """Reads messages every evening and lets their readers act in the days after."""

    def __init__(self, world: World, habits: Habits) -> None:
        self._world = world
        self._habits = habits
        self._read: set[str] = set()
        self._forms = 0

    def begin(self) -> None:
        """Let the first evening come."""
        self._evening_of(self._world.today)

    def _evening_of(self, day: date) -> None:
        self._world.note(day, _READS_AT, self._evening)

    def _evening(self) -> None:
        world = self._world
        with world.database.reading() as connection:
            told = self._newly_told(connection, since=world.clock() - timedelta(days=3))
        for row in told:
            if row.outcome not in self._read:
                self._read.add(row.outcome)
                self._react(row)
        self._return_forms()
        self._evening_of(world.site.today(world.clock.true) + timedelta(days=1))

    def _newly_told(self, connection: Connection, *, since: datetime) -> list[Row[Any]]:
        query = (
            select(
                outcomes.c.id.label("outcome"),
                tellings.c.role,
                persons.c.id.label("person"),
                persons.c.handle,
                alerts.c.rule,
                alerts.c.anchor,
                alerts.c.cycle,
                entries.c.id.label("entry"),
                entries.c.number,
                steps.c.step,
                steps.c.occurrence,
            )
            .join_from(outcomes, tellings)
            .join(persons, persons.c.id == tellings.c.person_id)
            .join(steps, steps.c.id == tellings.c.step_id)
            .join(alerts, alerts.c.id == tellings.c.alert_id)
            .join(entries, entries.c.id == alerts.c.entry_id)
            .where(outcomes.c.became.in_(_SAID), outcomes.c.at > since)
            .order_by(entries.c.number, alerts.c.rule, persons.c.handle, outcomes.c.id)
        )
        return list(connection.execute(query))

    def _react(self, row: Row[Any]) -> None:
        """Let whoever was told act in some days, or not."""
        world, habits = self._world, self._habits
        rule = world.site.configuration.rules.get(row.rule)
        if rule is None or not rule.done_by:
            return
        chance = world.chance.of(
            "told", row.handle, row.number, row.rule, row.anchor, row.step, row.occurrence
        )
        # Somebody above rather asks the director again than goes there.
        share = habits.answers if row.role == _lowest(world) else habits.answers * 0.6
        if chance.random() >= share:
            return
        day = world.today + timedelta(days=chance.randint(1, max(habits.days, 1)))
        hours = 9 + chance.random() * 8
        world.note(day, hours, lambda: self._act(row.entry, row.person, rule, chance))

    def _act(self, entry: str, person: str, rule: Rule, chance: Random) -> None:
        world, habits = self._world, self._habits
        reached = chance.random() >= habits.missed
        well = chance.random() >= habits.unwell
        done = RecordRequest(
            entry,
            rule.done_by[0],
            world.today,
            RecordSource.CLI,
            result=DONE if reached else NOT_REACHED,
            method=chance.choice(_METHODS),
            recorded_by=person,
            seen_in_person=reached,
            all_well=well if reached else None,
        )
        if chance.random() < habits.written_late:
            later = world.today + timedelta(days=chance.randint(*_LATE_ENTRY_DAYS))
            world.note(later, 10, lambda: world.record(done))
        else:
            world.record(done)

    def _return_forms(self) -> None:
        """Let some of the forms that were mailed out come back in some days."""
        world = self._world
        handed = world.post.handed
        for one in handed[self._forms :]:
            chance = world.chance.of("form", one.message.address, one.at)
            if one.taken and one.message.attachments and chance.random() < self._habits.by_form:
                day = world.today + timedelta(days=chance.randint(1, 3))
                world.note(day, 11 + chance.random() * 5, partial(self._hand_in, one.message))
        self._forms = len(handed)

    def _hand_in(self, message: Message) -> None:
        world = self._world
        with TemporaryDirectory(prefix="shouwang-") as folder:
            path = Path(folder) / "form.xlsx"
            content = message.attachments[0].content
            if fill_in(content, path, happened=world.today - timedelta(days=1), every=2) == 0:
                return
            site, now = world.site, world.clock()
            rows = reader.read(path, vocabulary=vocabulary_of(site.configuration))
            with world.database.writing() as connection:
                plan = site.plan(connection, today=world.today)
            context = import_context(site, plan, now=now, recorded_by="trial")
            apply_import(world.database, plan_import(world.database, rows, context), context)
        world.machine.look()


def _lowest(world: World) -> str:
    """Answer the role that looks after the children themselves."""
    roles = world.site.configuration.roles
    return next(
        (name for name, role in roles.items() if role.level == "village"), next(iter(roles))
    )
