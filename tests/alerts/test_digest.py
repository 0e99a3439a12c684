"""What a slot tells whom: the newest of each matter, once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, update

from alerts.matters import MatterKind, still_open
from alerts.outcomes import move
from alerts.states import Outcome
from alerts.tables import notices, tellings
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import leaves, persons
from tests.alerts.county import LIUGOU, MONDAY, TOWN, County
from tests.alerts.mondays import DAY, open_monday, staffed


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    return staffed(database)


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


def test_two_daemons_opening_one_slot_double_nothing(county: County) -> None:
    """Both run at once; each step is told once, each person has one notice."""
    for number in range(40):
        county.due(f"青山-{number:02d}", "visits", MONDAY)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: open_monday(county).tellings, range(2)))
    assert sum(opened) == 40
    assert len(county.tellings()) == 40
    assert county.notices() == [("P-01", "digest", "pending", True)]
