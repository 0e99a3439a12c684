"""A little world for delivery tests: persons, alerts, tellings and notices that are ready to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Table, insert, select

from alerts.attempts import Compose
from alerts.claims import Claim
from alerts.deliver import Means
from alerts.errors import CannotCompose
from alerts.outcomes import NewTelling, make
from alerts.rerouting import Reroute, Routes
from alerts.states import Outcome
from alerts.tables import alerts, notices, outcomes, steps, tellings
from channels.protocol import Message
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.sealing import Keyring, Vault
from ledgers.tables import entries, persons

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)
TODAY = date(2027, 6, 7)


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        """Let time go by, as in `pass_(minutes=5)`."""
        self.now += timedelta(**span)


@dataclass
class Counted:
    """Metrics that a test can read."""

    answers: list[tuple[str, str, str]] = field(default_factory=list)

    def answered(self, channel: str, result: str, reason: str, late_seconds: float) -> None:
        assert late_seconds >= 0
        self.answers.append((channel, result, reason))


@dataclass
class GivenRoutes:
    """Answers the same next routes to everybody, one after the other."""

    routes: Sequence[Reroute] = ()

    def after(
        self, connection: Connection, claim: Claim, tried: frozenset[str], *, now: datetime
    ) -> Reroute | None:
        return next((route for route in self.routes if route.channel not in tried), None)


@dataclass
class Onward:
    """Routes everybody to one other channel."""

    channel: str

    def after(
        self, connection: Connection, claim: Claim, tried: frozenset[str], *, now: datetime
    ) -> Reroute | None:
        if self.channel in tried:
            return None
        return Reroute(self.channel, claim.person_id, claim.role)


def compose_plainly(
    connection: Connection, revisions: Mapping[str, int], *, now: datetime
) -> dict[str, Message | CannotCompose | None]:
    """Say of each notice which tellings are pending; nothing if there are none."""
    return {
        notice_id: _plainly(connection, notice_id, revision=revision, now=now)
        for notice_id, revision in revisions.items()
    }


def _plainly(
    connection: Connection, notice_id: str, *, revision: int, now: datetime
) -> Message | None:
    pending = connection.execute(
        select(tellings.c.id)
        .where(tellings.c.notice_id == notice_id, tellings.c.state == Outcome.PENDING.value)
        .order_by(tellings.c.id)
    ).scalars()
    text = "\n".join(pending)
    if not text:
        return None
    person = connection.execute(
        select(notices.c.person_id).where(notices.c.id == notice_id)
    ).scalar_one()
    address = f"{person}@example.invalid"
    return Message(f"{notice_id}.{revision}", address, "提醒", text, dated=now)


def means_of(
    database: Database,
    clock: Clock,
    *,
    routes: Routes | None = None,
    compose: Compose = compose_plainly,
    worker: str = "worker-1",
) -> Means:
    """Answer everything delivery works with, none of it random."""
    return Means(
        database=database,
        vault=Vault(Keyring.create()),
        compose=compose,
        routes=routes or GivenRoutes(),
        metrics=Counted(),
        clock=clock,
        jitter=lambda: 0.5,
        allowed=lambda instant: instant,
        worker=worker,
    )


def post(
    database: Database,
    count: int,
    *,
    tellings_each: int = 2,
    channel: str = "email",
    class_: str = "digest",
    now: datetime = NOON,
) -> list[str]:
    """Write `count` notices to as many persons, due now; answer their ids."""
    rows: dict[Table, list[dict[str, object]]] = {
        table: [] for table in (persons, notices, alerts, steps)
    }
    made: list[NewTelling] = []
    posted = []
    with database.writing() as connection:
        entry = _entry(connection, now)
        for _ in range(count):
            person_id, notice_id = new_id(now), new_id(now)
            posted.append(notice_id)
            rows[persons].append(_person(person_id))
            rows[notices].append(_notice(notice_id, person_id, channel, class_, now))
            for _ in range(tellings_each):
                alert_id, step_id = new_id(now), new_id(now)
                rows[alerts].append(_alert(alert_id, entry, now))
                rows[steps].append(_step(step_id, alert_id))
                telling_id = new_id(now)
                made.append(
                    NewTelling(
                        telling_id, step_id, alert_id, person_id, "director", notice_id=notice_id
                    )
                )
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), values)
        make(connection, made, now=now)
    return posted


def states(database: Database) -> dict[str, int]:
    """Answer how many tellings are in each state."""
    with database.reading() as connection:
        found = list(connection.execute(select(tellings.c.state)).scalars())
    return {state: found.count(state) for state in sorted(set(found))}


def histories(database: Database) -> dict[str, list[str]]:
    """Answer the states each telling went through, in order."""
    with database.reading() as connection:
        rows = connection.execute(
            select(outcomes.c.telling_id, outcomes.c.became).order_by(outcomes.c.at, outcomes.c.id)
        ).all()
    history: dict[str, list[str]] = {}
    for row in rows:
        history.setdefault(row.telling_id, []).append(row.became)
    return history


def _entry(connection: Connection, now: datetime) -> str:
    id_ = new_id(now)
    connection.execute(
        insert(entries),
        [
            {
                "id": id_,
                "ledger": "children",
                "number": f"青山-{id_[-6:]}",
                "lives_in": "990101001001",
                "status": "active",
                "entered_on": TODAY,
            }
        ],
    )
    return id_


def _person(person_id: str) -> dict[str, object]:
    return {
        "id": person_id,
        "handle": f"P-{person_id[-12:]}",
        "sealed_name": b"\x01",
        "name_key": person_id,
    }


def _notice(
    notice_id: str, person_id: str, channel: str, class_: str, now: datetime
) -> dict[str, object]:
    return {
        "id": notice_id,
        "person_id": person_id,
        "channel": channel,
        "slot": f"{class_}:{now.isoformat()}",
        "class": class_,
        "role": "director",
        "state": "pending",
        "made_at": now,
        "due_at": now,
        "next_attempt_at": now,
        "give_up_at": now + timedelta(hours=48),
    }


def _alert(alert_id: str, entry_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": alert_id,
        "rule": f"rule-{alert_id[-12:]}",
        "entry_id": entry_id,
        "anchor": "2027-03-07",
        "rule_version": 1,
        "due_on": TODAY,
        "opened_on": TODAY,
        "opened_at": now,
    }


def _step(step_id: str, alert_id: str) -> dict[str, object]:
    return {
        "id": step_id,
        "alert_id": alert_id,
        "step": "0 days",
        "on_date": TODAY,
        "known_on": TODAY,
        "after_due": False,
        "escalation": False,
        "waiting": "",
    }
