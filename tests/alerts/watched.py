"""A county that lives on a virtual clock: real passes, real slots, and mail that always arrives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from alerts import acts, digest, engine
from alerts.effective import EvaluationPlan
from alerts.in_force import InForce
from alerts.outcomes import move
from alerts.rules import prepare
from alerts.states import Outcome
from alerts.tables import notices, tellings
from alerts.timetable import Timetable
from config.model import Configuration
from ledgers.acts import RecordRequest, RecordSource
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import entries, touched
from tests.alerts.county import QINGSHAN, County, at, written

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}")

CONTACT: dict[str, Any] = {
    "kind": "duty",
    "title": "季度联系",
    "say": "联系",
    "source": "某实施方案 一(二)",
    "for": {"ledger": "children", "where": {"status": "active"}},
    "every": "3 months",
    "done_by": "contact",
    "roll": "before",
    "steps": [
        {"at": "0 days", "tell": "director"},
        {"at": "+3 days", "tell": "director"},
        {"at": "+7 days", "tell": "supervisor", "escalation": True},
    ],
}


@dataclass(slots=True)
class Watched:
    """One county. `today` moves with `live`."""

    database: Database
    configuration: Configuration = field(
        default_factory=lambda: written(rules={"contacts": CONTACT})
    )
    today: date = date(2026, 12, 1)
    county: County = field(init=False)
    plan: EvaluationPlan = field(init=False)

    def __post_init__(self) -> None:
        self.county = County(self.database, self.configuration, at(self.today, 7))
        self.county.staff()
        self.configure(self.configuration)

    @property
    def timetable(self) -> Timetable:
        """Answer when whom is told."""
        return self.county.timetable

    @property
    def in_force(self) -> InForce:
        """Answer the rules and times in force."""
        return InForce(self.plan, self.timetable)

    def configure(self, configuration: Configuration) -> None:
        """Put other YAML in force."""
        self.configuration = self.county.configuration = configuration
        calendar = self.timetable.calendar
        with self.database.writing() as connection:
            self.plan = prepare(connection, configuration, calendar, today=self.today)

    def entry(self, number: str, region: str = QINGSHAN, **columns: Any) -> str:
        """Enter a child as an import does."""
        id_ = new_id(at(self.today, 8))
        row = {
            "id": id_,
            "ledger": "children",
            "number": number,
            "lives_in": region,
            "status": "active",
            "entered_on": self.today,
            **columns,
        }
        with self.database.writing() as connection:
            connection.execute(insert(entries), [row])
            connection.execute(insert(touched), [{"entry_id": id_, "known_on": self.today}])
        return id_

    def record(self, entry: str, happened_on: date, **said: Any) -> None:
        """Record an act through the door."""
        what = {"kind": "contact", "source": RecordSource.CLI, **said}
        request = RecordRequest(entry_id=entry, happened_on=happened_on, **what)
        with self.database.writing() as connection:
            now = at(self.today, 12)
            acts.record(connection, self.plan, [request], now=now, today=self.today)

    def leave(self, entry: str, on: date) -> None:
        """Let a child move away."""
        gone = {"status": "moved", "left_on": on}
        with self.database.writing() as connection:
            connection.execute(update(entries).where(entries.c.id == entry).values(gone))
            connection.execute(insert(touched), [{"entry_id": entry, "known_on": self.today}])

    def pass_now(self) -> None:
        """Do one pass."""
        engine.evaluate(
            self.database,
            self.plan,
            today=self.today,
            now=at(self.today, 0, 5),
            look_ahead=self.timetable.look_ahead(),
        )

    def live(self, until: date) -> None:
        """Let days go by up to `until`; those without a slot change nothing and are skipped."""
        plans = [self.timetable.plans[role] for role in self.configuration.roles]
        while self.today < until:
            self.today += timedelta(days=1)
            if self.today == until or any(p.on_or_before(self.today) == self.today for p in plans):
                self.live_today()

    def live_today(self) -> None:
        """Do all of one day: a pass, and each slot at its time."""
        self.pass_now()
        plans = self.timetable.plans
        roles = self.configuration.roles
        for instant in sorted({plans[role].instant(self.today) for role in roles}):
            digest.open_due(self.database, self.timetable, now=instant)
            self.deliver(instant)

    def deliver(self, now: datetime) -> None:
        """Send whatever is due and not held."""
        ready = select(notices.c.id).where(notices.c.state == "pending")
        with self.database.writing() as connection:
            ids = list(connection.scalars(ready))
            inside = connection.execute(
                select(tellings.c.id, tellings.c.via).where(
                    tellings.c.notice_id.in_(ids), tellings.c.state == "pending"
                )
            ).all()
            move(connection, [row.id for row in inside], Outcome.SENDING, now=now)
            for outcome, via in ((Outcome.SENT, False), (Outcome.RELAYED, True)):
                of_kind = [row.id for row in inside if (row.via is not None) is via]
                move(connection, of_kind, outcome, now=now)
            done = {"state": "sent", "ended_at": now, "next_attempt_at": None}
            connection.execute(update(notices).where(notices.c.id.in_(ids)).values(done))


def told_lines(lines: Sequence[str]) -> str:
    """Join lines, ids replaced, so that a whole text can be compared."""
    return _ID.sub("…", "\n".join(lines))
