"""What a database keeps between units of work, and lets go of when it rests."""

from datetime import UTC, datetime

from ledgers.database import Database
from ledgers.memory import give_back
from ledgers.site_facts import fact, facts_under, put_fact

NOW = datetime(2027, 6, 7, 1, 30, tzinfo=UTC)


def test_a_rest_follows_writing_only(database: Database) -> None:
    """Who has not written keeps nothing worth letting go."""
    assert not database.rest()
    with database.writing() as connection:
        put_fact(connection, "a:b", "c", now=NOW)
    assert database.rest()
    assert not database.rest()


def test_a_rest_disturbs_nobody(database: Database) -> None:
    """A connection in use stays, and the next unit sees what was written."""
    with database.writing() as connection:
        put_fact(connection, "a:b", "c", now=NOW)
    with database.reading() as kept:
        assert database.rest()
        give_back()
        assert fact(kept, "a:b") is not None
    with database.reading() as connection:
        assert facts_under(connection, "a:").keys() == {"b"}


def test_facts_under_a_prefix_take_it_by_the_letter(database: Database) -> None:
    """A character that is a wildcard in SQL stands for itself."""
    with database.writing() as connection:
        for name in ("a_:1", "ab:2", "a_:3"):
            put_fact(connection, name, "", now=NOW)
        assert facts_under(connection, "a_:").keys() == {"1", "3"}
