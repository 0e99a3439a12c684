"""Acknowledgements and silences: bounded, ended once, and never used up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.acts import Ack, Reason, Scope, Silence, ack, end_silence, silence
from alerts.deferring import GRACE
from alerts.errors import DeferralTooLong, SilenceBackwards, SilenceUnknown
from alerts.tables import silences
from ledgers.database import Database
from tests.alerts.world import World, configured, day, entry, entry_id, rule


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site with one entry whose first duty is due."""
    one = World(database)
    one.enter(entry(1))
    one.pass_days(90)
    return one


def quiet(world: World, scope: Scope, target: str) -> str:
    """Silence something for ten days from today."""
    with world.database.writing() as connection:
        days = (world.today, world.today + timedelta(days=10))
        return silence(connection, Silence(scope, target, days, Reason.EMERGENCY), now=world.now)


def test_an_acknowledgement_defers_open_alerts(world: World) -> None:
    """Up to a day, and the alert stays open."""
    until = world.today + timedelta(days=7)
    with world.database.writing() as connection:
        assert ack(connection, entry_id(1), Ack(until), today=world.today) == 1
    [alert] = world.alerts()
    assert (alert.deferred_until, alert.closed_at) == (until, None)


def test_nothing_is_put_off_further_than_two_weeks_past_its_deadline(world: World) -> None:
    """A longer wish is cut; what is later already is told in spite of it."""
    [alert] = world.alerts()
    with world.database.writing() as connection:
        ack(connection, entry_id(1), Ack(world.today + timedelta(days=30)), today=world.today)
    last = alert.due_on + GRACE
    assert [row.deferred_until for row in world.alerts()] == [last]
    past = last + timedelta(days=1)
    with world.database.writing() as connection:
        assert ack(connection, entry_id(1), Ack(past + timedelta(days=7)), today=past) == 0
    assert [row.deferred_until for row in world.alerts()] == [last]


def test_an_acknowledgement_of_another_rule_defers_nothing(world: World) -> None:
    """Only the rule named."""
    with world.database.writing() as connection:
        other = Ack(world.today, rule="x")
        assert ack(connection, entry_id(1), other, today=world.today) == 0


def test_an_acknowledgement_is_for_days(world: World) -> None:
    """More than a month is refused."""
    until = world.today + timedelta(days=31)
    with world.database.writing() as connection, pytest.raises(DeferralTooLong, match="30"):
        ack(connection, entry_id(1), Ack(until), today=world.today)


def test_a_silence_ends_once(world: World) -> None:
    """Ending it again leaves the first moment."""
    id_ = quiet(world, Scope.ENTRY, entry_id(1))
    for later in (0, 1):
        with world.database.writing() as connection:
            end_silence(connection, id_, now=world.now + timedelta(hours=later))
    with world.database.reading() as connection:
        assert connection.execute(select(silences.c.ended_at)).scalar() == world.now


def test_an_unknown_silence_cannot_end(world: World) -> None:
    """The sentence names it."""
    with world.database.writing() as connection, pytest.raises(SilenceUnknown, match="nope"):
        end_silence(connection, "nope", now=world.now)


def test_a_silence_does_not_run_backwards(world: World) -> None:
    """Its last day is not before its first."""
    days = (day("2027-03-02"), day("2027-03-01"))
    with world.database.writing() as connection, pytest.raises(SilenceBackwards):
        silence(connection, Silence(Scope.RULE, "contact", days, Reason.OTHER), now=world.now)


@pytest.mark.parametrize(
    ("scope", "target"),
    [(Scope.ENTRY, entry_id(1)), (Scope.REGION, "990101001"), (Scope.RULE, "contact")],
)
def test_what_ends_under_a_silence_says_so(world: World, scope: Scope, target: str) -> None:
    """Its waiting steps end `silenced`, not `suppressed`."""
    quiet(world, scope, target)
    world.configure(configured({"other": rule(done_by="update")}))
    world.run()
    assert {row.ended for row in world.steps()} == {"silenced"}
