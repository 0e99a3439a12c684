"""Groups of readers are persons, in step with the configuration."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from ledgers.database import Database
from ledgers.groups import are_kept, keep_groups
from ledgers.sealing import Keyring, Vault
from ledgers.tables import persons

NOW = datetime(2027, 6, 7, 1, tzinfo=UTC)
TODAY = date(2027, 6, 7)
VAULT = Vault(Keyring.create())


def kept(database: Database, *channels: str) -> dict[str, date | None]:
    """Keep the groups of these channels; answer who is known, and since when they are gone."""
    with database.writing() as connection:
        keep_groups(connection, VAULT, channels, today=TODAY, now=NOW)
        assert are_kept(connection, channels)
        query = select(persons.c.handle, persons.c.left_on).order_by(persons.c.handle)
        return {row.handle: row.left_on for row in connection.execute(query)}


def test_each_channel_of_a_group_is_a_person(database: Database) -> None:
    """Once, however often it is looked at."""
    assert kept(database, "robot", "dingtalk") == {"group:dingtalk": None, "group:robot": None}
    assert kept(database, "robot", "dingtalk") == {"group:dingtalk": None, "group:robot": None}


def test_a_channel_that_is_gone_has_left_and_may_come_back(database: Database) -> None:
    """What it was told stays written."""
    kept(database, "robot")
    assert kept(database) == {"group:robot": TODAY}
    assert kept(database, "robot") == {"group:robot": None}
