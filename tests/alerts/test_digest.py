"""What happens when a slot is opened."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from alerts import digest
from alerts.desk import DELIVERY_HELD
from alerts.matters import Matter, MatterKind, open_matters, still_open
from alerts.outcomes import move
from alerts.states import Outcome
from alerts.tables import alerts, notices, silences, steps, tellings
from config.common_rule import Late
from config.delivery import AtMost
from config.durations import Duration
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import entries, leaves, persons, site_state
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, County, at, written

DAY = timedelta(days=1)


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def open_monday(county: County, role: str = "director", weeks: int = 0) -> digest.Opened:
    """Open the Monday slot of a role at its time."""
    day = MONDAY + timedelta(weeks=weeks)
    now = county.timetable.plans[role].instant(day)
    return digest.open_slot(county.database, county.timetable, role, day, now=now)


def test_what_is_due_before_the_next_slot_is_one_notice(county: County) -> None:
    """Two children of a week, one message; next week's waits."""
    county.due("青山-03", "visits", MONDAY + 2 * DAY)
    county.due("青山-05", "visits", MONDAY + 6 * DAY)
    county.due("青山-08", "visits", MONDAY + 7 * DAY)
    opened = open_monday(county)
    assert county.tellings() == [("青山-03", "pending", None), ("青山-05", "pending", None)]
    assert county.notices() == [("P-01", "digest", "pending", True)]
    assert (opened.tellings, opened.notices, county.waiting()) == (2, 1, 1)


def test_opening_a_slot_again_adds_nothing(county: County) -> None:
    """As after a crash, a restart or by a second daemon."""
    county.due("青山-03", "visits", MONDAY)
    open_monday(county)
    again = open_monday(county)
    assert (again.tellings, again.notices) == (0, 0)
    assert len(county.tellings()) == 1


def test_a_step_after_due_waits_for_its_day(county: County) -> None:
    """Look-ahead is only for what is not due yet."""
    alert = county.alert(county.entry("青山-03"), "visits", MONDAY - DAY)
    county.step(alert, MONDAY + 2 * DAY, key="+3 days", after_due=True)
    open_monday(county)
    assert county.tellings() == []
    open_monday(county, weeks=1)
    assert county.tellings() == [("青山-03", "pending", None)]


def test_a_director_without_an_address_is_relayed_early(county: County) -> None:
    """The supervisor's Monday digest carries what the director's Monday slot would say."""
    county.due("柳沟-01", "visits", MONDAY + 2 * DAY, LIUGOU)
    open_monday(county, "supervisor")
    assert county.tellings() == [("柳沟-01", "pending", "P-03")]
    assert county.notices() == [("P-03", "digest", "pending", True)]


def test_the_directors_own_slot_leaves_relayed_steps_alone(county: County) -> None:
    """They wait for the supervisor's next digest rather than making a second one."""
    county.due("柳沟-01", "visits", MONDAY, LIUGOU)
    open_monday(county, "director")
    assert county.tellings() == []
    assert county.waiting() == 1


def test_a_village_without_director_goes_to_the_supervisor(county: County) -> None:
    """In her own digest, and the gap becomes a matter for her."""
    county.due("高山-01", "visits", MONDAY, TOWN + "009")
    open_monday(county, "supervisor")
    assert county.tellings() == [("高山-01", "pending", None)]
    with county.database.reading() as connection:
        (matter,) = still_open(connection, kind=MatterKind.NO_RECIPIENT)
    assert (matter.matter.subject, matter.matter.role) == (f"director:{TOWN}009", "supervisor")


def test_a_gap_closes_when_the_post_is_held(county: County) -> None:
    """The next slot after the appointment closes the matter."""
    county.due("高山-01", "visits", MONDAY, TOWN + "009")
    open_monday(county, "supervisor")
    county.post("director", TOWN + "009", county.person("P-09"))
    open_monday(county, "supervisor", weeks=1)
    with county.database.reading() as connection:
        assert still_open(connection, kind=MatterKind.NO_RECIPIENT) == []


def test_a_gap_is_told_once_a_day(county: County) -> None:
    """A matter alone makes a notice; opening again the same day makes no other."""
    county.due("高山-01", "visits", MONDAY, TOWN + "009")
    open_monday(county, "supervisor")
    with county.database.writing() as connection:
        assert still_open(connection, untold_on=MONDAY) == []
        assert still_open(connection, untold_on=MONDAY + DAY)


def test_the_newest_step_is_told_and_older_ones_merge(county: County) -> None:
    """After an outage each person gets the newest of an alert, once."""
    alert = county.alert(county.entry("青山-03"), "visits", MONDAY - 5 * DAY)
    county.step(alert, MONDAY - 5 * DAY)
    county.step(alert, MONDAY - 2 * DAY, key="+3 days", after_due=True)
    open_monday(county)
    assert sorted(state for _, state, _ in county.tellings()) == ["merged", "pending"]
    with county.database.reading() as connection:
        merged = connection.execute(select(tellings).where(tellings.c.state == "merged")).one()
        pending = connection.execute(select(tellings).where(tellings.c.state == "pending")).one()
    assert merged.merged_into == pending.id
    assert merged.notice_id == pending.notice_id


def test_an_unsent_notice_is_joined_and_its_older_telling_merged(county: County) -> None:
    """A mail server down for a week: one open notice, one line for the child."""
    alert = county.alert(county.entry("青山-03"), "visits", MONDAY)
    county.step(alert, MONDAY)
    open_monday(county)
    county.step(alert, MONDAY + 3 * DAY, key="+3 days", after_due=True)
    county.due("青山-08", "visits", MONDAY + 8 * DAY)
    open_monday(county, weeks=1)
    assert county.notices() == [("P-01", "digest", "pending", True)]
    assert sorted(state for _, state, _ in county.tellings()) == ["merged", "pending", "pending"]


def test_a_notice_under_way_is_not_joined(county: County) -> None:
    """Its bytes are fixed; what is new gets a notice of its own."""
    county.due("青山-03", "visits", MONDAY)
    open_monday(county)
    with county.database.writing() as connection:
        connection.execute(update(notices).values(state="unknown"))
    county.due("青山-08", "visits", MONDAY + 8 * DAY)
    open_monday(county, weeks=1)
    assert [state for _, _, state, _ in county.notices()] == ["pending", "unknown"]


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


def test_one_person_in_two_roles_is_told_once(county: County) -> None:
    """Two roles of one step, one person: one telling."""
    both = county.person("P-08", email="both@example.invalid")
    county.post("director", TOWN + "008", both)
    county.post("supervisor", TOWN + "008", both)
    alert = county.alert(county.entry("两河-01", TOWN + "008"), "visits", MONDAY)
    county.step(alert, MONDAY, "director", "supervisor")
    open_monday(county, "supervisor")
    open_monday(county, "director")
    assert county.tellings() == [("两河-01", "pending", None)]
    assert county.waiting() == 0


def test_somebody_on_leave_is_passed_over(county: County) -> None:
    """With no deputy the rung above is told in her own slot."""
    with county.database.writing() as connection:
        person = connection.execute(
            select(persons.c.id).where(persons.c.handle == "P-01")
        ).scalar_one()
        connection.execute(
            insert(leaves).values(id=new_id(county.now), person_id=person, from_on=MONDAY)
        )
    county.due("青山-03", "visits", MONDAY)
    open_monday(county, "director")
    assert county.tellings() == []
    open_monday(county, "supervisor")
    assert county.notices() == [("P-03", "digest", "pending", True)]


def _late(county: County, count: int, rule: str = "visits") -> None:
    for number in range(count):
        region = f"{TOWN}{100 + number}"
        mail = f"m{number}@example.invalid"
        county.post("director", region, county.person(f"L-{number}", email=mail))
        county.due(f"远-{number}", rule, MONDAY - 15 * DAY, region)


def test_a_backlog_of_late_notices_is_held(county: County) -> None:
    """More late notices than the limit wait for the operator; the tellings are held with them."""
    delivery = county.configuration.delivery.model_copy(update={"hold_backlog_over": 2})
    county.configuration = county.configuration.model_copy(update={"delivery": delivery})
    _late(county, 3)
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
    _late(county, 1)
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
    _late(county, 2)
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


def test_a_telling_taken_out_of_its_notice_is_told_at_the_next_slot(county: County) -> None:
    """Nothing is lost when an acknowledgement empties a notice that was not sent yet."""
    county.due("青山-03", "visits", MONDAY)
    open_monday(county)
    with county.database.writing() as connection:
        connection.execute(update(tellings).values(notice_id=None))
        connection.execute(update(notices).values(state="empty", ended_at=county.now))
    open_monday(county, weeks=1)
    with county.database.reading() as connection:
        telling = connection.execute(select(tellings)).one()
    assert telling.notice_id is not None
    assert [state for _, _, state, _ in county.notices()] == ["empty", "pending"]


def test_a_failed_telling_does_not_swallow_the_next_step(county: County) -> None:
    """What never reached anybody merges nothing."""
    alert = county.alert(county.entry("青山-03"), "visits", MONDAY)
    county.step(alert, MONDAY)
    open_monday(county)
    with county.database.writing() as connection:
        ids = list(connection.execute(select(tellings.c.id)).scalars())
        move(connection, ids, Outcome.FAILED, now=county.now, reason="permanent")
        connection.execute(update(notices).values(state="failed", ended_at=county.now))
    county.step(alert, MONDAY + 3 * DAY, key="+3 days", after_due=True)
    open_monday(county, weeks=1)
    assert sorted(state for _, state, _ in county.tellings()) == ["failed", "pending"]


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


def test_two_daemons_opening_one_slot_double_nothing(county: County) -> None:
    """Both run at once; each step is told once, each person has one notice."""
    for number in range(40):
        county.due(f"青山-{number:02d}", "visits", MONDAY)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: open_monday(county).tellings, range(2)))
    assert sum(opened) == 40
    assert len(county.tellings()) == 40
    assert county.notices() == [("P-01", "digest", "pending", True)]


def _matter(county: County, kind: MatterKind, subject: str, **detail: str) -> None:
    with county.database.writing() as connection:
        matter = Matter(kind, subject, "supervisor", QINGSHAN, detail)
        open_matters(connection, [matter], now=county.now)


def test_a_child_who_is_not_well_is_told_the_same_day(county: County) -> None:
    """Not at the next slot: at the next look, once, outside quiet hours."""
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 12))
    _matter(county, MatterKind.NOT_WELL, county.entry("青山-03"))
    for hour in (14, 15):
        digest.open_due(county.database, county.timetable, now=at(MONDAY + DAY, hour))
    assert county.notices() == [("P-03", "matter", "pending", True)]


def test_whoever_recorded_a_matter_is_not_told_of_it(county: County) -> None:
    """The supervisor who wrote "not well" herself gets no message about it."""
    with county.database.reading() as connection:
        herself = connection.execute(
            select(persons.c.id).where(persons.c.handle == "P-03")
        ).scalar_one()
    _matter(county, MatterKind.NOT_WELL, county.entry("青山-03"), recorded_by=herself)
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 14))
    assert county.notices() == []


def test_an_empty_post_is_told_each_workday_once(county: County) -> None:
    """At the role's hour, and not on the Saturday."""
    _matter(county, MatterKind.NO_RECIPIENT, f"director:{TOWN}009")
    digest.open_due(county.database, county.timetable, now=at(MONDAY, 7))
    days = [(day, hour) for day in range(-3, 0) for hour in (7, 9, 12)]
    for day, hour in days:
        digest.open_due(county.database, county.timetable, now=at(MONDAY + day * DAY, hour))
        with county.database.writing() as connection:
            connection.execute(update(notices).values(state="sent", ended_at=county.now))
    assert [kind for _, kind, _, _ in county.notices()] == ["matter"]


def test_urgent_steps_are_told_at_once_in_the_night(county: County) -> None:
    """Whoever is reached, also through somebody else; quiet hours do not hold them."""
    for number, region in (("青山-03", QINGSHAN), ("柳沟-01", LIUGOU)):
        alert = county.alert(county.entry(number, region), "visits", MONDAY)
        step = county.step(alert, MONDAY)
        with county.database.writing() as connection:
            connection.execute(update(steps).where(steps.c.id == step).values(urgent=True))
    open_monday(county)
    assert county.tellings() == []
    night = at(MONDAY, 23, 30)
    assert digest.open_urgent(county.database, county.timetable, now=night).tellings == 2
    assert digest.open_urgent(county.database, county.timetable, now=night + DAY).tellings == 0
    assert county.notices() == [
        ("P-01", "urgent", "pending", True),
        ("P-03", "urgent", "pending", True),
    ]
    with county.database.reading() as connection:
        assert set(connection.execute(select(notices.c.next_attempt_at)).scalars()) == {night}
