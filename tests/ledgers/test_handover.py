"""Posts and children change hands without a gap, and nothing is held twice."""

from datetime import date, timedelta

from sqlalchemy import Connection, insert, select

from ledgers.database import Database
from ledgers.handover import add_leave, end_leaves, leave_person, replace_person, set_deputy
from ledgers.persons import PersonDetails, add_persons
from ledgers.posts import Holding, Post, add_holdings, load_holdings
from ledgers.tables import assignments, deputies, entries, leaves, persons
from tests.ledgers.samples import NOW, TODAY, VAULT

QINGSHAN = Post("director", "990101901901")
LIUGOU = Post("director", "990101901902")
BEGAN = date(2026, 1, 1)


def two(connection: Connection) -> tuple[str, str]:
    """Answer two persons, the first of whom holds both posts."""
    old, new = add_persons(
        connection, VAULT, [PersonDetails("李示例"), PersonDetails("王示例")], now=NOW
    )
    add_holdings(connection, [Holding(QINGSHAN, old, BEGAN), Holding(LIUGOU, old, BEGAN)], now=NOW)
    return old, new


def holders(connection: Connection, day: date) -> dict[str, str]:
    """Answer who holds what on a day."""
    return {h.post.region: h.person_id for h in load_holdings(connection, on=day)}


def test_a_successor_holds_from_the_day_on(database: Database) -> None:
    """The day before it was the other one, and nobody holds a post twice."""
    with database.writing() as connection:
        old, new = two(connection)
        assert replace_person(connection, old, new, on=TODAY, now=NOW) == 2
        assert set(holders(connection, TODAY).values()) == {new}
        assert set(holders(connection, TODAY - timedelta(days=1)).values()) == {old}
        assert len(load_holdings(connection)) == 4


def test_replacing_twice_changes_nothing_more(database: Database) -> None:
    """A command given again is no second hand-over."""
    with database.writing() as connection:
        old, new = two(connection)
        replace_person(connection, old, new, on=TODAY, now=NOW)
        assert replace_person(connection, old, new, on=TODAY, now=NOW) == 0
        assert len(load_holdings(connection)) == 4


def test_hand_overs_to_and_fro_on_one_day(database: Database) -> None:
    """A mistake is put right by handing back."""
    with database.writing() as connection:
        old, new = two(connection)
        for giver, taker in ((old, new), (new, old), (old, new)):
            replace_person(connection, giver, taker, on=TODAY, now=NOW)
        assert set(holders(connection, TODAY).values()) == {new}


def test_who_leaves_holds_nothing_more(database: Database) -> None:
    """The last day is the one before, and the person is known to be gone."""
    with database.writing() as connection:
        old, _new = two(connection)
        leave_person(connection, old, on=TODAY)
        assert holders(connection, TODAY) == {}
        left = connection.scalar(select(persons.c.left_on).where(persons.c.id == old))
    assert left == TODAY


def test_someone_back_from_leave_is_there_again(database: Database) -> None:
    """An open leave ends the day before the person is back."""
    with database.writing() as connection:
        old, _new = two(connection)
        add_leave(connection, old, from_on=TODAY, to_on=None, now=NOW)
        end_leaves(connection, old, on=TODAY + timedelta(days=5))
        assert connection.scalar(select(leaves.c.to_on)) == TODAY + timedelta(days=4)


def test_a_new_deputy_relieves_the_old(database: Database) -> None:
    """One person has one deputy at a time; naming the same one again changes nothing."""
    with database.writing() as connection:
        old, new = two(connection)
        (third,) = add_persons(connection, VAULT, [PersonDetails("赵示例")], now=NOW)
        for deputy in (new, new, third):
            set_deputy(connection, old, deputy, held_from=TODAY)
        rows = connection.execute(select(deputies.c.deputy_id, deputies.c.held_to)).all()
    assert {tuple(row) for row in rows} == {(new, TODAY - timedelta(days=1)), (third, None)}


def test_children_given_by_name_go_along(database: Database) -> None:
    """Assignments move with their person's posts."""
    with database.writing() as connection:
        old, new = two(connection)
        connection.execute(
            insert(entries).values(
                id="e" * 32,
                ledger="children",
                number="青山-01",
                lives_in=QINGSHAN.region,
                status="active",
                entered_on=BEGAN,
            )
        )
        connection.execute(
            insert(assignments).values(
                entry_id="e" * 32, role="director", person_id=old, held_from=BEGAN
            )
        )
        replace_person(connection, old, new, on=TODAY, now=NOW)
        rows = connection.execute(select(assignments.c.person_id, assignments.c.held_to)).all()
    assert {tuple(row) for row in rows} == {(old, TODAY - timedelta(days=1)), (new, None)}
