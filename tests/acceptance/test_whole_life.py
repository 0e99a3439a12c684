"""A county's life with people who are told, channels that fail, silences, and staff that changes."""

import asyncio
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select, update

from alerts import deliver, digest
from alerts.acts import Ack, Reason, Scope, Silence, ack, silence
from alerts.compose import Composer
from alerts.deliver import Means, lanes_of
from alerts.render import Templates
from alerts.routes import ConfiguredRoutes
from alerts.tables import alerts, attempts, outcomes, steps, tellings
from alerts.timetable import Timetable
from channels.memory import MemoryChannel
from channels.protocol import ChannelError, FailureReason, Refused, Unknown
from ledgers.database import Database
from ledgers.handover import leave_person
from ledgers.operator import keep_operator
from ledgers.persons import PersonDetails, add_persons, update_persons
from ledgers.posts import Holding, Post, add_holdings
from ledgers.sealing import Keyring, Vault
from ledgers.tables import persons, regions
from tests.alerts.posting import Counted
from tests.alerts.test_life import Life, numbers, rules, then
from tests.alerts.world import CALENDAR, ELSEWHERE, LAUNCH, VILLAGE, configured, entry_id

_POSTS = {
    "a": Post("director", VILLAGE),
    "b": Post("director", ELSEWHERE),
    "c": Post("supervisor", VILLAGE[:9]),
    "d": Post("supervisor", ELSEWHERE[:9]),
    "e": Post("county", "990101"),
}
_DELIVERY = {
    "quiet_hours": ["21:00", "08:00"],
    "digest": {
        "director": {"days": ["monday"], "at": "09:10", "between": ["overdue"]},
        "supervisor": {"days": ["monday", "thursday"], "at": "08:40"},
        "county": {"days": ["monday"], "at": "08:40"},
    },
    "routes": {"director": ["email", "relay"], "supervisor": ["email"], "county": ["email"]},
}
_PATIENCE = timedelta(days=14)
"""A slot comes every week, and no holiday moves it further than this."""

_FAILURES: dict[str, ChannelError | None] = {
    "taken": None,
    "later": Refused(FailureReason.TEMPORARY, "451"),
    "never": Refused(FailureReason.ADDRESS_REFUSED, "550", permanent=True),
    "lost": Unknown(FailureReason.NO_ANSWER, "reply"),
}
_VAULT = Vault(Keyring.create())
_TEMPLATES = Templates.load()

who = st.sampled_from(sorted(_POSTS))


class WholeLife(Life):
    """The same life, and what people are told of it."""

    def __init__(self, database: Database, told: list[int]) -> None:
        super().__init__(database, 14)
        self._told = told
        self.channel = MemoryChannel()
        self.mail: dict[str, str] = {}
        self.holder: dict[str, str] = {}
        self.quiet_until = LAUNCH
        self._settle_in()
        self._open_slots()

    def _configuration(self) -> Any:
        months, elsewhere = self.intervals["contact"], self.intervals["elsewhere"]
        written = rules(months, elsewhere, later=self.later_since is not None)
        return configured(written, delivery=_DELIVERY)

    def _settle_in(self) -> None:
        """Appoint a director in each village, their supervisors, the county's officer."""
        world = self.world
        names = {VILLAGE: "青山村", ELSEWHERE: "柳沟村", VILLAGE[:9]: "甲镇", ELSEWHERE[:9]: "乙镇"}
        with world.database.writing() as connection:
            rows = [{"code": code, "name": name, "local": False} for code, name in names.items()]
            connection.execute(insert(regions), rows)
            keep_operator(
                connection, _VAULT, PersonDetails("值守", email="o@example.invalid"), now=world.now
            )
        for place in _POSTS:
            self._appoint(place, has_mail=place != "b")

    def _appoint(self, place: str, *, has_mail: bool) -> None:
        world, number = self.world, len(self.mail)
        mail = f"p{number}@example.invalid"
        details = PersonDetails(f"示例{place}{number}", email=mail if has_mail else None)
        with world.database.writing() as connection:
            (id_,) = add_persons(connection, _VAULT, [details], now=world.now)
            holding = Holding(_POSTS[place], id_, world.today)
            add_holdings(connection, [holding], now=world.now)
        self.mail[id_] = mail
        self.holder[place] = id_

    @rule(place=who, has_mail=st.booleans(), then=then)
    def somebody_is_replaced(self, place: str, has_mail: bool, then: int | None) -> None:
        """Leave, and have a successor, who may have no address."""
        with self.world.database.writing() as connection:
            leave_person(connection, self.holder[place], on=self.world.today)
        self._appoint(place, has_mail=has_mail)
        self._go_on(then)

    @rule(place=who, then=then)
    def somebody_leaves(self, place: str, then: int | None) -> None:
        """Leave a post that nobody takes for now."""
        with self.world.database.writing() as connection:
            leave_person(connection, self.holder[place], on=self.world.today)
        self._go_on(then)

    @rule(place=who, has_mail=st.booleans(), then=then)
    def an_address_comes_or_goes(self, place: str, has_mail: bool, then: int | None) -> None:
        """Write down an address, or take it away."""
        id_ = self.holder[place]
        with self.world.database.writing() as connection:
            if has_mail:
                details = PersonDetails(f"示例{place}", email=self.mail[id_])
                update_persons(connection, _VAULT, {id_: details})
            else:
                gone = update(persons).where(persons.c.id == id_)
                connection.execute(gone.values(sealed_email=None, email_key=None))
        self._go_on(then)

    @rule(
        number=numbers,
        scope=st.sampled_from(["entry", "region", "rule", "person", "ack"]),
        days=st.integers(0, 20),
        then=then,
    )
    def it_is_to_be_quiet(self, number: int, scope: str, days: int, then: int | None) -> None:
        """Silence something for a while, or say that it is known."""
        world = self.world
        last = world.today + timedelta(days=days)
        target = {
            "entry": entry_id(number),
            "region": VILLAGE[:9],
            "rule": "contact",
            "person": self.holder["a"],
        }
        with world.database.writing() as connection:
            if scope == "ack":
                ack(connection, entry_id(number), Ack(last), today=world.today)
            else:
                quiet = Silence(Scope(scope), target[scope], (world.today, last), Reason.TRIAL)
                silence(connection, quiet, now=world.now)
        self.quiet_until = max(self.quiet_until, last)
        self._go_on(then)

    @rule(outcomes=st.lists(st.sampled_from(sorted(_FAILURES)), min_size=1, max_size=4))
    def the_channel_will_fail(self, outcomes: list[str]) -> None:
        """Let the next messages end in these ways."""
        self.channel.script([_FAILURES[name] for name in outcomes])

    def after_pass(self) -> None:
        """Open what slots have begun, and deliver."""
        self._open_slots()
        self._deliver()

    def _has_its_steps(self, alert: Any, ready: dict[str, date]) -> None:
        """What still waits has the right date; what was told stays as it was told."""
        written = {row.step: row for row in self.world.steps(alert_id=alert.id)}
        for step, day in ready.items():
            new = step == "later" and self.later_since is not None and day < self.later_since
            assert new or step in written
        for step, row in written.items():
            if step in ready and row.waiting:
                assert row.on_date == ready[step]

    def _timetable(self) -> Timetable:
        return Timetable.of(self.world.configuration, CALENDAR)

    def _open_slots(self) -> digest.Opened:
        world, timetable = self.world, self._timetable()
        return digest.open_due(world.database, timetable, now=world.now)

    def _deliver(self) -> None:
        world, timetable = self.world, self._timetable()
        means = Means(
            database=world.database,
            vault=_VAULT,
            compose=Composer(timetable, _TEMPLATES, _VAULT),
            routes=ConfiguredRoutes(world.configuration, timetable.zone),
            metrics=Counted(),
            clock=lambda: world.now,
            jitter=lambda: 0.5,
            allowed=timetable.quiet.next_allowed,
            worker="life",
        )
        lanes = lanes_of({"email": self.channel}, means, limits={"email": 2})
        asyncio.run(deliver.run_until_idle(lanes))

    @invariant()
    def whoever_is_due_was_told_or_it_shows_why(self) -> None:
        """After a fortnight a step waits only under a silence, or for who was added when it was told."""
        world = self.world
        if not self.is_fresh or world.today <= self.quiet_until + _PATIENCE:
            return
        lately = select(tellings.c.id).where(
            tellings.c.step_id == steps.c.id, tellings.c.made_at > world.now - _PATIENCE
        )
        with world.database.reading() as connection:
            waits = connection.execute(
                select(steps.c.step, steps.c.on_date, steps.c.waiting)
                .join(alerts, alerts.c.id == steps.c.alert_id)
                .where(
                    alerts.c.closed_at.is_(None),
                    steps.c.waiting != "",
                    steps.c.known_on <= world.today - _PATIENCE,
                    steps.c.on_date <= world.today - _PATIENCE,
                    ~lately.exists(),
                )
            ).all()
        assert waits == []

    def teardown(self) -> None:
        """Note how much was said in this life."""
        self._told.append(len(self.channel.taken))

    @invariant()
    def nothing_goes_twice(self) -> None:
        """Copies of a telling are at most one and as many as answers were lost."""
        with self.world.database.reading() as connection:
            rows = connection.execute(select(attempts.c.telling_ids, attempts.c.result)).all()
        taken = Counter(
            id_ for row in rows if row.result == "accepted" for id_ in json.loads(row.telling_ids)
        )
        assert not [id_ for id_, copies in taken.items() if copies > 1]
        assert len(self.channel.taken) == sum(row.result == "accepted" for row in rows)

    @invariant()
    def outcomes_tell_the_whole_story(self) -> None:
        """Each telling's rows begin at nothing, follow one another and end at its state."""
        with self.world.database.reading() as connection:
            rows = connection.execute(
                select(outcomes.c.telling_id, outcomes.c.was, outcomes.c.became).order_by(
                    outcomes.c.at, outcomes.c.id
                )
            ).all()
            states = dict(map(tuple, connection.execute(select(tellings.c.id, tellings.c.state))))
        last: dict[str, str | None] = {}
        for row in rows:
            assert row.was == last.get(row.telling_id)
            last[row.telling_id] = row.became
        assert last == states

    @invariant()
    def opening_again_adds_nothing(self) -> None:
        """Slots that were opened stay as they are."""
        if self.is_fresh:
            opened = self._open_slots()
            assert (opened.tellings, opened.merged, opened.notices) == (0, 0, 0)


@pytest.mark.slow
def test_a_whole_life(database: Database) -> None:
    """Whatever happens in whatever order: told or visibly not, once, and accounted for."""
    told: list[int] = []
    run_state_machine_as_test(
        lambda: WholeLife(database, told),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=6 if database.is_sqlite else 3,
            stateful_step_count=16,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # a shorter failure would take many minutes to find
        ),
    )
    assert len(told) > 1
    assert max(told) > 5  # the invariants looked at lives in which something was said
