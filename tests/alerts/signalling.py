"""A small county in which things happen: signals raised, told, answered, minute by minute."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from alerts import acts, attending, digest, engine
from alerts.answering import Answer, Answered
from alerts.audit import Finding, audit
from alerts.effective import EvaluationPlan
from alerts.rules import prepare
from alerts.signals import Raised, Signal
from alerts.tables import alerts, notices, steps, tellings
from config.model import Configuration
from ledgers.acts import RecordRequest, RecordSource
from ledgers.database import Database
from ledgers.tables import entries, persons
from schedules.calendars import WorkCalendar
from tests.alerts.county import LIUGOU, QINGSHAN, TOWN, County, at, written

DAY = date(2027, 7, 1)
NOON = at(DAY, 12)
FLOOD: dict[str, Any] = {
    "kind": "signal",
    "say": "汛期叫应",
    "for": {"ledger": "children", "where": {"status": "active"}},
    "on": {"signal": "暴雨"},
    "urgent": True,
    "ladder": [
        {"tell": "director", "wait": "30 minutes"},
        {"tell": "supervisor", "wait": "30 minutes"},
        {"tell": "county", "repeat": "20 minutes"},
    ],
    "expires_after": "6 hours",
}
REPORT = {
    **FLOOD,
    "say": "紧急核实",
    "on": {"record": "report"},
    "answer": {"per": "entry"},
    "ladder": [
        {"tell": ["supervisor", "county"], "wait": "15 minutes"},
        {"tell": "county", "repeat": "30 minutes"},
    ],
}
RECORDS = {"report": {"title": "强制报告"}, "visit": {"title": "走访"}}
LEVELS = [{"id": "green", "title": "绿"}, {"id": "red", "title": "红"}]


def with_rules(**rules: Any) -> Configuration:
    """Answer the county's configuration with these rules."""
    digests = {"days": ["monday"], "at": "09:10"}
    return written(
        rules=rules,
        records=RECORDS,
        levels=LEVELS,
        delivery={
            "digest": dict.fromkeys(("director", "supervisor", "county"), digests),
            "routes": {role: ["mail"] for role in ("director", "supervisor", "county")},
        },
    )


@dataclass
class Office:
    """A county at a moment, with its posts filled and two villages of entries."""

    database: Database
    configuration: Configuration
    now: datetime = NOON
    county: County = field(init=False)
    plan: EvaluationPlan = field(init=False)
    entry: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.county = County(self.database, self.configuration)
        for handle, role, region in (
            ("P-01", "director", QINGSHAN),
            ("P-02", "director", LIUGOU),
            ("P-03", "supervisor", TOWN),
            ("P-04", "county", "990101"),
        ):
            person = self.county.person(handle, email=f"{handle}@example.invalid".lower())
            self.county.post(role, region, person)
        self.entry = {
            number: self.county.entry(number, region)
            for number, region in (
                ("青山-01", QINGSHAN),
                ("青山-02", QINGSHAN),
                ("柳沟-01", LIUGOU),
            )
        }
        self.configure(self.configuration)

    @property
    def today(self) -> date:
        """The day it is."""
        return self.county.timetable.today(self.now)

    def configure(self, configuration: Configuration) -> None:
        """Put rules in force."""
        with self.database.writing() as connection:
            self.plan = prepare(
                connection, configuration, WorkCalendar.official(), today=self.today
            )

    def person(self, handle: str) -> str:
        """Answer the id of somebody."""
        query = select(persons.c.id).where(persons.c.handle == handle)
        with self.database.reading() as connection:
            return str(connection.execute(query).scalar_one())

    def signal(self, rule: str = "flood", **more: Any) -> Raised | None:
        """Raise a signal by hand."""
        wish = Signal(rule, rule, **more)
        with self.database.writing() as connection:
            return acts.raise_signal(connection, self.plan, wish, now=self.now, today=self.today)

    def record(self, number: str, kind: str, *, by: str | None = None, days_ago: int = 0) -> None:
        """Record an act, perhaps of some days ago."""
        request = RecordRequest(
            self.entry[number],
            kind,
            self.today - timedelta(days=days_ago),
            RecordSource.CLI,
            recorded_by=self.person(by) if by else None,
        )
        with self.database.writing() as connection:
            acts.record(connection, self.plan, [request], now=self.now, today=self.today)

    def look(self, minutes: int = 0) -> bool:
        """Let time go by, do all of a pass, tell what is urgent; answer whether it was wanted."""
        self.now += timedelta(minutes=minutes)
        with self.database.reading() as connection:
            wanted = attending.is_wanted(connection, now=self.now, today=self.today)
        engine.evaluate(self.database, self.plan, today=self.today, now=self.now, look_ahead=0)
        attending.attend(self.database, self.plan, now=self.now, today=self.today)
        digest.open_urgent(self.database, self.county.timetable, now=self.now)
        return wanted

    def answer(self, to: str, by: str, *numbers: str) -> Answered:
        """Answer for somebody."""
        wish = Answer(to, self.person(by), [self.entry[number] for number in numbers])
        with self.database.writing() as connection:
            return acts.answer(connection, self.plan, wish, now=self.now, today=self.today)

    def told(self) -> list[tuple[str, str, str]]:
        """Answer (handle, number, step) of every telling, in the order they were made."""
        query = (
            select(persons.c.handle, entries.c.number, steps.c.step, steps.c.occurrence)
            .select_from(tellings)
            .join(persons, persons.c.id == tellings.c.person_id)
            .join(steps, steps.c.id == tellings.c.step_id)
            .join(alerts, alerts.c.id == tellings.c.alert_id)
            .join(entries, entries.c.id == alerts.c.entry_id)
            .order_by(tellings.c.made_at, persons.c.handle, entries.c.number)
        )
        with self.database.reading() as connection:
            return [(row[0], row[1], f"{row[2]}:{row[3]}") for row in connection.execute(query)]

    def notices(self) -> list[str]:
        """Answer whose notices there are, one handle for each."""
        query = select(persons.c.handle).join(notices, notices.c.person_id == persons.c.id)
        with self.database.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def closed(self) -> dict[str, str | None]:
        """Answer how the alert of each entry ended; None: it is open."""
        query = select(entries.c.number, alerts.c.closed_how).join(
            alerts, alerts.c.entry_id == entries.c.id
        )
        with self.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def states(self) -> set[str]:
        """Answer the states in which tellings are."""
        with self.database.reading() as connection:
            return set(connection.execute(select(tellings.c.state)).scalars())

    def audit(self) -> list[Finding]:
        """Look at everything."""
        return audit(self.database, self.plan, today=self.today, now=self.now, look_ahead=0)
