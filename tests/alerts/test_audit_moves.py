"""What the audit says of the moves of tellings."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from alerts import digest
from alerts.audit import Fault, audit
from alerts.outcomes import move
from alerts.rules import prepare
from alerts.states import Outcome
from alerts.tables import outcomes, tellings
from ledgers.database import Database
from schedules.calendars import WorkCalendar
from tests.alerts.county import MONDAY, County, at

TEN = at(MONDAY, 10)


@pytest.mark.parametrize("lost", [False, True])
def test_moves_are_counted_whatever_the_clock_said(database: Database, lost: bool) -> None:
    """A clock that went back between two moves is no fault; a move that is not there is one."""
    county = County(database)
    county.staff()
    county.due("青山-03", "visits", MONDAY)
    digest.open_slot(database, county.timetable, "director", MONDAY, now=TEN)
    with database.writing() as connection:
        ids = list(connection.scalars(select(tellings.c.id)))
        move(connection, ids, Outcome.SENDING, now=TEN)
        move(connection, ids, Outcome.SENT, now=TEN - timedelta(hours=3))
        if lost:
            connection.execute(delete(outcomes).where(outcomes.c.became == "sent"))
        plan = prepare(connection, county.configuration, WorkCalendar.official(), today=MONDAY)
    found = audit(database, plan, today=MONDAY, now=TEN, look_ahead=0)
    assert any(one.fault is Fault.TELLING_STATE_WRONG for one in found) is lost
