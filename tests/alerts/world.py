"""A small site for tests of evaluation: a configuration, entries and records, days that pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alerts import engine
from alerts.effective import EvaluationPlan
from alerts.engine import PassReport
from alerts.rules import prepare
from alerts.tables import alerts, steps
from config.model import Configuration
from ledgers.database import Database
from ledgers.tables import entries, touched
from schedules.calendars import WorkCalendar

LAUNCH = date(2026, 12, 1)
VILLAGE = "990101001001"
ELSEWHERE = "990101002001"
CALENDAR = WorkCalendar.official()

CONTACT: dict[str, Any] = {
    "kind": "duty",
    "title": "季度联系",
    "say": "联系",
    "for": {"ledger": "children", "where": {"status": "active"}},
    "every": "3 months",
    "done_by": "contact",
    "steps": [
        {"at": "0 days", "tell": "director"},
        {"at": "+3 days", "tell": "director"},
        {"at": "+7 days", "tell": "supervisor", "escalation": True},
        {"at": "+30 days", "tell": "county", "escalation": True, "repeat": "30 days"},
    ],
}


def rule(**changes: Any) -> dict[str, Any]:
    """Answer the usual rule with some keys written differently."""
    return {**CONTACT, **changes}


def configured(rules: Mapping[str, Any] | None = None, **changes: Any) -> Configuration:
    """Answer a whole configuration of a fictional county."""
    return Configuration.model_validate(
        {
            "version": 1,
            "site": {
                "name": "演示县民政局",
                "region": "990101",
                "operator": {"email": "admin@example.invalid"},
            },
            "launch": {
                "on": LAUNCH,
                "first_due_within": "90 days",
                "escalate_from": date(2027, 3, 1),
            },
            "roles": {
                "director": {"title": "儿童主任", "level": "village", "up": "supervisor"},
                "supervisor": {"title": "儿童督导员", "level": "township", "up": "county"},
                "county": {"title": "县民政局", "level": "county"},
            },
            "records": {
                "contact": {"title": "联系"},
                "visit": {"title": "走访", "counts_as": ["contact"]},
                "update": {"title": "信息更新"},
            },
            "levels": [{"id": "green", "title": "绿"}, {"id": "red", "title": "红"}],
            "rules": rules if rules is not None else {"contact": CONTACT},
            "delivery": {"routes": {"director": ["email"]}},
            "channels": {"email": {"type": "memory"}},
            **changes,
        }
    )


def noon(day: date) -> datetime:
    """Answer an instant of a day."""
    return datetime.combine(day, time(4), UTC)


def day(text: str) -> date:
    """Read `2027-03-01`."""
    return date.fromisoformat(text)


def entry_id(number: int) -> str:
    """Answer the id of the n-th entry."""
    return f"{number:032x}"


def entry(number: int = 1, **columns: Any) -> dict[str, Any]:
    """Answer an entry's row."""
    return {
        "id": entry_id(number),
        "ledger": "children",
        "number": f"青山-{number:02}",
        "lives_in": VILLAGE,
        "status": "active",
        "entered_on": LAUNCH,
        **columns,
    }


@dataclass
class World:
    """A database, the plan in force and the day it is."""

    database: Database
    configuration: Configuration = field(default_factory=configured)
    today: date = LAUNCH
    look_ahead: int = 0
    plan: EvaluationPlan = field(init=False)

    def __post_init__(self) -> None:
        self.configure(self.configuration)

    @property
    def now(self) -> datetime:
        """Noon of the day it is."""
        return noon(self.today)

    def configure(self, configuration: Configuration) -> None:
        """Put other YAML in force."""
        self.configuration = configuration
        with self.database.writing() as connection:
            self.plan = prepare(connection, configuration, CALENDAR, today=self.today)

    def enter(self, *rows: Mapping[str, Any]) -> None:
        """Write entries as an import does."""
        with self.database.writing() as connection:
            connection.execute(insert(entries), list(rows))
            self._touch(connection, [row["id"] for row in rows])

    def change(self, number: int, **columns: Any) -> None:
        """Change an entry as an import does."""
        with self.database.writing() as connection:
            connection.execute(
                update(entries).where(entries.c.id == entry_id(number)).values(**columns)
            )
            self._touch(connection, [entry_id(number)])

    def _touch(self, connection: Connection, ids: Sequence[str]) -> None:
        rows = [{"entry_id": id_, "known_on": self.today} for id_ in ids]
        connection.execute(insert(touched), rows)

    def run(self, on: date | None = None) -> PassReport:
        """Do one pass, on a later day if one is named."""
        self.today = on or self.today
        return engine.evaluate(
            self.database,
            self.plan,
            today=self.today,
            now=self.now,
            look_ahead=self.look_ahead,
        )

    def pass_days(self, days: int) -> None:
        """Let days go by with a pass on each."""
        for _ in range(days):
            self.run(self.today + timedelta(days=1))

    def alerts(self, **where: Any) -> list[Any]:
        """Answer alert rows, the oldest first."""
        query = select(alerts).order_by(alerts.c.opened_at, alerts.c.id).filter_by(**where)
        with self.database.reading() as connection:
            return list(connection.execute(query).all())

    def steps(self, **where: Any) -> list[Any]:
        """Answer step rows by date."""
        query = select(steps).order_by(steps.c.on_date, steps.c.step).filter_by(**where)
        with self.database.reading() as connection:
            return list(connection.execute(query).all())

    def told(self) -> list[tuple[str, int, str]]:
        """Answer the steps written: id, occurrence, date."""
        return [(row.step, row.occurrence, row.on_date.isoformat()) for row in self.steps()]
