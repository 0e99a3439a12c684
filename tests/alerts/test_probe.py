"""Quiet days: a pass that finds nothing costs a few statements, whatever there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert

from ledgers.database import Database
from ledgers.tables import last_acts
from tests.alerts.world import LAUNCH, World, configured, day, entry, entry_id, rule


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site with five duties, and an entry whose first is due on the first of March."""
    rules = {f"duty-{n}": rule(title=str(n)) for n in range(5)}
    one = World(database, configured(rules))
    one.enter(entry(1))
    with database.writing() as connection:
        act = {"entry_id": entry_id(1), "kind": "contact", "happened_on": LAUNCH}
        connection.execute(insert(last_acts), [act])
    one.run()
    one.run(day("2026-12-02"))
    return one


@contextmanager
def heard(database: Database) -> Iterator[list[str]]:
    """Collect the statements that are run."""
    statements: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    yield statements
    event.remove(database.engine, "before_cursor_execute", hear)


def test_a_quiet_day_takes_few_statements(world: World) -> None:
    """Where it stands and one probe for all rules, by a plan just made: nothing is noted."""
    world.plan.memo.clear()
    with heard(world.database) as statements:
        world.run(day("2026-12-03"))
    assert [statement[:6] for statement in statements] == ["SELECT", "SELECT"]


def test_what_comes_due_after_quiet_days_is_found(world: World) -> None:
    """Every rule opens on the day and none before it."""
    for quiet in ("2026-12-20", "2027-02-28"):
        assert world.run(day(quiet)).written.opened == 0
    assert world.run(day("2027-03-01")).written.opened == 5


def test_a_rule_more_ends_the_quiet(world: World) -> None:
    """A new rule is taken up at once, though nothing else happens."""
    more = {f"duty-{n}": rule(title=str(n)) for n in range(6)}
    world.run(day("2027-03-02"))
    world.configure(configured(more))
    assert world.run().written.opened == 1


def test_many_rules_are_probed_in_several_statements(database: Database) -> None:
    """More questions than one statement may hold still get an answer each."""
    world = World(database, configured({f"duty-{n}": rule(title=str(n)) for n in range(70)}))
    world.enter(entry(1))
    world.run()
    with heard(database) as statements:
        world.run(day("2026-12-03"))
    assert len(statements) <= 6
    assert world.run(day("2027-03-05")).written.opened == 70
