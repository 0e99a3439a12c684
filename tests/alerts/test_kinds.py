"""Rules of every kind through whole passes: what opens, what closes it, and that nothing is left over."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from alerts import acts
from alerts.states import Closed
from alerts.tables import watches
from alerts.voiding import Voiding
from ledgers.database import Database
from ledgers.tables import calendar_windows, entry_fields
from tests.alerts.lives import (
    RECORDS,
    assert_nothing_left,
    level,
    live,
    live_at_random,
    of_every_kind,
    record,
)
from tests.alerts.world import CONTACT, World, configured, day, entry, entry_id
from tests.databases import copy_of

GROUP = {"ledger": "children", "where": {"status": "active"}}
EIGHTEEN = {
    "kind": "date",
    "say": "材料核对",
    "for": GROUP,
    "on": {"field": "born_on", "plus": "18 years"},
    "done_by": ["proof", "exit"],
    "steps": [
        {"at": "-60 days", "tell": "director"},
        {"at": "+1 day", "tell": "county", "escalation": True},
    ],
}
REQUEST = {
    "kind": "date",
    "say": "协查",
    "for": GROUP,
    "on": {"record": "request", "plus": "3 days"},
    "done_by": "reply",
    "steps": [{"at": "0 days", "tell": "director"}, {"at": "+1 day", "tell": "supervisor"}],
}
SUMMER = {
    "kind": "season",
    "say": "安全提醒",
    "for": GROUP,
    "window": "summer",
    "steps": [{"at": "start", "tell": "director"}, {"at": "end - 30 days", "tell": "director"}],
}
MONTHLY = {
    "kind": "calendar",
    "say": "发放核对",
    "for": GROUP,
    "period": "month",
    "due": "10",
    "done_by": "payment",
    "steps": [
        {"at": "-3 days", "tell": "director"},
        {"at": "+2 days", "tell": "county", "escalation": True},
    ],
}
LEVELS = {
    **CONTACT,
    "every": {"by": "level", "levels": {"red": "7 days", "green": "6 months"}},
    "on_raise": {"within": "3 days"},
    "steps": [
        {"at": "0 days", "tell": "director"},
        {"at": "+1 day", "tell": "supervisor", "escalation": True},
    ],
}
SUMMER_2027 = {"summer": {"2027": [day("2027-07-05"), day("2027-08-31")]}}


def world(database: Database, rule: dict[str, Any], **more: Any) -> World:
    """Answer a site with one rule."""
    return World(database, configured({"rule": rule}, records=RECORDS, **more))


def test_a_birthday_is_told_ahead_and_escalated_after(database: Database) -> None:
    """Sixty days before the eighteenth birthday and the day after it."""
    site = world(database, EIGHTEEN)
    site.enter(entry(born_on=day("2009-05-10")), entry(2, born_on=day("2010-05-10")))
    live(site, "2027-03-10")
    assert site.alerts() == []
    live(site, "2027-05-11", every=3)
    assert site.told() == [("-60 days", 0, "2027-03-11"), ("+1 days", 0, "2027-05-11")]
    [alert] = site.alerts()
    assert (alert.anchor, alert.due_on) == ("2009-05-10", day("2027-05-10"))
    assert_nothing_left(site)


def test_a_proof_recorded_since_the_first_step_closes_a_date(database: Database) -> None:
    """One from long before does not; voided, it opens again as the next cycle."""
    site = world(database, EIGHTEEN)
    site.enter(entry(born_on=day("2009-05-10")))
    live(site, "2027-01-10")
    record(site, "proof", "2027-01-09")
    live(site, "2027-03-12")
    assert [row.closed_how for row in site.alerts()] == [None]
    new = record(site, "proof", "2027-03-12")
    live(site, "2027-06-01", every=7)
    assert [row.closed_how for row in site.alerts()] == [Closed.DONE.value]
    assert_nothing_left(site)
    with database.writing() as connection:
        acts.void(connection, site.plan, Voiding(new, "错"), now=site.now, today=site.today)
    live(site, "2027-06-03")
    assert [(row.cycle, row.closed_at is None) for row in site.alerts()] == [(1, False), (2, True)]
    assert_nothing_left(site)


def test_a_birth_known_to_the_month_counts_as_its_last_day(database: Database) -> None:
    """Nobody is asked to leave before the birthday can have come."""
    site = world(database, EIGHTEEN)
    site.enter(entry(born_on=day("2009-05-01"), born_month_only=True))
    live(site, "2027-04-15", every=5)
    [alert] = site.alerts()
    assert alert.due_on == day("2027-05-31")
    assert_nothing_left(site)


def test_a_record_starts_a_clock_that_another_stops(database: Database) -> None:
    """An answer on the day of the request counts as well; a new request starts anew."""
    site = world(database, REQUEST)
    site.enter(entry())
    live(site, "2027-01-04")
    record(site, "request", "2027-01-04")
    live(site, "2027-01-09")
    assert site.told() == [("0 days", 0, "2027-01-07"), ("+1 days", 0, "2027-01-08")]
    record(site, "reply", "2027-01-09")
    live(site, "2027-02-01", every=5)
    record(site, "request", "2027-02-01")
    record(site, "reply", "2027-02-01")
    live(site, "2027-02-10")
    assert [row.closed_how for row in site.alerts()] == [Closed.DONE.value]
    assert_nothing_left(site)


def test_a_declared_date_is_counted_from(database: Database) -> None:
    """A certificate's last day; renewed, the old matter is no longer due."""
    expiry = {**EIGHTEEN, "on": {"field": "certificate-until"}}
    site = world(database, expiry)
    site.enter(entry())
    value = {"entry_id": entry_id(1), "field": "certificate-until", "on_date": day("2027-06-30")}
    with database.writing() as connection:
        connection.execute(insert(entry_fields).values(value))
    live(site, "2027-05-10", every=4)
    [alert] = site.alerts()
    assert (alert.due_on, alert.closed_at) == (day("2027-06-30"), None)
    assert_nothing_left(site)
    with database.writing() as connection:
        connection.execute(update(entry_fields).values(on_date=day("2029-06-30")))
    site.change(1, sex="female")
    live(site, "2027-05-12")
    assert [row.closed_how for row in site.alerts()] == [Closed.NO_LONGER_DUE.value]
    assert_nothing_left(site)


def test_a_season_is_told_to_all_and_expires(database: Database) -> None:
    """At its start and before its end, also to who came meanwhile; never again for that year."""
    site = world(database, SUMMER, calendars=SUMMER_2027)
    site.enter(entry())
    live(site, "2027-07-04", every=30)
    assert site.alerts() == []
    live(site, "2027-07-10")
    site.enter(entry(2, entered_on=site.today))
    live(site, "2027-08-01", every=3)
    live(site, "2027-08-02")
    assert [row.key for row in map(_named, site.alerts())] == ["season:2027", "season:2027"]
    assert {step.on_date for step in site.steps()} == {day("2027-07-05"), day("2027-08-01")}
    assert_nothing_left(site)
    live(site, "2027-08-20")
    assert {row.closed_how for row in site.alerts()} == {Closed.EXPIRED.value}
    live(site, "2027-12-01", every=15)
    assert len(site.alerts()) == 2
    assert_nothing_left(site)


def _named(row: Any) -> Any:
    return type("Named", (), {"key": row.anchor})


def test_a_season_that_is_done_is_not_told_on(database: Database) -> None:
    """And an undone one ends when the next year's begins."""
    windows = {"summer": {"every_year": ["06-01", "08-31"]}}
    steps = [
        {"at": "start", "tell": "director"},
        {"at": "+7 days", "tell": "supervisor", "escalation": True},
    ]
    site = world(database, {**SUMMER, "done_by": "visit", "steps": steps}, calendars=windows)
    site.enter(entry(), entry(2))
    live(site, "2027-06-10", every=2)
    record(site, "visit", "2027-06-10")
    live(site, "2027-09-10", every=2)
    by_entry = {row.entry_id: row.closed_how for row in site.alerts()}
    assert by_entry == {entry_id(1): Closed.DONE.value, entry_id(2): None}
    live(site, "2028-06-02", every=14)
    ends = {(row.entry_id, row.anchor): row.closed_how for row in site.alerts()}
    assert ends[entry_id(2), "season:2027"] == Closed.EXPIRED.value
    assert ends[entry_id(1), "season:2028"] is None
    assert_nothing_left(site)


def test_a_window_imported_late_is_caught_up_with(database: Database) -> None:
    """It could not be known before: what is past of it is told once, as of today."""
    site = world(database, SUMMER, calendars={"summer": {}})
    site.enter(entry())
    live(site, "2027-07-20", every=10)
    row = {
        "calendar": "summer",
        "year_key": "2027",
        "region": "",
        "known_on": site.today,
        "start_on": day("2027-07-05"),
        "end_on": day("2027-08-31"),
        "imported_at": site.now,
    }
    with database.writing() as connection:
        connection.execute(insert(calendar_windows).values(row))
    site.configure(site.configuration)
    site.run(day("2027-07-21"))
    [step] = site.steps()
    assert (step.on_date, step.known_on) == (day("2027-07-05"), day("2027-07-20"))
    assert_nothing_left(site)


def test_each_month_is_owed_by_itself(database: Database) -> None:
    """An unpaid month stays open beside the next; one payment since both openings closes both."""
    site = world(database, MONTHLY)
    site.enter(entry())
    live(site, "2027-02-08")
    opened = {row.anchor for row in site.alerts() if row.closed_at is None}
    assert opened == {"2026-12-01", "2027-01-01", "2027-02-01"}
    assert_nothing_left(site)
    record(site, "payment", "2027-02-08")
    live(site, "2027-03-06")
    assert {row.closed_how for row in site.alerts()} == {Closed.DONE.value}
    live(site, "2027-03-07")
    assert [row.anchor for row in site.alerts() if row.closed_at is None] == ["2027-03-01"]
    assert_nothing_left(site)


def test_weekly_steps_stop_when_the_matter_is_due(database: Database) -> None:
    """Every Monday of the month, up to its last day; of those missed only the newest."""
    weekly = {
        **MONTHLY,
        "due": "end",
        "done_by": "payment",
        "steps": [{"every": "monday", "tell": "supervisor"}],
    }
    site = world(database, weekly)
    site.enter(entry())
    live(site, "2027-01-31")
    mondays = [step.on_date for step in site.steps() if step.on_date >= day("2027-01-01")]
    assert mondays == [day(f"2027-01-{n:02}") for n in (4, 11, 18, 25)]
    december = [step.on_date for step in site.steps() if step.on_date < day("2027-01-01")]
    assert december == [day(f"2026-12-{n:02}") for n in (7, 14, 21, 28)]
    assert_nothing_left(site)


def test_each_level_has_its_own_interval(database: Database) -> None:
    """A level without one is not configured: nothing is guessed."""
    site = world(database, LEVELS)
    site.enter(
        entry(level="red"), entry(2, level="green"), entry(3, level=None), entry(4, level="blue")
    )
    for number in (1, 2, 3, 4):
        record(site, "contact", "2026-12-01", number)
    live(site, "2026-12-09")
    assert [row.entry_id for row in site.alerts()] == [entry_id(1)]
    live(site, "2027-06-02", every=9)
    assert {row.entry_id for row in site.alerts()} == {entry_id(1), entry_id(2)}
    assert_nothing_left(site)


def test_a_raised_level_makes_nobody_overdue_the_same_day(database: Database) -> None:
    """It is due three days later, and no sooner; a contact answers it."""
    site = world(database, LEVELS)
    site.enter(entry(level="green"))
    record(site, "contact", "2026-12-01")
    live(site, "2027-02-01", every=10)
    level(site, 1, "green", "red")
    live(site, "2027-02-03")
    assert site.alerts() == []
    with database.reading() as connection:
        assert connection.execute(select(watches.c.look_on)).scalars().all() == [day("2027-02-04")]
    live(site, "2027-02-04")
    [alert] = site.alerts()
    assert alert.due_on == day("2027-02-04")
    assert_nothing_left(site)
    record(site, "contact", "2027-02-04")
    live(site, "2027-02-06")
    with database.reading() as connection:
        assert connection.execute(select(watches.c.look_on)).scalars().all() == []
    live(site, "2027-02-11")
    assert [row.due_on for row in site.alerts()] == [day("2027-02-04"), day("2027-02-11")]
    assert_nothing_left(site)


def test_a_lowered_level_moves_the_date_away(database: Database) -> None:
    """The open alert closes, and opens again as the next cycle on the later day."""
    site = world(database, LEVELS)
    site.enter(entry(level="red"))
    record(site, "contact", "2026-12-01")
    live(site, "2026-12-09")
    level(site, 1, "red", "green")
    live(site, "2026-12-10")
    assert [row.closed_how for row in site.alerts()] == [Closed.NO_LONGER_DUE.value]
    live(site, "2027-06-01", every=10)
    assert [row.due_on for row in site.alerts() if row.closed_at is None] == [day("2027-06-01")]
    assert_nothing_left(site)


def test_a_window_shortens_an_interval_and_nobody_is_overdue_the_same_day(
    database: Database,
) -> None:
    """Each month in summer, counted from its start at the earliest."""
    during = [{"window": "summer", "every": "1 month"}]
    site = world(
        database, {**CONTACT, "during": during, "every": "6 months"}, calendars=SUMMER_2027
    )
    site.enter(entry())
    live(site, "2027-05-01", every=30)
    record(site, "contact", "2027-05-01")
    live(site, "2027-08-04", every=5)
    assert [row for row in site.alerts() if row.closed_at is None] == []
    live(site, "2027-08-05")
    [alert] = [row for row in site.alerts() if row.closed_at is None]
    assert alert.due_on == day("2027-08-05")
    assert_nothing_left(site)


@pytest.mark.parametrize("look_ahead", [0, 7])
@given(data=st.data())
@settings(max_examples=8, deadline=None, phases=[Phase.generate])
def test_whatever_happens_a_pass_leaves_nothing_to_do(
    sqlite_template: Path, look_ahead: int, data: st.DataObject
) -> None:
    """Random acts, levels and gaps between passes: the audit, which trusts no cut-off, agrees."""
    with copy_of(sqlite_template) as database:
        site = of_every_kind(database, [EIGHTEEN, REQUEST, SUMMER, MONTHLY, LEVELS], look_ahead)
        assert live_at_random(site, data) == []
