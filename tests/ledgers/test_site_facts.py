"""Facts about the whole site: one value by name, whoever writes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from ledgers.database import Database
from ledgers.site_facts import drop_fact, fact, facts_under, put_fact

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


def test_the_last_word_holds(database: Database) -> None:
    """A fact is written in place of what was known, and forgotten once."""
    with database.writing() as connection:
        for value in ("one", "two"):
            put_fact(connection, "breaker:sms", value, now=NOW)
        assert {name: one.value for name, one in facts_under(connection, "breaker:").items()} == {
            "sms": "two"
        }
        assert [drop_fact(connection, "breaker:sms") for _ in range(2)] == [True, False]
        assert fact(connection, "breaker:sms") is None


def test_two_workers_may_write_the_same_fact_at_once(database: Database) -> None:
    """Neither fails for the other, though both found nothing there before."""
    both = Barrier(2, timeout=30)  # who fails leaves the other waiting

    def write(worker: str) -> None:
        for number in range(20):
            both.wait()
            with database.writing() as connection:
                put_fact(connection, f"fact {number}", worker, now=NOW)

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(write, ("one", "two")))
    with database.reading() as connection:
        assert len(facts_under(connection, "fact ")) == 20
