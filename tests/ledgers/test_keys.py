"""The data key changes without a value being lost, however often it is broken off."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from ledgers.database import Database
from ledgers.errors import UnreadableValue
from ledgers.keys import reseal, rotate
from ledgers.persons import PersonDetails, add_persons, find_person, load_persons
from ledgers.sealing import Keyring, Vault, read_key_file, write_key_file
from ledgers.tables import metadata, persons
from tests.ledgers.samples import NOW

LI = PersonDetails("李示例", phone="15400000001")
WANG = PersonDetails("王示例")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Answer a new key file."""
    path = tmp_path / "keys.json"
    write_key_file(path, Keyring.create())
    return path


def fill(database: Database, key_file: Path) -> list[str]:
    """Write two persons with the key file's key."""
    with database.writing() as connection:
        return add_persons(connection, Vault(read_key_file(key_file)), [LI, WANG], now=NOW)


def names(database: Database, key_file: Path, ids: list[str]) -> list[str]:
    """Answer what the persons are called, opened with what is in the key file now."""
    with database.reading() as connection:
        people = load_persons(connection, Vault(read_key_file(key_file)), ids)
    return [people[id_].name for id_ in ids]


def test_everything_opens_with_the_new_key_alone(database: Database, key_file: Path) -> None:
    """Three values are sealed anew; the old key is gone; look-ups still find."""
    ids = fill(database, key_file)
    old = read_key_file(key_file)
    assert rotate(database, metadata, key_file) == 3
    new = read_key_file(key_file)
    assert (new.current != old.current, len(new.data_keys)) == (True, 1)
    assert names(database, key_file, ids) == ["李示例", "王示例"]
    with database.reading() as connection:
        assert find_person(connection, Vault(new), "15400000001") == ids[:1]


def test_what_was_broken_off_is_gone_on_with(database: Database, key_file: Path) -> None:
    """A file with two keys gets no third one, and what is sealed anew already stays."""
    ids = fill(database, key_file)
    both = read_key_file(key_file).rotated()
    write_key_file(key_file, both, replace=True)
    assert reseal(database, metadata, both) == 3
    assert rotate(database, metadata, key_file) == 0
    assert read_key_file(key_file).current == both.current
    assert names(database, key_file, ids) == ["李示例", "王示例"]


def test_a_value_that_does_not_open_keeps_the_old_key(database: Database, key_file: Path) -> None:
    """Nothing is thrown away while something still needs it."""
    fill(database, key_file)
    with database.writing() as connection:
        sealed = connection.scalar(
            select(persons.c.sealed_phone).limit(1).order_by(persons.c.handle)
        )
        connection.execute(update(persons).values(sealed_email=sealed))
    with pytest.raises(UnreadableValue):
        rotate(database, metadata, key_file)
    assert len(read_key_file(key_file).data_keys) == 2


def test_progress_counts_rows(database: Database, key_file: Path) -> None:
    """The last call says that all are done."""
    fill(database, key_file)
    calls: list[tuple[int, int]] = []
    rotate(database, metadata, key_file, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (2, 2)
