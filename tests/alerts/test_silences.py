"""A silence puts off and uses nothing up: what lay under it is told once, as the newest, when it ends."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from alerts import acts
from alerts.acts import Reason, Scope, Silence
from alerts.plan import plan_messages
from alerts.tables import alerts, steps, tellings
from ledgers.database import Database
from ledgers.tables import entries, persons, touched
from tests.alerts.changing_hands import told
from tests.alerts.county import LIUGOU, QINGSHAN, TOWN, at, written
from tests.alerts.test_plan import by_plan, live_every_day, really_sent
from tests.alerts.watched import CONTACT, Watched

DAY = timedelta(days=1)
DUE = date(2027, 6, 1)
LAST = date(2027, 6, 20)
RULE = {
    **CONTACT,
    "roll": "none",
    "late": {"send_within": "3 days", "then": "record"},
    "steps": [*CONTACT["steps"], {"at": "+60 days", "tell": "county", "escalation": True}],
}


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county with a child in each of two villages, both due on 1 June."""
    one = Watched(database, written(rules={"contacts": RULE}))
    one.today = DUE - 5 * DAY
    one.live_today()
    for number, village in (("青山-01", QINGSHAN), ("柳沟-01", LIUGOU)):
        one.record(one.entry(number, village), date(2027, 3, 1))
    return one


def quiet(site: Watched, scope: Scope, target: str, *, until: date = LAST) -> str:
    """Silence something from today on."""
    wish = Silence(scope, target, (site.today, until), Reason.EMERGENCY)
    with site.database.writing() as connection:
        return acts.silence(connection, wish, now=at(site.today, 12))


def target(site: Watched, scope: Scope) -> str:
    """Answer what is silenced: the child of 青山, its director, its village, or the rule."""
    one = {
        Scope.ENTRY: select(entries.c.id).where(entries.c.number == "青山-01"),
        Scope.PERSON: select(persons.c.id).where(persons.c.handle == "P-01"),
    }
    if scope not in one:
        return {Scope.REGION: QINGSHAN, Scope.RULE: "contacts"}[scope]
    with site.database.reading() as connection:
        return str(connection.execute(one[scope]).scalar_one())


def of_qingshan(site: Watched) -> list[tuple[str, str, str]]:
    """Answer (handle, step, day) of what was really sent of the child of 青山."""
    return [
        (one.handle, one.step, one.on.isoformat())
        for one in told(site)
        if one.number == "青山-01" and one.state in ("sent", "relayed")
    ]


@pytest.mark.parametrize("scope", [Scope.ENTRY, Scope.REGION, Scope.RULE])
def test_what_lay_under_a_silence_is_told_once_when_it_ends(site: Watched, scope: Scope) -> None:
    """Each person the newest that is theirs, and not as late; the plan knew it."""
    quiet(site, scope, target(site, scope))
    with site.database.reading() as connection:
        plan = plan_messages(
            connection, site.in_force, first=site.today + DAY, last=LAST + 14 * DAY
        )
    first = site.today + DAY
    live_every_day(site, LAST)
    assert of_qingshan(site) == []
    live_every_day(site, LAST + 14 * DAY)
    assert of_qingshan(site) == [
        ("P-03", "+7 days", "2027-06-21"),
        ("P-01", "+3 days", "2027-06-21"),
    ]
    assert {one.state for one in told(site)} <= {"sent", "relayed", "merged"}
    assert by_plan(plan) == really_sent(site, first)


def test_a_person_left_alone_is_told_afterwards_and_others_meanwhile(site: Watched) -> None:
    """The supervisor hears in time; the director's share is not recorded away as too late."""
    quiet(site, Scope.PERSON, target(site, Scope.PERSON))
    with site.database.reading() as connection:
        plan = plan_messages(
            connection, site.in_force, first=site.today + DAY, last=LAST + 14 * DAY
        )
    first = site.today + DAY
    live_every_day(site, LAST + 14 * DAY)
    assert of_qingshan(site) == [
        ("P-03", "+7 days", "2027-06-10"),
        ("P-01", "+3 days", "2027-06-21"),
    ]
    assert by_plan(plan) == really_sent(site, first)


@pytest.mark.parametrize(
    ("region", "silent"),
    [("990101", {"青山-01", "柳沟-01"}), (TOWN, {"青山-01", "柳沟-01"}), (LIUGOU, {"柳沟-01"})],
)
def test_a_silence_over_a_division_lies_over_all_below(
    site: Watched, region: str, silent: set[str]
) -> None:
    """And over nothing beside it."""
    quiet(site, Scope.REGION, region)
    live_every_day(site, LAST)
    assert {one.number for one in told(site)} == {"青山-01", "柳沟-01"} - silent


def test_a_silence_that_is_ended_early_lets_go_at_once(site: Watched) -> None:
    """At the next slot of each; what they were told is the newest."""
    id_ = quiet(site, Scope.RULE, "contacts", until=date(2027, 12, 31))
    live_every_day(site, date(2027, 6, 12))
    with site.database.writing() as connection:
        acts.end_silence(connection, id_, now=at(site.today, 12))
    live_every_day(site, date(2027, 6, 20))
    assert of_qingshan(site) == [
        ("P-03", "+7 days", "2027-06-14"),
        ("P-01", "+3 days", "2027-06-14"),
    ]


@pytest.mark.parametrize("status", ["moved", "closed", "died"])
def test_whoever_leaves_the_ledger_takes_nothing_open_along(site: Watched, status: str) -> None:
    """Alert, waiting steps and unsent messages end, each with its reason; nobody hears more."""
    live_every_day(site, date(2027, 6, 4))
    with site.database.reading() as connection:
        entry = connection.execute(
            select(entries.c.id).where(entries.c.number == "青山-01")
        ).scalar_one()
    before = of_qingshan(site)
    _leaves(site, entry, status)
    live_every_day(site, LAST)
    assert of_qingshan(site) == before
    assert _ends(site, entry) == [("entry-left", set(), {"sent"})]


def _leaves(site: Watched, entry: str, status: str) -> None:
    gone = {"status": status, "left_on": site.today}
    with site.database.writing() as connection:
        connection.execute(update(entries).where(entries.c.id == entry).values(gone))
        connection.execute(insert(touched), [{"entry_id": entry, "known_on": site.today}])


def _ends(site: Watched, entry: str) -> list[tuple[str | None, set[str], set[str]]]:
    """Answer how alerts ended, who is still waited for, and in which states tellings are."""
    found = []
    with site.database.reading() as connection:
        for alert in connection.execute(select(alerts).where(alerts.c.entry_id == entry)).all():
            mine = steps.c.alert_id == alert.id
            waiting = set(connection.scalars(select(steps.c.waiting).where(mine)))
            states = connection.scalars(
                select(tellings.c.state).where(tellings.c.alert_id == alert.id)
            )
            found.append((alert.closed_how, waiting - {""}, set(states) - {"merged"}))
    return found
