"""Moves of tellings: only allowed ones happen, and each leaves its row."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from alerts.outcomes import NewTelling, make, move
from alerts.states import MOVES, WAITING, Outcome
from alerts.tables import tellings
from ledgers.database import Database
from ledgers.ids import new_id
from tests.alerts.posting import NOON, histories, post, states


def _ids(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(tellings.c.id)).scalars())


def test_a_move_is_made_once_and_written_down(database: Database) -> None:
    """The second identical move finds nothing to move."""
    post(database, 1, tellings_each=3)
    ids = _ids(database)
    with database.writing() as connection:
        assert move(connection, ids, Outcome.RESOLVED, now=NOON, reason="done") == 3
        assert move(connection, ids, Outcome.RESOLVED, now=NOON) == 0
    assert set(map(tuple, histories(database).values())) == {("pending", "resolved")}


def test_a_final_telling_stays_final(database: Database) -> None:
    """Nothing un-resolves a telling: whoever came first was right."""
    post(database, 1)
    ids = _ids(database)
    with database.writing() as connection:
        move(connection, ids, Outcome.RESOLVED, now=NOON)
        for outcome in Outcome:
            assert move(connection, ids, outcome, now=NOON) == 0
    assert states(database) == {"resolved": 2}


def test_a_step_is_told_to_a_person_once(database: Database) -> None:
    """The unique key of a telling is step and person, whatever the channel."""
    post(database, 1, tellings_each=1)
    with database.reading() as connection:
        row = connection.execute(select(tellings)).one()
    again = NewTelling(new_id(NOON), row.step_id, row.alert_id, row.person_id, "supervisor")
    with pytest.raises(IntegrityError), database.writing() as connection:
        make(connection, [again], now=NOON)


def test_every_waiting_state_has_a_way_to_an_end() -> None:
    """No telling can be caught for ever: from each waiting state a final one can be reached."""
    for state in WAITING:
        reached, seen = {state}, set[Outcome]()
        while reached - seen:
            seen |= reached
            reached |= {target for known in seen for target in MOVES.get(known, frozenset())}
        assert reached - WAITING


def test_thousands_of_tellings_move_together(database: Database) -> None:
    """More ids than one statement may bind are moved in batches."""
    post(database, 1, tellings_each=1200)
    with database.writing() as connection:
        assert move(connection, _ids(database), Outcome.SUPPRESSED, now=NOON) == 1200
    assert states(database) == {"suppressed": 1200}
