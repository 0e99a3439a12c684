"""What would be sent is what then is sent."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from alerts.plan import Plan, Supposed, plan_messages
from alerts.tables import alerts, notices, tellings
from ledgers.database import Database
from ledgers.sealing import Spot
from ledgers.tables import metadata, persons
from tests.alerts.county import LIUGOU, QINGSHAN, VAULT, written
from tests.alerts.watched import CONTACT, Watched
from tests.databases import delete_rows

DAY = timedelta(days=1)
SPRING = date(2027, 3, 1)
VISIT = {
    **CONTACT,
    "say": "走访",
    "done_by": "visit",
    "every": "2 months",
    "roll": "none",
    "steps": [
        {"at": "-14 days", "tell": "director"},
        {"at": "0 days", "tell": "director"},
        {"at": "+2 days", "tell": ["director", "supervisor"]},
        {"at": "+9 days", "tell": "county", "escalation": True, "repeat": "10 days"},
    ],
}
RULES = {"contacts": CONTACT, "visits": VISIT}

Sent = Counter[tuple[date, str, str, str]]
"""How many entries, by day, person, channel and rule."""


def planned(site: Watched, last: date, **more: Any) -> Plan:
    """Plan from tomorrow: today is over."""
    with site.database.reading() as connection:
        return plan_messages(connection, site.in_force, first=site.today + DAY, last=last, **more)


def by_plan(plan: Plan) -> Sent:
    """Add up what is planned."""
    found: Sent = Counter()
    for row in plan.rows:
        found[row.day, row.person, row.channel, row.rule] += row.items
    return found


def really_sent(site: Watched, first: date) -> Sent:
    """Add up what went out from a day on."""
    query = (
        select(notices.c.due_at, persons.c.handle, notices.c.channel, alerts.c.rule)
        .join(tellings, tellings.c.notice_id == notices.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(persons, persons.c.id == notices.c.person_id)
        .where(tellings.c.state.in_(("sent", "relayed")))
    )
    found: Sent = Counter()
    with site.database.reading() as connection:
        for due_at, handle, channel, rule in connection.execute(query):
            day = site.timetable.today(due_at)
            if day >= first:
                found[day, handle, channel, rule] += 1
    return found


def live_every_day(site: Watched, until: date) -> None:
    """Let each day go by, as the plan assumes."""
    while site.today < until:
        site.today += DAY
        site.live_today()


def test_a_quiet_county_sends_nothing(database: Database) -> None:
    """No entry, no message."""
    site = Watched(database)
    site.live_today()
    plan = planned(site, site.today + 30 * DAY)
    assert (plan.rows, plan.messages, plan.people) == ((), 0, 0)


def test_a_plan_names_day_person_channel_and_rule(database: Database) -> None:
    """A director with mail, one without, and the supervisor who passes it on."""
    site = Watched(database, written(rules={"contacts": {**CONTACT, "roll": "none"}}))
    site.today = SPRING
    site.live_today()
    for number, village in ((1, QINGSHAN), (2, QINGSHAN), (3, LIUGOU)):
        site.record(site.entry(f"村-{number}", village), SPRING)
    plan = planned(site, date(2027, 6, 8))
    rows = [(row.day.isoformat(), row.person, row.role, row.rule, row.items) for row in plan.rows]
    assert rows == [
        ("2027-05-31", "P-01", "director", "contacts", 2),
        ("2027-05-31", "P-03", "supervisor", "contacts", 1),
        ("2027-06-04", "P-01", "director", "contacts", 2),
        ("2027-06-07", "P-03", "supervisor", "contacts", 1),
    ]
    assert {(week.person, week.week, week.messages) for week in plan.weeks} == {
        ("P-01", "2027-W22", 2),
        ("P-03", "2027-W22", 1),
        ("P-03", "2027-W23", 1),
    }


def test_a_plan_changes_nothing(database: Database) -> None:
    """Not a row, not even the first due days it foresees."""
    site = Watched(database)
    site.entry("青山-01")
    before = dump(database)
    assert planned(site, site.today + 120 * DAY).messages > 0
    assert dump(database) == before


def dump(database: Database) -> dict[str, list[Any]]:
    """Answer every row of every table."""
    with database.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
        }


def test_what_is_done_on_its_day_is_not_told_again(database: Database) -> None:
    """With everything assumed done, nobody is overdue; the next date comes round."""
    site = Watched(database, written(rules={"contacts": {**CONTACT, "roll": "none"}}))
    site.today = SPRING
    site.live_today()
    site.record(site.entry("青山-01"), SPRING)
    plan = planned(site, date(2027, 9, 30), supposed=Supposed(done=1.0))
    assert [(row.day, row.person) for row in plan.rows] == [
        (date(2027, 5, 31), "P-01"),
        (date(2027, 8, 30), "P-01"),
    ]


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([QINGSHAN, LIUGOU, "990101001003"]),
        st.one_of(st.none(), st.integers(0, 150)),
        st.sampled_from(["contact", "visit"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=ENTRIES,
    lived=st.sampled_from([0, 1, 9]),
    days=st.integers(5, 45),
    capped=st.booleans(),
    late=st.sampled_from([None, "record", "escalate"]),
)
def test_a_plan_is_what_then_happens(
    database: Database,
    rows: list[tuple[str, int | None, str]],
    lived: int,
    days: int,
    capped: bool,
    late: str | None,
) -> None:
    """On any small ledger, from any day on: passes and slots send just what was planned."""
    delete_rows(database, metadata)
    rules = RULES
    if late is not None:
        policy = {"send_within": "3 days", "then": late}
        rules = {name: {**rule, "late": policy} for name, rule in RULES.items()}
    configuration = written(rules=rules)
    if capped:
        document = configuration.delivery.model_copy(
            update={"at_most": written(delivery={**_capped()}).delivery.at_most}
        )
        configuration = configuration.model_copy(update={"delivery": document})
    site = Watched(database, configuration)
    site.today = SPRING
    site.live_today()
    for number, (village, ago, kind) in enumerate(rows):
        entry = site.entry(f"村-{number:02}", village)
        if ago is not None:
            site.record(entry, SPRING - ago * DAY, kind=kind)
    live_every_day(site, SPRING + lived * DAY)
    last = site.today + days * DAY
    plan = planned(site, last)
    first = site.today + DAY
    live_every_day(site, last)
    assert by_plan(plan) == really_sent(site, first)


def _capped() -> dict[str, Any]:
    return {
        "routes": {"director": ["mail", "relay"], "supervisor": ["mail"], "county": ["mail"]},
        "at_most": {"director": "1 per week", "supervisor": "1 per week"},
    }


def test_a_plan_counts_parts_of_sms(database: Database) -> None:
    """None of mail; of SMS as many as a message may be at most, by person and week."""
    channels = {
        "sms": {
            "type": "http-sms",
            "url": "http://sms.example.invalid/cgi-bin/sendsms",
            "parts": 2,
        },
        "mail": {"type": "memory"},
    }
    routes = {"director": ["sms", "relay"], "supervisor": ["mail"], "county": ["mail"]}
    delivery = {**written().delivery.model_dump(exclude={"routes"}), "routes": routes}
    changes = {"channels": channels, "delivery": delivery}
    site = Watched(database, written(rules={"contacts": {**CONTACT, "roll": "none"}}, **changes))
    with database.writing() as connection:
        sealed = VAULT.seal("15400000001", Spot("persons", "sealed_phone", "any"))
        connection.execute(
            update(persons).where(persons.c.handle == "P-01").values(sealed_phone=sealed)
        )
    site.today = SPRING
    site.live_today()
    site.record(site.entry("村-1", QINGSHAN), SPRING)
    plan = planned(site, date(2027, 6, 14))
    assert {(week.person, week.messages, week.parts) for week in plan.weeks} == {
        ("P-01", 2, 4),
        ("P-03", 1, 0),
    }
    assert plan.parts == 4
