"""Directories become persons and posts; who holds what already is asked, not guessed."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from ledgers.database import Database
from ledgers.handover import leave_person, replace_person
from ledgers.imports import Count
from ledgers.persons import find_person, load_persons
from ledgers.posts import load_holdings
from ledgers.rows import LedgerDate, PersonRow
from ledgers.tables import persons, regions
from tests.ledgers.samples import NOW, TODAY, VAULT, at, bring_in, context, file_of

LI = PersonRow(
    at(3, "人员"),
    name="李示例",
    role="儿童主任",
    phone="15400000001",
    town="柳河镇",
    villages=("青山", "柳沟"),
)
WANG = PersonRow(
    at(4, "人员"),
    name="王示例",
    role="儿童主任",
    phone="15400000002",
    town="柳河镇",
    village="青山村",
)
SUPERVISOR = PersonRow(
    at(5, "人员"), name="赵示例", role="儿童督导员", email="z@example.invalid", town="柳河镇"
)


def held(database: Database, day: date = TODAY) -> set[tuple[str, str, str]]:
    """Answer role, division and name of who holds what on a day."""
    with database.reading() as connection:
        holdings = load_holdings(connection, on=day)
        people = load_persons(connection, VAULT, {h.person_id for h in holdings})
        names = {r.code: r.name for r in connection.execute(select(regions))}
    return {(h.post.role, names[h.post.region], people[h.person_id].name) for h in holdings}


def test_scope_of_duty_makes_posts(database: Database) -> None:
    """职责范围 青山、柳沟 are two posts; a supervisor holds the township."""
    report = bring_in(database, file_of(LI, SUPERVISOR))
    assert (report.counts[Count.PERSONS], report.counts[Count.POSTS]) == (2, 3)
    assert held(database) == {
        ("director", "青山村", "李示例"),
        ("director", "柳沟村", "李示例"),
        ("supervisor", "柳河镇", "赵示例"),
    }


def test_the_same_directory_again_changes_nothing(database: Database) -> None:
    """Another day, the same people."""
    bring_in(database, file_of(LI, SUPERVISOR))
    report = bring_in(database, file_of(LI, SUPERVISOR), context(today=TODAY + timedelta(days=9)))
    assert report.changed_nothing
    assert not report.has_quarantined


def test_a_new_holder_of_an_occupied_post_is_a_question(database: Database) -> None:
    """The post stays as it is, the row waits, and the person is known."""
    bring_in(database, file_of(LI))
    report = bring_in(database, file_of(WANG))
    assert [(p.code, p.value) for p in report.problems] == [("post-occupied", "青山村")]
    assert report.counts[Count.QUARANTINED] == 1
    assert ("director", "青山村", "李示例") in held(database)


def test_a_question_about_a_stranger_is_asked_once(database: Database) -> None:
    """Without a number nobody would be known again: each import would make one more."""
    bring_in(database, file_of(LI))
    stranger = replace(WANG, phone=None)
    counts = [bring_in(database, file_of(stranger)).counts for _ in range(2)]
    assert [(one[Count.PERSONS], one[Count.QUARANTINED]) for one in counts] == [(0, 1), (0, 1)]


def test_dates_answer_who_follows_whom(database: Database) -> None:
    """With a first day, the one before holds it to the day before."""
    bring_in(database, file_of(LI))
    start = TODAY + timedelta(days=30)
    follows = PersonRow(
        WANG.place,
        name="王示例",
        role="儿童主任",
        phone="15400000002",
        town="柳河镇",
        village="青山",
        held_from=LedgerDate(start),
    )
    assert not bring_in(database, file_of(follows)).has_quarantined
    assert ("director", "青山村", "李示例") in held(database, start - timedelta(days=1))
    assert ("director", "青山村", "王示例") in held(database, start)
    assert ("director", "青山村", "李示例") not in held(database, start)
    assert bring_in(database, file_of(follows)).changed_nothing


def test_a_new_phone_belongs_to_the_same_person(database: Database) -> None:
    """Name, role and township stay, the number is new."""
    bring_in(database, file_of(WANG))
    moved = PersonRow(
        WANG.place,
        name="王示例",
        role="儿童主任",
        phone="15400000009",
        town="柳河镇",
        village="青山",
    )
    report = bring_in(database, file_of(moved))
    assert (report.counts[Count.PERSONS], report.counts[Count.PERSONS_CHANGED]) == (0, 1)
    with database.reading() as connection:
        assert len(find_person(connection, VAULT, "15400000009")) == 1


def wang(phone: str | None, village: str, row: int = 4) -> PersonRow:
    """Answer a director's line."""
    return PersonRow(
        at(row, "人员"),
        name="王示例",
        role="儿童主任",
        phone=phone,
        town="柳河镇",
        village=village,
    )


def test_two_numbers_in_one_file_are_two_persons(database: Database) -> None:
    """Two directors of one township may bear one name; each keeps their own number and village."""
    report = bring_in(
        database, file_of(wang("15400000002", "青山"), wang("15400000009", "柳沟", 5))
    )
    assert report.counts[Count.PERSONS] == 2
    assert bring_in(database, file_of(wang("15400000009", "柳沟"))).changed_nothing
    with database.reading() as connection:
        numbers = ("15400000002", "15400000009")
        assert len({id_ for n in numbers for id_ in find_person(connection, VAULT, n)}) == 2


def test_a_namesake_elsewhere_with_another_number_is_somebody_else(database: Database) -> None:
    """A later file speaks of the next village: nobody loses their number over it."""
    bring_in(database, file_of(wang("15400000002", "青山")))
    report = bring_in(database, file_of(wang("15400000009", "柳沟")))
    assert (report.counts[Count.PERSONS], report.counts[Count.PERSONS_CHANGED]) == (1, 0)
    with database.reading() as connection:
        assert len(find_person(connection, VAULT, "15400000002")) == 1


def test_of_two_namesakes_the_one_at_the_post_is_meant(database: Database) -> None:
    """A list without numbers still says which village."""
    bring_in(database, file_of(wang("15400000002", "青山"), wang("15400000009", "柳沟", 5)))
    report = bring_in(database, file_of(wang(None, "柳沟")))
    assert report.changed_nothing
    assert not report.has_quarantined


def test_a_phone_with_another_name_is_a_question(database: Database) -> None:
    """A number may have passed on, or the name be mistyped."""
    bring_in(database, file_of(WANG))
    other = PersonRow(
        at(9, "人员"),
        name="钱示例",
        role="儿童主任",
        phone="15400000002",
        town="柳河镇",
        village="柳沟",
    )
    assert [p.code for p in bring_in(database, file_of(other)).problems] == ["phone-of-another"]


def test_an_old_list_undoes_no_hand_over(database: Database) -> None:
    """Who was replaced or left is not called back by importing the same list again."""
    bring_in(database, file_of(LI, WANG))
    with database.writing() as connection:
        (li,), (wang,) = (find_person(connection, VAULT, n) for n in ("李示例", "王示例"))
        replace_person(connection, li, wang, on=TODAY, now=NOW)
    later = context(today=TODAY + timedelta(days=3))
    report = bring_in(database, file_of(LI), later)
    assert [p.code for p in report.problems] == ["person-left"]
    assert {name for _r, _p, name in held(database, TODAY)} == {"王示例"}


def test_who_left_stays_left(database: Database) -> None:
    """A post that nobody holds is not taken again by somebody who is gone."""
    bring_in(database, file_of(LI))
    with database.writing() as connection:
        (li,) = find_person(connection, VAULT, "李示例")
        leave_person(connection, li, on=TODAY)
    bring_in(database, file_of(LI), context(today=TODAY + timedelta(days=3)))
    assert held(database, TODAY + timedelta(days=3)) == set()


def test_unknown_titles_and_missing_villages_are_asked(database: Database) -> None:
    """The title is no secret and is shown; a director needs a village."""
    odd = PersonRow(at(7, "人员"), name="孙示例", role="村支书", town="柳河镇", village="青山")
    townless = PersonRow(at(8, "人员"), name="周示例", role="儿童主任", town="柳河镇")
    report = bring_in(database, file_of(odd, townless))
    assert {(p.code, p.value) for p in report.problems} == {
        ("role-unknown", "村支书"),
        ("village-missing", "柳河镇"),
    }
    with database.reading() as connection:
        assert connection.execute(select(persons)).all() == []
