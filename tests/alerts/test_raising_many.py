"""Many signals at once: what an import raises costs a few statements, however many rows it had."""

import pytest
from sqlalchemy import func, insert, select

from alerts import engine
from alerts.tables import alerts, rungs, signals
from ledgers.database import Database
from ledgers.ids import new_ids
from ledgers.tables import entries, level_changes, touched
from tests.alerts.county import QINGSHAN
from tests.alerts.signalling import FLOOD, Office, with_rules
from tests.alerts.test_probe import heard


@pytest.fixture
def office(database: Database) -> Office:
    """An office that is told of every level that rises."""
    return Office(
        database, with_rules(raised={**FLOOD, "on": {"changed": "level", "to": "raised"}})
    )


def rise(office: Office, count: int, *, status: str = "active") -> list[str]:
    """Let so many new children come under a higher level, as an import does; answer the changes."""
    ids, changes = new_ids(office.now, count), new_ids(office.now, count)
    own = {"ledger": "children", "lives_in": QINGSHAN, "level": "red", "entered_on": office.today}
    risen = {"was": "green", "level": "red", "on_date": office.today}
    with office.database.writing() as connection:
        rows = [{**own, "id": id_, "number": id_[-8:], "status": status} for id_ in ids]
        connection.execute(insert(entries), rows)
        news = [{**risen, "id": id_, "entry_id": of} for id_, of in zip(changes, ids, strict=True)]
        connection.execute(insert(level_changes), news)
        notes = [{"entry_id": id_, "known_on": office.today} for id_ in ids]
        connection.execute(insert(touched), notes)
    return changes


def run(office: Office) -> int:
    """Do a pass, and answer how many statements it took."""
    with heard(office.database) as statements:
        engine.evaluate(
            office.database, office.plan, today=office.today, now=office.now, look_ahead=0
        )
    return len(statements)


def counted(office: Office) -> list[int]:
    """Answer how many signals, alerts and places on a ladder there are."""
    tables = (signals, alerts, rungs)
    with office.database.reading() as connection:
        counts = [select(func.count()).select_from(table) for table in tables]
        return [connection.execute(count).scalar_one() for count in counts]


def test_hundreds_of_levels_raised_take_no_more_statements_than_one(office: Office) -> None:
    """Each still has a signal, an alert and a first rung of its own."""
    run(office)
    rise(office, 1)
    of_one = run(office)
    assert counted(office) == [1, 1, 1]
    rise(office, 300)
    assert run(office) <= of_one
    assert counted(office) == [301, 301, 301]


def test_nothing_is_left_to_open_of_signals_about_one_entry(office: Office) -> None:
    """Else each of them would be a unit of work of its own at the next look."""
    rise(office, 3)
    run(office)
    with office.database.reading() as connection:
        assert connection.scalars(select(signals.c.opened_at)).all() == [office.now] * 3


def test_a_level_that_was_told_already_is_not_told_again(office: Office) -> None:
    """Only what is new of many is raised."""
    changes = rise(office, 2)
    run(office)
    with office.database.writing() as connection:
        of = select(level_changes.c.entry_id).where(level_changes.c.id == changes[0])
        entry_id = connection.execute(of).scalar_one()
        connection.execute(insert(touched).values(entry_id=entry_id, known_on=office.today))
    rise(office, 1)
    run(office)
    assert counted(office) == [3, 3, 3]


def test_a_level_of_whom_the_rule_is_not_for_opens_nothing(office: Office) -> None:
    """The signal is kept, as every signal is; no alert comes of it."""
    rise(office, 2, status="left")
    run(office)
    assert counted(office) == [2, 0, 0]
