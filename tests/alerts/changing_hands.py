"""Posts that change hands in tests, and what is wrong with what was told around that."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from alerts.tables import alerts, steps, tellings
from ledgers.handover import leave_person, replace_person
from ledgers.tables import entries, persons, post_holdings, posts
from tests.alerts.county import at
from tests.alerts.watched import Watched

GRACE = timedelta(days=14)
BELOW = {"supervisor": ("director",), "county": ("director", "supervisor")}


def holder(site: Watched, role: str, region: str, day: date) -> str | None:
    """Answer who holds a post on a day."""
    with site.database.reading() as connection:
        return holder_of(connection, role, region, day)


def holder_of(connection: Connection, role: str, region: str, day: date = date.max) -> str | None:
    """Answer who holds a post on a day, or for good."""
    query = (
        select(post_holdings.c.person_id, post_holdings.c.held_to)
        .join(posts, posts.c.id == post_holdings.c.post_id)
        .where(posts.c.role == role, posts.c.region == region, post_holdings.c.held_from <= day)
    )
    rows = connection.execute(query).all()
    return next((row[0] for row in rows if row[1] is None or row[1] >= day), None)


def replaced(site: Watched, role: str, region: str, handle: str, *, on: date) -> str:
    """Let somebody new with an address take a post over; answer their id."""
    new = site.county.person(handle, email=f"{handle.lower()}@example.invalid")
    old = holder(site, role, region, on - timedelta(days=1))
    assert old is not None
    with site.database.writing() as connection:
        replace_person(connection, old, new, on=on, now=at(site.today, 12))
    return new


def gone(site: Watched, role: str, region: str, *, on: date) -> None:
    """Let whoever holds a post leave it to nobody."""
    old = holder(site, role, region, on)
    assert old is not None
    with site.database.writing() as connection:
        leave_person(connection, old, on=on)


@dataclass(frozen=True)
class Telling:
    """One step told to one person, as tests look at it."""

    number: str
    role: str
    handle: str
    step: str
    state: str
    escalation: bool
    on: date
    place: str


def told(site: Watched) -> list[Telling]:
    """Answer everything told so far, the oldest first."""
    query = (
        select(
            entries.c.number,
            tellings.c.role,
            persons.c.handle,
            steps.c.step,
            tellings.c.state,
            steps.c.escalation,
            tellings.c.made_at,
            entries.c.lives_in,
        )
        .join(steps, steps.c.id == tellings.c.step_id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .join(persons, persons.c.id == tellings.c.person_id)
        .order_by(tellings.c.made_at, tellings.c.id)
    )
    with site.database.reading() as connection:
        rows = connection.execute(query).all()
    return [Telling(*row[:6], site.timetable.today(row.made_at), row.lives_in) for row in rows]


def spared_until(days: list[date]) -> date:
    """Answer when hand-overs put nothing off any more: a fortnight each, four weeks in a row."""
    row: list[date] = []
    for day in sorted(days):
        row = [*row, day] if row and day - row[-1] < 2 * GRACE else [day]
    return min(row[-1] + GRACE, row[0] + 2 * GRACE) if row else date.min


def hurried(site: Watched) -> list[Telling]:
    """Answer the escalations told in the grace of hand-overs below them; in plain Python."""
    query = select(posts.c.role, posts.c.region, post_holdings).join(
        post_holdings, post_holdings.c.post_id == posts.c.id
    )
    with site.database.reading() as connection:
        held = connection.execute(query).all()
    found = []
    for one in told(site):
        days: list[date] = []
        for role in BELOW.get(one.role, ()) if one.escalation else ():
            mine = [h for h in held if h.role == role and one.place.startswith(h.region)]
            begun = sorted(h.held_from for h in mine if h.held_from <= one.on)
            if any(h.held_from <= one.on and (h.held_to or one.on) >= one.on for h in mine):
                days += begun[1:]
        if one.on < spared_until(days):
            found.append(one)
    return found
