"""After the act that settles it nobody is told of a matter any more, least of all whoever did it."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts import acts, digest, engine
from alerts.tables import alerts, steps, tellings
from ledgers.acts import RecordRequest, RecordSource
from ledgers.database import Database
from ledgers.tables import entries, metadata, persons
from tests.alerts.changing_hands import Telling, told
from tests.alerts.county import QINGSHAN, at, written
from tests.alerts.watched import CONTACT, Watched
from tests.databases import delete_rows

DAY = timedelta(days=1)
SPRING, DUE = date(2027, 3, 1), date(2027, 6, 1)
RULE = {
    **CONTACT,
    "roll": "none",
    "steps": [
        *CONTACT["steps"],
        {"at": "+14 days", "tell": "county", "escalation": True, "repeat": "7 days"},
    ],
}
PEOPLE = ("P-01", "P-03", "P-04")


def county(database: Database) -> Watched:
    """Answer a county with one child, contacted in spring and due on 1 June."""
    site = Watched(database, written(rules={"contacts": RULE}))
    site.today = DUE - 5 * DAY
    site.live_today()
    site.record(site.entry("青山-01", QINGSHAN), SPRING)
    return site


def act(site: Watched, by: str, *, hour: int, result: str = "done") -> None:
    """Record a contact at an hour of today."""
    with site.database.writing() as connection:
        person = connection.scalar(select(persons.c.id).where(persons.c.handle == by))
        entry = connection.execute(select(entries.c.id)).scalar_one()
        request = RecordRequest(
            entry, "contact", site.today, RecordSource.CLI, result=result, recorded_by=person
        )
        acts.record(connection, site.plan, [request], now=at(site.today, hour), today=site.today)


def still_to_say(site: Watched) -> int:
    """Count the steps that wait and the tellings that are not sent."""
    with site.database.reading() as connection:
        waiting = connection.execute(select(steps.c.id).where(steps.c.waiting != "")).all()
        unsent = connection.execute(
            select(tellings.c.id).where(tellings.c.state.in_(("pending", "held")))
        ).all()
    return len(waiting) + len(unsent)


def sent(site: Watched) -> list[Telling]:
    """Answer what was really said."""
    return [one for one in told(site) if one.state in ("sent", "relayed")]


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    days=st.integers(0, 40),
    by=st.sampled_from(PEOPLE),
    hour=st.sampled_from([1, 12, 23]),
    tried=st.booleans(),
)
def test_escalation_stops_with_the_act_that_settles_it(
    database: Database, days: int, by: str, hour: int, tried: bool
) -> None:
    """Whoever did it, and whenever: at once, not at the next pass; an attempt alone stops nothing."""
    delete_rows(database, metadata)
    site = county(database)
    site.live(DUE - 2 * DAY + days * DAY)
    if tried:
        act(site, by, hour=hour, result="not-reached")
        assert _is_open(site)
    act(site, by, hour=hour)
    assert still_to_say(site) == 0
    before = sent(site)
    site.live(site.today + 30 * DAY)
    assert sent(site) == before
    assert not _is_open(site)


def _is_open(site: Watched) -> bool:
    query = select(alerts.c.id).where(alerts.c.closed_at.is_(None), alerts.c.due_on <= DUE)
    with site.database.reading() as connection:
        return connection.execute(query).first() is not None


def test_an_act_between_slot_and_sending_empties_the_message(database: Database) -> None:
    """The supervisor's slot is open, she records at once: her own message says nothing of it."""
    site = county(database)
    site.live(DUE + 8 * DAY)
    site.today += DAY
    now = site.timetable.plans["supervisor"].instant(site.today)
    engine.evaluate(site.database, site.plan, today=site.today, now=now, look_ahead=21)
    digest.open_due(site.database, site.timetable, now=now)
    assert [one.handle for one in told(site) if one.state == "pending"] == ["P-03"]
    act(site, "P-03", hour=9)
    assert [one.state for one in told(site) if one.handle == "P-03"] == ["resolved"]
    site.deliver(at(site.today, 10))
    assert "P-03" not in {one.handle for one in sent(site)}
