"""What a slot leaves for later, holds, or no longer says."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from alerts import digest
from alerts.desk import DELIVERY_HELD
from alerts.matters import MatterKind, still_open
from alerts.tables import alerts, notices, silences
from config.common_rule import Late
from config.delivery import AtMost
from config.durations import Duration
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import entries, persons, site_state
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, County, at, written
from tests.alerts.mondays import DAY, long_due, open_monday, staffed


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    return staffed(database)


@pytest.mark.parametrize(
    ("scope", "waits"),
    [("entry", True), ("region", True), ("rule", True), ("person", True), ("other", False)],
)
def test_silences_defer(county: County, scope: str, waits: bool) -> None:
    """Whatever a silence lies over, the step stays waiting and is told afterwards."""
    county.due("青山-03", "visits", MONDAY)
    with county.database.writing() as connection:
        entry = connection.execute(select(entries.c.id)).scalar_one()
        person = connection.execute(
            select(persons.c.id).where(persons.c.handle == "P-01")
        ).scalar_one()
        targets = {"entry": entry, "region": TOWN, "rule": "visits", "person": person}
        connection.execute(
            insert(silences).values(
                id=new_id(county.now),
                scope=scope if waits else "entry",
                target=targets.get(scope, "somebody-else"),
                from_on=MONDAY,
                to_on=MONDAY + 2 * DAY,
                reason="away",
                made_at=county.now,
            )
        )
    open_monday(county)
    assert county.waiting() == int(waits)
    open_monday(county, weeks=1)
    assert [state for _, state, _ in county.tellings()] == ["pending"]


def test_an_acknowledged_alert_is_left_alone_until_its_day(county: County) -> None:
    """Acknowledging defers; it never uses a step up."""
    county.due("青山-03", "visits", MONDAY)
    with county.database.writing() as connection:
        connection.execute(update(alerts).values(deferred_until=MONDAY + 3 * DAY))
    open_monday(county)
    assert county.tellings() == []
    open_monday(county, weeks=1)
    assert county.tellings() == [("青山-03", "pending", None)]


def test_a_cap_leaves_steps_for_the_next_period(county: County) -> None:
    """Over `at_most` nothing is opened; the steps wait."""
    delivery = county.configuration.delivery.model_copy(
        update={"at_most": {"director": AtMost(1, "week")}}
    )
    county.configuration = county.configuration.model_copy(update={"delivery": delivery})
    county.due("青山-03", "visits", MONDAY)
    open_monday(county)
    with county.database.writing() as connection:
        connection.execute(update(notices).values(state="sent", ended_at=county.now))
    alert = county.alert(county.entry("青山-08"), "visits", MONDAY - DAY)
    county.step(alert, MONDAY + DAY, key="+3 days", after_due=True)
    tuesday = at(MONDAY + DAY, 9, 10)
    digest.open_between(county.database, county.timetable, "director", MONDAY + DAY, now=tuesday)
    assert len(county.tellings()) == 1
    open_monday(county, weeks=1)
    assert len(county.tellings()) == 2


def test_between_slots_only_what_has_just_become_overdue(county: County) -> None:
    """The first step after due since the last slot goes on its workday, nothing else does."""
    alert = county.alert(county.entry("青山-08"), "visits", MONDAY - DAY)
    county.step(alert, MONDAY + DAY, key="+3 days", after_due=True)
    older = county.alert(county.entry("青山-09"), "visits", MONDAY - 9 * DAY)
    county.step(older, MONDAY - 8 * DAY, key="+1 days", after_due=True)
    county.step(older, MONDAY + DAY, key="+10 days", after_due=True)
    county.due("青山-10", "visits", MONDAY + DAY)
    tuesday = at(MONDAY + DAY, 9, 10)
    digest.open_between(county.database, county.timetable, "director", MONDAY + DAY, now=tuesday)
    assert county.tellings() == [("青山-08", "pending", None)]


def test_a_backlog_of_late_notices_is_held(county: County) -> None:
    """More late notices than the limit wait for the operator; the tellings are held with them."""
    delivery = county.configuration.delivery.model_copy(update={"hold_backlog_over": 2})
    county.configuration = county.configuration.model_copy(update={"delivery": delivery})
    long_due(county, 3)
    county.due("青山-03", "visits", MONDAY)
    opened = open_monday(county)
    assert (opened.notices, opened.held) == (4, 3)
    assert [state for _, state, _ in county.tellings()].count("held") == 3
    with county.database.reading() as connection:
        (matter,) = still_open(connection, kind=MatterKind.BACKLOG_HELD)
    assert matter.matter.detail == {"count": 3}


def test_an_import_is_no_backlog(county: County) -> None:
    """What is long overdue but only became known now is ordinary, however much it is."""
    delivery = county.configuration.delivery.model_copy(update={"hold_backlog_over": 1})
    county.configuration = county.configuration.model_copy(update={"delivery": delivery})
    for number in ("青山-03", "高山-03"):
        region = QINGSHAN if number.startswith("青") else LIUGOU
        alert = county.alert(county.entry(number, region), "visits", MONDAY - 90 * DAY)
        county.step(alert, MONDAY - 90 * DAY, known_on=MONDAY - 2 * DAY)
    assert open_monday(county).held == 0
    assert open_monday(county, "supervisor").held == 0


def test_held_delivery_holds_every_notice(county: County) -> None:
    """After a restore nothing goes out before an operator has looked."""
    with county.database.writing() as connection:
        connection.execute(
            insert(site_state).values(name=DELIVERY_HELD, value="restore", at=county.now)
        )
    county.due("青山-03", "visits", MONDAY)
    open_monday(county)
    assert county.notices() == [("P-01", "digest", "held", True)]
    assert county.tellings() == [("青山-03", "held", None)]


def test_too_late_to_say_is_told_to_the_next_rung_too(county: County) -> None:
    """The default policy: sent all the same, and the supervisor's turn comes as well."""
    long_due(county, 1)
    open_monday(county)
    assert county.tellings() == [("远-0", "pending", None)]
    open_monday(county, "supervisor", weeks=1)
    assert len(county.tellings()) == 2
    open_monday(county, "county", weeks=2)
    assert len(county.tellings()) == 2


def test_a_policy_of_record_only_keeps_the_last_word(database: Database) -> None:
    """It ends a late step as recorded, unless no later step of an overdue alert would come."""
    late = Late(send_within=Duration.parse("7 days"), then="record")
    usual = written()
    rules = {name: rule.model_copy(update={"late": late}) for name, rule in usual.rules.items()}
    county = County(database, usual.model_copy(update={"rules": rules}))
    long_due(county, 2)
    with database.writing() as connection:
        first = connection.execute(
            select(alerts.c.id).join(entries).where(entries.c.number == "远-1")
        ).scalar_one()
        connection.execute(update(alerts).where(alerts.c.id == first).values(next_at=None))
    open_monday(county)
    assert county.tellings() == [("远-0", "late-recorded", None), ("远-1", "pending", None)]


def test_the_last_word_of_a_season_is_kept_though_the_next_one_will_come(
    database: Database,
) -> None:
    """Evaluation looks at it again when next year's window begins: that is no later step of it."""
    summer: dict[str, object] = {
        "kind": "season",
        "say": "走访",
        "for": {"ledger": "children"},
        "window": "spring",
        "done_by": "visit",
        "steps": [{"at": "start", "tell": "director"}, {"at": "0 days", "tell": "director"}],
        "late": {"send_within": "7 days", "then": "record"},
    }
    spring = {"every_year": ["03-01", "04-30"]}
    county = County(database, written(rules={"spring": summer}, calendars={"spring": spring}))
    county.staff()
    alert = county.alert(county.entry("青山-01"), "spring", date(2027, 4, 30))
    county.step(alert, date(2027, 3, 1), key="start")
    open_monday(county)
    assert county.tellings() == [("青山-01", "late-recorded", None)]
    county.step(alert, date(2027, 4, 30), key="0 days")
    open_monday(county, weeks=1)
    assert county.tellings()[-1] == ("青山-01", "pending", None)


def test_quiet_hours_delay_the_notice_not_the_slot(database: Database) -> None:
    """Opened at night after an outage, it goes out in the morning."""
    county = County(database)
    county.staff()
    county.due("青山-03", "visits", MONDAY)
    night = at(MONDAY, 23)
    digest.open_slot(database, county.timetable, "director", MONDAY, now=night)
    with database.reading() as connection:
        due_at = connection.execute(select(notices.c.next_attempt_at)).scalar_one()
    assert due_at == at(MONDAY + DAY, 8)


def test_a_new_site_starts_with_its_next_slot(county: County) -> None:
    """The first look marks Monday as opened; the second Monday is opened for real, once."""
    county.due("青山-03", "visits", MONDAY)
    first = digest.open_due(county.database, county.timetable, now=at(MONDAY + DAY, 12))
    assert first.tellings == 0
    later = at(MONDAY + 7 * DAY, 9, 30)
    assert digest.open_due(county.database, county.timetable, now=later).tellings == 1
    assert digest.open_due(county.database, county.timetable, now=later).tellings == 0


def test_a_timetable_knows_its_slots_before_and_after_their_hour(county: County) -> None:
    """A slot has begun from its minute on."""
    timetable = county.timetable
    before, after = at(MONDAY, 9, 9), at(MONDAY, 9, 10)
    assert timetable.current_slot("director", before) == MONDAY - 7 * DAY
    assert timetable.current_slot("director", after) == MONDAY
    assert timetable.today(at(date(2027, 1, 1), 0, 30) + DAY) == date(2027, 1, 2)
