"""Bulk inserts: what rows share is written into each, in the caller's transaction."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from alerts.bulk import Shared, insert_alike
from alerts.tables import alerts, steps
from ledgers.database import Database
from ledgers.tables import entries
from tests.alerts.world import LAUNCH, entry, entry_id, noon

OF_ALERT: Shared = {
    "rule": "联系|\t\\N",
    "anchor": "never",
    "rule_version": 1,
    "anchor_on": None,
    "due_on": LAUNCH,
    "opened_on": LAUNCH,
    "opened_at": noon(LAUNCH),
}
OF_STEP: Shared = {
    "step": "0 days",
    "on_date": LAUNCH,
    "known_on": LAUNCH,
    "after_due": True,
    "escalation": False,
    "waiting": "|director|",
}
KEYS = [("5", "new"), ("0", "taken")]


def fill(database: Database, count: int) -> None:
    """Write an alert for each of some entries."""
    with database.writing() as connection:
        connection.execute(insert(entries), [entry(n) for n in range(count)])
        numbers = range(count)
        own = [f"{n:032x}" for n in numbers], list(map(entry_id, numbers)), [n + 1 for n in numbers]
        insert_alike(connection, alerts, ("id", "entry_id", "cycle"), [(OF_ALERT, own)])


def test_own_and_shared_values_stand_in_every_row(database: Database) -> None:
    """Dates, instants, text that COPY must escape and what is not known come back as they were."""
    fill(database, 3)
    with database.reading() as connection:
        rows = connection.execute(alerts.select().order_by(alerts.c.id)).all()
    assert [row.cycle for row in rows] == [1, 2, 3]
    for row in rows:
        assert {name: row._mapping[name] for name in OF_ALERT} == OF_ALERT


def test_columns_left_out_take_their_default(database: Database) -> None:
    """As with any insert; truth values stay truth values."""
    fill(database, 1)
    with database.writing() as connection:
        insert_alike(connection, steps, ("id", "alert_id"), [(OF_STEP, (["5" * 32], ["0" * 32]))])
        row = connection.execute(steps.select()).one()
    assert (row.after_due, row.escalation, row.urgent, row.occurrence) == (True, False, False, 0)


def test_rows_may_share_different_things(database: Database) -> None:
    """What is written apart stays apart, and no rows at all are no trouble."""
    fill(database, 1)
    later = {**OF_STEP, "step": "+3 days"}
    rows = [(OF_STEP, (["5" * 32], ["0" * 32])), (later, (["6" * 32], ["0" * 32]))]
    with database.writing() as connection:
        insert_alike(connection, steps, ("id", "alert_id"), rows)
        insert_alike(connection, steps, ("id", "alert_id"), [])
        found = connection.execute(steps.select().order_by(steps.c.id)).all()
    assert [row.step for row in found] == ["0 days", "+3 days"]


def test_a_taken_key_fails_the_whole_unit(database: Database) -> None:
    """Nothing of the unit stays."""
    fill(database, 1)
    rows = [({**OF_ALERT, "rule": rule}, ([id_ * 32], [entry_id(0)], [1])) for id_, rule in KEYS]
    with pytest.raises(IntegrityError), database.writing() as connection:
        insert_alike(connection, alerts, ("id", "entry_id", "cycle"), rows)
    with database.reading() as connection:
        assert len(connection.execute(alerts.select()).all()) == 1
