"""What a record settles, what it leaves alone, and that the same act is one record."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts.acts import Recorded, RecordRequest, RecordSource, record
from alerts.matters import MatterKind, still_open
from alerts.tables import steps
from alerts.voiding import Voiding, void
from ledgers.database import Database
from ledgers.tables import last_acts, records
from tests.alerts.world import World, day, entry, entry_id


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site with one entry that was contacted on the first of December."""
    one = World(database)
    one.enter(entry(1))
    act(one, 1, "2026-12-01")
    return one


def act(world: World, number: int, on: str, **changes: Any) -> Recorded:
    """Record that an entry was contacted."""
    request = replace(
        RecordRequest(entry_id(number), "contact", day(on), RecordSource.FORM), **changes
    )
    with world.database.writing() as connection:
        return record(connection, world.plan, [request], now=world.now, today=world.today)


def test_a_newer_record_closes_the_open_alert(world: World) -> None:
    """The alert of the old anchor ends done, and nobody is told of it any more."""
    world.run(day("2027-03-01"))
    result = act(world, 1, "2027-03-01")
    [alert] = world.alerts()
    assert (result.closed, alert.closed_how, alert.closing_record) == (1, "done", result.new[0])
    [step] = world.steps()
    assert (step.waiting, step.ended) == ("", "resolved")


def test_a_visit_counts_as_a_contact(world: World) -> None:
    """What `counts_as` says closes too."""
    world.run(day("2027-03-01"))
    assert act(world, 1, "2027-03-01", kind="visit").closed == 1


def test_an_update_closes_no_contact(world: World) -> None:
    """A record of another kind settles nothing."""
    world.run(day("2027-03-01"))
    assert act(world, 1, "2027-03-01", kind="update").closed == 0


def test_not_reached_closes_nothing(world: World) -> None:
    """未联系上 is a record, and the matter stays open."""
    world.run(day("2027-03-01"))
    assert act(world, 1, "2027-03-01", result="not-reached").closed == 0
    world.pass_days(1)
    assert world.alerts()[0].closed_at is None


def test_an_older_record_moves_nothing(world: World) -> None:
    """An act before the anchor is kept and changes no date."""
    world.run(day("2027-03-01"))
    assert act(world, 1, "2026-11-01").closed == 0
    with world.database.reading() as connection:
        assert connection.execute(select(last_acts.c.happened_on)).scalar() == day("2026-12-01")


def test_future_dates_are_refused(world: World) -> None:
    """Nobody has done tomorrow what they will do tomorrow."""
    result = act(world, 1, "2026-12-02")
    assert (len(result.refused), result.new) == (1, [])


def test_what_is_entered_after_thirty_days_is_counted_apart(world: World) -> None:
    """A late entry counts as an anchor, and is marked 补录."""
    world.today = day("2027-02-01")
    assert act(world, 1, "2027-01-01").late_entries == 1
    assert act(world, 1, "2027-01-02").late_entries == 0


def test_a_form_imported_twice_changes_nothing(world: World) -> None:
    """Whoever imports it, the same line is the same act."""
    world.today = day("2027-01-05")
    act(world, 1, "2027-01-04", method="phone", recorded_by=None)
    again = act(world, 1, "2027-01-04", method="phone", recorded_by="f" * 32)
    assert (len(again.known), again.new, again.closed) == (1, [], 0)


def test_a_line_twice_in_one_form_is_one_record(world: World) -> None:
    """Copies within a batch are seen as well."""
    request = RecordRequest(entry_id(1), "visit", day("2026-12-01"), RecordSource.FORM)
    with world.database.writing() as connection:
        result = record(
            connection, world.plan, [request, request], now=world.now, today=world.today
        )
    assert (len(result.new), len(result.known)) == (1, 1)


def test_not_well_is_a_matter_for_the_supervisor_the_same_day(world: World) -> None:
    """It names the entry by id only, and who recorded it so as not to tell them."""
    act(world, 1, "2026-12-01", kind="visit", all_well=False, recorded_by="f" * 32)
    with world.database.reading() as connection:
        [matter] = still_open(connection, role="supervisor", kind=MatterKind.NOT_WELL)
    assert matter.matter.subject == entry_id(1)
    assert matter.matter.detail["recorded_by"] == "f" * 32


def test_a_later_record_settles_not_well_or_says_it_anew(world: World) -> None:
    """A second "not well" is news again; "well" ends the matter."""

    def told() -> list[str]:
        with world.database.reading() as connection:
            open_now = still_open(connection, kind=MatterKind.NOT_WELL)
        return [str(found.matter.detail["record"]) for found in open_now]

    world.today = day("2026-12-03")
    act(world, 1, "2026-12-01", kind="visit", all_well=False)
    first = told()
    act(world, 1, "2026-12-02", kind="visit", all_well=False)
    assert len(first) == len(told()) == 1
    assert told() != first
    act(world, 1, "2026-12-03", kind="visit", all_well=True)
    assert told() == []


def test_not_reached_twice_within_a_fortnight_is_told(world: World) -> None:
    """Once is no matter; a second time is, until somebody is reached."""
    world.today = day("2027-01-20")
    act(world, 1, "2027-01-08", result="not-reached")
    assert unreached(world) == 0
    act(world, 1, "2027-01-20", result="not-reached")
    assert unreached(world) == 1
    act(world, 1, "2027-01-20")
    assert unreached(world) == 0


def test_not_reached_twice_in_a_month_is_not_told(world: World) -> None:
    """The first time was too long ago."""
    act(world, 1, "2026-12-01", result="not-reached")
    world.today = day("2026-12-16")
    act(world, 1, "2026-12-16", result="not-reached")
    assert unreached(world) == 0


def test_thousands_of_records_go_in_at_once(database: Database) -> None:
    """An import hands over everything together; each closes its own alert."""
    world = World(database)
    world.enter(*(entry(n) for n in range(2500)))
    requests = [
        RecordRequest(entry_id(n), "contact", day("2026-12-01"), RecordSource.LEDGER)
        for n in range(2500)
    ]
    with database.writing() as connection:
        record(connection, world.plan, requests, now=world.now, today=world.today)
    world.run(day("2027-03-01"))
    later = [replace(one, happened_on=day("2027-03-01")) for one in requests]
    with database.writing() as connection:
        result = record(connection, world.plan, later, now=world.now, today=world.today)
    assert result.closed == 2500
    with database.reading() as connection:
        assert connection.execute(select(steps).where(steps.c.waiting != "")).first() is None


def test_records_never_disagree_with_last_acts(world: World) -> None:
    """Each record that counts is in the cache the moment it is written."""
    world.today += timedelta(days=40)
    act(world, 1, "2026-12-20")
    with world.database.reading() as connection:
        assert connection.execute(select(last_acts.c.happened_on)).scalar() == day("2026-12-20")
        assert len(connection.execute(select(records)).all()) == 2


def unreached(world: World) -> int:
    """Count the open matters of children nobody reached."""
    with world.database.reading() as connection:
        return len(still_open(connection, kind=MatterKind.NO_DIRECTOR_REACHED))


def test_the_newest_day_of_recording_is_kept_and_counted_back(world: World) -> None:
    """An older act recorded later moves no anchor, but it was recorded later; voided, it was not."""
    world.pass_days(9)
    late = act(world, 1, "2026-11-15")
    assert _newest(world) == (day("2026-12-01"), day("2026-12-10"))
    with world.database.writing() as connection:
        void(connection, world.plan, Voiding(late.new, "mistake"), now=world.now, today=world.today)
    assert _newest(world) == (day("2026-12-01"), day("2026-12-01"))


def _newest(world: World) -> tuple[date, date]:
    with world.database.reading() as connection:
        row = connection.execute(select(last_acts)).one()
        return row.happened_on, row.recorded_on
