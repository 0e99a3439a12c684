"""Keys are kept in the database, wrapped; they are replaced, and dropped when nothing needs them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledgers.database import Database
from ledgers.errors import KeysInClear, KeysMissing, OtherMasterKey
from ledgers.key_tables import keyring
from ledgers.keyrings import (
    UNUSED_FOR,
    begin_rotation,
    end_rotation,
    is_rotating,
    keep,
    kept_keys,
    rewrap,
    ring_kept,
    ring_of,
    wrapped_by,
)
from ledgers.persons import PersonDetails, add_persons
from ledgers.sealing import Keyring, Vault
from ledgers.wrapping import MasterKey
from tests.ledgers.samples import NOW

MASTER = MasterKey.create()


@pytest.fixture
def ring(database: Database) -> Keyring:
    """Answer the keys that a database was given."""
    with database.writing() as connection:
        return ring_kept(connection, MASTER, now=NOW)


def rotated(database: Database) -> Keyring:
    """Begin a rotation."""
    with database.writing() as connection:
        return begin_rotation(connection, MASTER, now=NOW)


def test_an_empty_database_gets_keys_once(database: Database, ring: Keyring) -> None:
    """They are there the next time, and none of them is in clear."""
    with database.writing() as connection:
        assert ring_kept(connection, MASTER, now=NOW) == ring
        wrapped = b"".join(connection.scalars(select(keyring.c.wrapped)))
    assert all(key not in wrapped for key in (*ring.data_keys.values(), ring.lookup_key))


def test_a_database_with_people_but_without_keys_gets_none(database: Database) -> None:
    """New keys would not open what is there, and would hide that the old ones are missing."""
    with database.writing() as connection:
        add_persons(connection, Vault(Keyring.create()), [PersonDetails("李示例")], now=NOW)
        with pytest.raises(KeysMissing):
            ring_kept(connection, MASTER, now=NOW)


def test_keys_in_clear_still_open_a_site_of_old(database: Database) -> None:
    """As long as the database holds none of its own."""
    old = Keyring.create()
    with database.writing() as connection:
        assert ring_kept(connection, old, now=NOW) is old
        keep(connection, old, MASTER, now=NOW)
        assert ring_of(connection, MASTER) == old
        with pytest.raises(KeysInClear, match=MASTER.id):
            ring_of(connection, old)


def test_another_master_key_is_told_from_the_right_one(database: Database, ring: Keyring) -> None:
    """The sentence names both by their ids, and says what a lost one means."""
    other = MasterKey.create()
    with database.writing() as connection:
        with pytest.raises(OtherMasterKey, match=f"(?s){other.id}.*{MASTER.id}"):
            ring_of(connection, other)
        with pytest.raises(OtherMasterKey):
            rewrap(connection, other, MasterKey.create())
        assert ring_of(connection, MASTER) == ring


def test_the_master_key_changes_and_the_keys_stay(database: Database, ring: Keyring) -> None:
    """From then on only the new one opens them."""
    new = MasterKey.create()
    with database.writing() as connection:
        assert rewrap(connection, MASTER, new) == 2
        assert (ring_of(connection, new), wrapped_by(connection)) == (ring, new.id)
        with pytest.raises(OtherMasterKey):
            ring_of(connection, MASTER)


def test_a_rotation_adds_one_key_however_often_it_is_begun(
    database: Database, ring: Keyring
) -> None:
    """One that was broken off is gone on with; look-ups are never touched."""
    first, again = rotated(database), rotated(database)
    assert again == first
    assert first.current != ring.current
    assert first.data_keys.items() > ring.data_keys.items()
    assert first.lookup_key == ring.lookup_key


def test_an_old_key_goes_a_day_after_its_last_use(database: Database, ring: Keyring) -> None:
    """A value found under it begins the day anew; one that is left keeps the rotation open."""
    rotated(database)
    old, day = {ring.current}, timedelta(days=1)
    nobody: set[str] = set()

    def ended(found: set[str], left: set[str], after: timedelta) -> tuple[list[str], bool]:
        with database.writing() as connection:
            dropped = end_rotation(connection, found, left, now=NOW + after)
            return dropped, is_rotating(connection)

    assert day == UNUSED_FOR
    assert ended(old, old, 0 * day) == ([], True)
    assert ended(old, nobody, 0 * day) == ([], False)
    assert ended(old, nobody, 1 * day) == ([], False)
    assert ended(nobody, nobody, 2 * day - timedelta(seconds=1)) == ([], False)
    assert ended(nobody, nobody, 2 * day) == ([ring.current], False)
    with database.reading() as connection:
        assert [key.in_use for key in kept_keys(connection)] == [True]
