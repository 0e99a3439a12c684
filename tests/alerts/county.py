"""A small fictional county, written straight into the tables, for tests of who is told what."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Table, insert, select

from alerts.tables import alerts, notices, steps, tellings
from alerts.timetable import Timetable
from config.model import Configuration
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.sealing import Keyring, Spot, Vault
from ledgers.tables import entries, persons, post_holdings, posts, regions
from schedules.calendars import WorkCalendar

VAULT = Vault(Keyring.create())
MONDAY = date(2027, 6, 7)
"""A working Monday; the Friday after it is too, so no slot moves (端午 is on 9 June)."""

TOWN = "990101001"
QINGSHAN, LIUGOU = TOWN + "001", TOWN + "002"
NAMES = {
    "990101": "演示县",
    TOWN: "临河镇",
    QINGSHAN: "青山村",
    LIUGOU: "柳沟村",
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Answer an instant of the site's wall clock (UTC+8)."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        hours=hour - 8, minutes=minute
    )


MADE = at(date(2027, 6, 1), 9)


def written(**changes: object) -> Configuration:
    """Answer the county's configuration, with top-level keys replaced."""
    document: dict[str, object] = {
        "version": 1,
        "site": {
            "name": "演示县民政局",
            "region": "990101",
            "operator": {"email": "admin@example.invalid"},
        },
        "launch": {
            "on": date(2026, 12, 1),
            "first_due_within": "90 days",
            "escalate_from": date(2027, 3, 1),
        },
        "roles": {
            "director": {"title": "儿童主任", "level": "village", "up": "supervisor"},
            "supervisor": {"title": "儿童督导员", "level": "township", "up": "county"},
            "county": {"title": "县级工作人员", "level": "county"},
        },
        "records": {
            "contact": {"title": "联系"},
            "visit": {"title": "入户走访", "counts_as": ["contact"]},
            "update": {"title": "信息更新"},
        },
        "rules": {
            "contacts": _rule("联系", "contact"),
            "visits": _rule("走访", "visit"),
            "updates": _rule("信息更新", "update"),
        },
        "delivery": {
            "digest": {
                "director": {"days": ["monday"], "at": "09:10", "between": ["overdue"]},
                "supervisor": {"days": ["monday", "thursday"], "at": "08:40"},
                "county": {"days": ["monday"], "at": "08:40"},
            },
            "routes": {
                "director": ["mail", "relay"],
                "supervisor": ["mail"],
                "county": ["mail"],
            },
        },
        "channels": {"mail": {"type": "memory"}},
    }
    return Configuration.model_validate({**document, **changes})


def _rule(say: str, done_by: str) -> dict[str, object]:
    return {
        "kind": "duty",
        "title": f"{say}（内部名称）",
        "say": say,
        "for": {"ledger": "children"},
        "every": "3 months",
        "done_by": done_by,
        "steps": [
            {"at": "0 days", "tell": "director"},
            {"at": "+3 days", "tell": "director"},
            {"at": "+7 days", "tell": "supervisor", "escalation": True},
            {"at": "+30 days", "tell": "county", "escalation": True},
        ],
    }


@dataclass(slots=True)
class County:
    """Writes rows, and answers ids. `now` is when everything was made."""

    database: Database
    configuration: Configuration = field(default_factory=written)
    now: datetime = MADE

    def __post_init__(self) -> None:
        with self.database.writing() as connection:
            rows = [{"code": code, "name": name, "local": False} for code, name in NAMES.items()]
            connection.execute(insert(regions), rows)
        self.person("operator", email="admin@example.invalid")

    @property
    def timetable(self) -> Timetable:
        """Answer when whom is told, by the configuration."""
        return Timetable.of(self.configuration, WorkCalendar.official())

    def staff(self) -> None:
        """Fill the usual posts: a director with mail, one without, a supervisor, an officer."""
        self.post("director", QINGSHAN, self.person("P-01", email="d1@example.invalid"))
        self.post("director", LIUGOU, self.person("P-02"))
        self.post("supervisor", TOWN, self.person("P-03", email="s1@example.invalid"))
        self.post("county", "990101", self.person("P-04", email="c1@example.invalid"))

    def person(self, handle: str, *, email: str | None = None) -> str:
        """Write somebody who can be told."""
        id_ = new_id(self.now)
        sealed = email and VAULT.seal(email, Spot("persons", "sealed_email", id_))
        self._insert(
            persons,
            {
                "id": id_,
                "handle": handle,
                "sealed_name": b"",
                "name_key": handle,
                "sealed_email": sealed,
            },
        )
        return id_

    def post(self, role: str, region: str, person: str) -> None:
        """Give a post to a person from long ago."""
        post = new_id(self.now)
        self._insert(posts, {"id": post, "role": role, "region": region})
        self._insert(
            post_holdings,
            {
                "id": new_id(self.now),
                "post_id": post,
                "person_id": person,
                "held_from": date(2020, 1, 1),
            },
        )

    def entry(self, number: str, region: str = QINGSHAN) -> str:
        """Write an entry of the children's ledger."""
        id_ = new_id(self.now)
        self._insert(
            entries,
            {
                "id": id_,
                "ledger": "children",
                "number": number,
                "lives_in": region,
                "status": "active",
                "entered_on": date(2026, 12, 1),
            },
        )
        return id_

    def alert(self, entry: str, rule: str, due_on: date, *, anchor: str = "2027-03-07") -> str:
        """Write an open alert without steps."""
        id_ = new_id(self.now)
        self._insert(
            alerts,
            {
                "id": id_,
                "rule": rule,
                "entry_id": entry,
                "anchor": anchor,
                "rule_version": 1,
                "anchor_on": None if anchor == "never" else date.fromisoformat(anchor),
                "due_on": due_on,
                "opened_on": due_on,
                "opened_at": self.now,
                "next_at": due_on,
            },
        )
        return id_

    def step(
        self,
        alert: str,
        on_date: date,
        *roles: str,
        key: str = "0 days",
        after_due: bool = False,
        known_on: date | None = None,
    ) -> str:
        """Write a step that waits to be told."""
        id_ = new_id(self.now)
        self._insert(
            steps,
            {
                "id": id_,
                "alert_id": alert,
                "step": key,
                "on_date": on_date,
                "known_on": known_on or on_date,
                "after_due": after_due,
                "escalation": key == "+7 days",
                "waiting": f"|{'|'.join(roles or ('director',))}|",
            },
        )
        return id_

    def due(self, number: str, rule: str, due_on: date, region: str = QINGSHAN) -> str:
        """Write an entry with one alert and its step on the due date; answer the alert."""
        alert = self.alert(self.entry(number, region), rule, due_on)
        self.step(alert, due_on)
        return alert

    def tellings(self) -> list[tuple[str, str, str | None]]:
        """Answer (number, state, handle of who passes it on) of every telling, sorted."""
        via = persons.alias("via")
        query = (
            select(entries.c.number, tellings.c.state, via.c.handle)
            .join(alerts, alerts.c.id == tellings.c.alert_id)
            .join(entries, entries.c.id == alerts.c.entry_id)
            .outerjoin(via, via.c.id == tellings.c.via)
        )
        with self.database.reading() as connection:
            return sorted((row[0], row[1], row[2]) for row in connection.execute(query))

    def notices(self) -> list[tuple[str, str, str, bool]]:
        """Answer (handle, class, state, published) of every notice, sorted."""
        query = select(
            persons.c.handle, notices.c["class"], notices.c.state, notices.c.next_attempt_at
        ).join(persons, persons.c.id == notices.c.person_id)
        with self.database.reading() as connection:
            rows = connection.execute(query)
            return sorted((row[0], row[1], row[2], row[3] is not None) for row in rows)

    def waiting(self) -> int:
        """Answer how many steps still wait to be told."""
        query = select(steps.c.id).where(steps.c.waiting != "")
        with self.database.reading() as connection:
            return len(connection.execute(query).all())

    def _insert(self, table: Table, row: dict[str, object]) -> None:
        with self.database.writing() as connection:
            _insert_row(connection, table, row)


def _insert_row(connection: Connection, table: Table, row: dict[str, object]) -> None:
    connection.execute(insert(table), [row])
