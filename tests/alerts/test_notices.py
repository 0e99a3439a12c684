"""What an operator sees of notices, and how dead letters go out again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from alerts import notices as shown
from alerts.errors import NoticeUnknown
from alerts.holding import hold_notices, release_notices
from alerts.outcomes import move
from alerts.states import NoticeState, Outcome
from alerts.tables import alerts, notices, tellings
from config.language import speaking
from ledgers.database import Database
from tests.alerts.posting import NOON, histories, post, states

LATER = NOON + timedelta(days=3)


def at_once(now: datetime) -> datetime:
    """No quiet hours."""
    return now


def fail(database: Database, notice_id: str, *, also_tellings: bool = True) -> None:
    """Make a notice a dead letter."""
    with database.writing() as connection:
        connection.execute(
            update(notices)
            .where(notices.c.id == notice_id)
            .values(state="failed", reason="address", ended_at=NOON, next_attempt_at=None)
        )
        inside = select(tellings.c.id).where(tellings.c.notice_id == notice_id)
        if also_tellings:
            ids = list(connection.scalars(inside))
            move(connection, ids, Outcome.FAILED, now=NOON, reason="address")


def test_a_list_says_who_gets_how_much_and_how_it_stands(database: Database) -> None:
    """Ids, codes and counts; nothing else is there to be read."""
    (notice_id,) = post(database, 1, tellings_each=3)
    with database.reading() as connection:
        (line,) = shown.list_notices(connection)
        nobody = shown.list_notices(connection, person="P-nobody")
    assert (line.id, line.channel, line.items, line.state) == (notice_id, "email", 3, "pending")
    assert nobody == []


def test_a_list_can_be_of_some_states_only(database: Database) -> None:
    """As `outbox list --held` asks."""
    first, second = post(database, 2)
    with database.writing() as connection:
        hold_notices(connection, [second], now=NOON)
        held = shown.list_notices(connection, states=[NoticeState.HELD])
        counts = shown.count_notices(connection)
    assert [line.id for line in held] == [second]
    assert (counts[NoticeState.HELD], counts[NoticeState.PENDING]) == (1, 1)
    assert counts[NoticeState.SENT] == 0
    assert first != second


def test_what_is_held_goes_on_when_released(database: Database) -> None:
    """Held and let go again: both are moves that stand in the outcomes."""
    notice_ids = post(database, 2, tellings_each=1)
    with database.writing() as connection:
        assert hold_notices(connection, notice_ids, now=NOON) == 2
        assert release_notices(connection, notice_ids, at_once, now=LATER) == 2
    assert list(histories(database).values()) == [["pending", "held", "pending"]] * 2


def test_a_notice_is_shown_with_its_tellings_by_state(database: Database) -> None:
    """What became of what it says."""
    (notice_id,) = post(database, 1, tellings_each=2)
    with database.reading() as connection:
        found = shown.show_notice(connection, notice_id)
    assert found.tellings == ((Outcome.PENDING, 2),)
    assert found.tries == ()


def test_a_notice_that_is_not_there_is_refused_in_words(database: Database) -> None:
    """The sentence says where to look."""
    with database.reading() as connection, speaking("en"), pytest.raises(NoticeUnknown) as refused:
        shown.show_notice(connection, "0f")
    assert str(refused.value) == "there is no notice 0f; `outbox list` shows those there are"


def test_a_dead_letter_can_be_tried_again(database: Database) -> None:
    """It has as long as if it were new, and its tellings wait again."""
    (notice_id,) = post(database, 1)
    fail(database, notice_id)
    with database.writing() as connection:
        assert shown.failed_notices(connection) == [notice_id]
        assert shown.redrive(connection, [notice_id], at_once, now=LATER) == 1
        line = shown.show_notice(connection, notice_id)
    assert states(database) == {"pending": 2}
    assert line.line.next_try_at == LATER
    assert line.give_up_at == LATER + timedelta(hours=48)


def test_trying_again_twice_does_nothing_more(database: Database) -> None:
    """Two operators at once are one."""
    (notice_id,) = post(database, 1)
    fail(database, notice_id)
    with database.writing() as connection:
        shown.redrive(connection, [notice_id], at_once, now=LATER)
        assert shown.redrive(connection, [notice_id], at_once, now=LATER) == 0


def test_what_went_on_by_another_route_is_not_tried_again(database: Database) -> None:
    """The notice failed, but its tellings are in another one: nothing is said twice."""
    (notice_id,) = post(database, 1)
    fail(database, notice_id, also_tellings=False)
    with database.writing() as connection:
        assert shown.failed_notices(connection) == []
        assert shown.redrive(connection, [notice_id], at_once, now=LATER) == 0


def test_what_was_done_meanwhile_ends_when_it_is_tried_again(database: Database) -> None:
    """It is not left pending until somebody writes the message."""
    (notice_id,) = post(database, 1, tellings_each=2)
    fail(database, notice_id)
    with database.writing() as connection:
        one = connection.execute(select(tellings.c.alert_id)).scalars().first()
        done = update(alerts).where(alerts.c.id == one)
        connection.execute(done.values(closed_at=NOON, closed_on=NOON.date(), closed_how="done"))
        shown.redrive(connection, [notice_id], at_once, now=LATER)
        mine = connection.execute(select(tellings.c.state).where(tellings.c.alert_id == one))
        assert set(mine.scalars()) == {"resolved"}
