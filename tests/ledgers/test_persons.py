"""People keep their handles, are found however they are named, and are sealed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledgers.database import Database
from ledgers.persons import PersonDetails, add_persons, find_person, load_persons, update_persons
from ledgers.tables import persons
from tests.ledgers.samples import NOW, VAULT

LI = PersonDetails("李示例", phone="15400000001", email="Li@Example.invalid")
WANG = PersonDetails("王示例")


def test_handles_count_up(database: Database) -> None:
    """P-0001, P-0002, and on from there with the next import."""
    with database.writing() as connection:
        add_persons(connection, VAULT, [LI, WANG], now=NOW)
        (third,) = add_persons(connection, VAULT, [WANG], now=NOW)
        assert load_persons(connection, VAULT, [third])[third].handle == "P-0003"


@pytest.mark.parametrize(
    "reference", ["P-0001", "p-0001", "15400000001", "li@example.invalid", "李示例"]
)
def test_a_person_is_found_however_they_are_named(database: Database, reference: str) -> None:
    """Handle, phone, mail address in any case, and name lead to the same person."""
    with database.writing() as connection:
        ids = add_persons(connection, VAULT, [LI, WANG], now=NOW)
        assert find_person(connection, VAULT, reference) == ids[:1]


def test_two_of_one_name_are_both_answered(database: Database) -> None:
    """Whoever asks by name must choose."""
    with database.writing() as connection:
        ids = add_persons(connection, VAULT, [WANG, WANG], now=NOW)
        assert find_person(connection, VAULT, "王示例") == ids


def test_details_are_sealed_where_they_lie(database: Database) -> None:
    """No column holds a name, phone or address that can be read."""
    with database.writing() as connection:
        add_persons(connection, VAULT, [LI], now=NOW)
        row = connection.execute(select(persons)).one()
    written = repr(tuple(row))
    assert "李示例" not in written
    assert "15400000001" not in written
    assert "example" not in written.lower()


def test_new_details_are_found_and_old_ones_are_not(database: Database) -> None:
    """Look-up keys follow the values; who comes back has not left."""
    with database.writing() as connection:
        (id_,) = add_persons(connection, VAULT, [LI], now=NOW)
        connection.execute(persons.update().values(left_on=NOW.date() - timedelta(days=3)))
        changed = PersonDetails("李示例", phone="15400000009").filled_from(LI)
        update_persons(connection, VAULT, {id_: changed})
        person = load_persons(connection, VAULT, [id_])[id_]
        assert (person.phone, person.email, person.left_on) == (
            "15400000009",
            "Li@Example.invalid",
            None,
        )
        assert find_person(connection, VAULT, "15400000001") == []
